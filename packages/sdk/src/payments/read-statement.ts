import type { MessageProfile } from './message-profile.ts';
import { isMt940, readMt940 } from './mt940.ts';
import { MessageReader, type MessageProblem } from './read-message.ts';
import {
  accountOf,
  linesOfEntry,
  OccurrenceCounter,
  pageOf,
  type StatementLine,
  type StatementPage,
} from './statement.ts';

/** A line as it is met, then its page when it is complete; problems of the message in between. */
export type StatementEvent =
  | { readonly kind: 'line'; readonly line: StatementLine }
  | { readonly kind: 'page'; readonly page: StatementPage }
  | { readonly kind: 'problem'; readonly problem: MessageProblem };

/** A chunk may be the whole file; its lines are still handed on as they are met. */
const pieceSize = 65_536;

const statementMessages = ['camt.052', 'camt.053', 'camt.054'];

/**
 * Reads camt.052, camt.053 and camt.054 (versions 02 to 13) or MT940 into lines and pages, in bounded memory. Another
 * message gives one problem MESSAGE_UNKNOWN.
 *
 * @throws XmlError for bytes that are no XML, BhxhError ERR_MT940 for a text that is no MT940.
 */
export async function* readStatement(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  profiles: readonly MessageProfile[],
): AsyncGenerator<StatementEvent> {
  let events: StatementEvent[] = [];
  const occurrences = new OccurrenceCounter();
  const reader = new MessageReader(
    profiles.filter(({ id }) => statementMessages.includes(id)),
    {
      record: (entry, owner) => {
        for (const line of linesOfEntry(entry, accountOf(owner), occurrences))
          events.push({ kind: 'line', line });
      },
      owner: (owner, message) => events.push({ kind: 'page', page: pageOf(owner, message) }),
      problem: (problem) => events.push({ kind: 'problem', problem }),
    },
  );
  let isFirst = true;
  const mt940: Uint8Array[] = [];
  for await (const chunk of source) {
    if (isFirst && chunk.length > 0) {
      isFirst = false;
      if (isMt940(chunk)) mt940.push(new Uint8Array(0));
    }
    if (mt940.length > 0) {
      mt940.push(chunk);
      continue;
    }
    for (let at = 0; at < chunk.length; at += pieceSize) {
      reader.write(chunk.subarray(at, at + pieceSize));
      if (events.length === 0) continue;
      const ready = events;
      events = [];
      yield* ready;
    }
  }
  if (mt940.length > 0) {
    yield* readMt940(Buffer.concat(mt940).toString('utf8'));
    return;
  }
  reader.end();
  yield* events;
}
