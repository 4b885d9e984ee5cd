import type { Signer } from '@bhxh/signing';
import { planSubmission } from '@bhxh/sdk/submission';
import type { ExitCode } from '../exit-codes.ts';
import { expandPaths } from '../inputs/expand-paths.ts';
import { openSubmissionSigner } from './submission-signer.ts';
import { conclude, exitOfLeft } from './conclude.ts';
import type { SubmissionInput } from './input-paths.ts';
import { type PassEnd, runPass } from './pass.ts';
import { exitOf, isOpen, refusedItem, type SentItem, sentItem } from './sent-item.ts';
import { countSent, itemLine, openSentReport } from './sent-report.ts';
import { plainSources, signedSources } from './sources.ts';
import type { Submission } from './submission.ts';
import { watchFolder } from './watched-folder.ts';

/** How often a watched folder is looked at, in milliseconds. */
const lookEvery = 1_000;
/** So many documents are settled before the next look. */
const watchedAtOnce = 1_000;

/** Sends what arrives in a folder until it is interrupted, the time is up or the gateway refuses too much. */
export async function sendWatched(
  submission: Submission,
  folder: string,
  command: string,
): Promise<ExitCode> {
  const { context, bounds, codes, list } = submission;
  const { streams, format, signal } = context;
  const watched = watchFolder(folder, context.elapsed);
  const signer = await openSubmissionSigner(context);
  const counts = countSent(context);
  const open = new Map<string, SentItem>();
  let rejected = 0;
  let end: PassEnd = { error: undefined, left: false, unknown: false, deferred: undefined };
  const tell = (item: SentItem): void => {
    if (format !== 'text') return list.add({ outcome: item });
    counts.add(item);
    streams.write(itemLine(item, context));
  };
  try {
    while (!signal.aborted && !(bounds.until !== undefined && context.now() >= bounds.until)) {
      const remaining = bounds.stopOn === undefined ? undefined : bounds.stopOn - rejected;
      const round = await settle(submission, watched.look(watchedAtOnce), signer, remaining);
      if (round.end !== undefined) end = round.end;
      for (const [path, item] of round.outcomes) {
        open.delete(path);
        if (isOpen(item)) {
          watched.stay(path);
          open.set(path, item);
          continue;
        }
        watched.move(path, item.state === 'accepted' ? 'done' : 'rejected', item.sha256);
        if (item.where === 'server') rejected += 1;
        codes.add(exitOf(item));
        tell(item);
      }
      // A refused account must not be tried again and again; a server that is down may come back.
      if (end.error !== undefined && end.error.retry !== 'safe') break;
      if (bounds.stopOn !== undefined && rejected >= bounds.stopOn) break;
      await pause(lookEvery, signal);
    }
  } finally {
    await signer?.close();
  }
  for (const item of open.values()) tell(item);
  if (format === 'text') streams.write(counts.table(exitOfLeft(end, signal)));
  else {
    const report = await openSentReport(context, command, list.count);
    for (const document of list.read()) if ('outcome' in document) report.add(document.outcome);
    report.end();
  }
  const unknown = end.unknown || [...open.values()].some(({ state }) => state === 'unknown');
  return conclude(submission, { ...end, unknown, left: end.left || open.size > 0 });
}

/** Plans and sends what was found, and tells what became of each path. */
async function settle(
  submission: Submission,
  paths: readonly string[],
  signer: Signer | undefined,
  stopOn: number | undefined,
): Promise<{ readonly outcomes: ReadonlyMap<string, SentItem>; readonly end?: PassEnd }> {
  const { context, journal, target } = submission;
  const outcomes = new Map<string, SentItem>();
  const found = new Map<number, string[]>();
  const files = filesAt(paths, context.stdin);
  const sources =
    signer === undefined
      ? plainSources(files, submission)
      : signedSources(files, signer, submission, ({ path, sha256, findings }) =>
          outcomes.set(path, refusedItem(path, sha256, null, findings)),
        );
  for await (const event of planSubmission({ journal, target, sources, signal: context.signal })) {
    if (event.kind === 'refused')
      outcomes.set(event.path, refusedItem(event.path, event.sha256, event.problem));
    else {
      outcomes.set(event.path, sentItem(event.item, event.path));
      found.set(event.item.id, [...(found.get(event.item.id) ?? []), event.path]);
    }
  }
  if (outcomes.size === 0) return { outcomes };
  const end = await runPass(submission, stopOn, (item) => {
    for (const path of found.get(item.id) ?? []) outcomes.set(path, sentItem(item, path));
  });
  return { outcomes, end };
}

async function* filesAt(
  paths: readonly string[],
  stdin: AsyncIterable<Uint8Array>,
): AsyncGenerator<SubmissionInput> {
  for await (const input of expandPaths(paths, { stdin })) if (input.kind === 'file') yield { file: input };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
