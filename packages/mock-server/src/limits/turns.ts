/**
 * Lets one caller go on for each turn of the event loop. Documents that arrive together would otherwise be judged one after
 * the other with nothing in between, and whoever is to be told that the server is full would wait behind all of them.
 */
export type Turns = () => Promise<void>;

export function createTurns(): Turns {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return last;
  };
}
