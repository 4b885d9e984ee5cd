import { exitCodeOf, exitCodes, mostSerious, type ExitCode } from '../exit-codes.ts';
import { submissionMessages } from '../messages/submission.ts';
import type { PassEnd } from './pass.ts';
import type { Submission } from './submission.ts';

/** The class of exit of what stayed in the queue: it is safe there, so it is the class of what stopped the run. */
export function exitOfLeft({ error }: PassEnd, signal: AbortSignal): ExitCode {
  if (signal.aborted) return exitCodes.interrupted;
  return error === undefined ? exitCodes.unknown : exitCodeOf(error.category);
}

/** Says why it ended, what to do and when to come back, and gives the exit code. */
export function conclude({ context, codes, list }: Submission, end: PassEnd): ExitCode {
  const { streams, messages, language, signal } = context;
  const { hint } = messages.words;
  const { error, left, unknown, deferred } = end;
  if (error !== undefined) {
    codes.add(exitCodeOf(error.category));
    streams.note(`${error.code}: ${error.sentences[language]}\n`);
    if (error.hint !== undefined) streams.note(`  ${hint}: ${error.hint[language]}\n`);
  }
  if (deferred !== undefined) {
    const until = new Date(deferred.until.getTime() + 7 * 3_600_000).toISOString().slice(11, 16);
    streams.note(`${submissionMessages[language].deferred({ count: deferred.count, until })}\n`);
  }
  if (left) codes.add(unknown ? exitCodes.unknown : exitOfLeft(end, signal));
  if (list.unread !== undefined) {
    if (!signal.aborted) codes.add(exitCodes.unknown);
    streams.note(`${submissionMessages[language].unread({ count: list.count, named: list.unread })}\n`);
  } else if (left) streams.note(`${hint}: bhxh submit --resume\n`);
  if (signal.aborted) codes.add(exitCodes.interrupted);
  if (!left && !signal.aborted && list.unread === undefined) list.discard();
  return mostSerious(codes);
}
