/**
 * Lets one caller go on for each turn of the event loop. Documents that arrive together would otherwise be read and judged
 * one after the other with nothing in between, and whoever is to be told that the server is full would wait behind all of
 * them.
 */
export interface Turns {
  /** Resolves when the caller may go on. */
  next(): Promise<void>;
  /** Somebody has connected: the event loop takes one connection a turn, and others may stand behind him. */
  connected(): void;
}

/** So many may connect before a document is judged: connections that never end to come must not stop the work. */
const MOST_BETWEEN = 64;

export function createTurns(): Turns {
  let last = Promise.resolve();
  let isConnecting = false;
  const oneTurn = async (): Promise<void> => {
    let turns = 0;
    do {
      isConnecting = false;
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    } while (isConnecting && turns < MOST_BETWEEN);
  };
  return {
    next() {
      last = last.then(oneTurn);
      return last;
    },
    connected() {
      isConnecting = true;
    },
  };
}
