import type { StatementLine } from '@bhxh/sdk/payments/read';
import type { ServerContext } from '../context.ts';
import { postCredits } from './post-credits.ts';
import type { ReceivedEnvelope } from './receive-envelope.ts';

/** A notification whose entries are to be posted. */
export interface NotifiedMessage {
  readonly envelope: ReceivedEnvelope;
  readonly lines: readonly StatementLine[];
}

/** Posts notifications, several to a transaction: those of one unit follow each other anyway, and a commit costs most. */
export interface CreditDesk {
  /** The answer to the sender, once everything in it is durable. */
  take(message: NotifiedMessage): Promise<string>;
}

interface Waiting {
  readonly message: NotifiedMessage;
  readonly resolve: (answer: string) => void;
  readonly reject: (reason: unknown) => void;
}

const LARGEST_GROUP = 64;
/** Entries of one transaction; one message may have more. */
const ENTRIES = 1_000;
/** Two, so that one prepares while the other waits for the disk. */
const DESKS = 2;

const desksOf = new WeakMap<ServerContext, CreditDesk>();

/** The desk of a server. */
export function creditDesk(server: ServerContext): CreditDesk {
  const known = desksOf.get(server);
  if (known !== undefined) return known;
  const desk = createCreditDesk(server);
  desksOf.set(server, desk);
  return desk;
}

function createCreditDesk(server: ServerContext): CreditDesk {
  const waiting: Waiting[] = [];
  let desks = 0;

  function nextGroup(): Waiting[] {
    const group: Waiting[] = [];
    let entries = 0;
    while (group.length < LARGEST_GROUP && waiting.length > 0) {
      entries += waiting[0]?.message.lines.length ?? 0;
      if (group.length > 0 && entries > ENTRIES) break;
      group.push(waiting.shift() as Waiting);
    }
    return group;
  }

  async function settle(group: readonly Waiting[]): Promise<void> {
    try {
      const answers = await postCredits(
        server,
        group.map(({ message }) => message),
      );
      for (const [index, { resolve }] of group.entries()) resolve(answers[index] as string);
    } catch (error) {
      const [only] = group;
      if (group.length === 1 && only !== undefined) only.reject(error);
      // What is wrong with one message must not fail its neighbours.
      else for (const one of group) await settle([one]);
    }
  }

  async function work(): Promise<void> {
    // One turn of the event loop lets notifications that arrived together share the commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await settle(nextGroup());
    desks -= 1;
  }

  return {
    take: (message) =>
      new Promise((resolve, reject) => {
        waiting.push({ message, resolve, reject });
        if (desks >= DESKS) return;
        desks += 1;
        void work();
      }),
  };
}
