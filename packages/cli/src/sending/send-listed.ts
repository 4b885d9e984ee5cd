import { planSubmission, type Item } from '@bhxh/sdk/submission';
import type { JsonFile } from '@bhxh/sdk/validation';
import { textOption } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { conclude, exitOfLeft } from './conclude.ts';
import { hasInput, namedBy, submissionInputs } from './input-paths.ts';
import { runPass } from './pass.ts';
import { exitOf, isOpen, refusedItem, sentItem } from './sent-item.ts';
import { openSentReport } from './sent-report.ts';
import { plainSources, signedSources } from './sources.ts';
import type { Submission } from './submission.ts';
import { openSubmissionSigner } from './submission-signer.ts';

/** Plans what was named, sends it with what earlier runs left, and reports every document. */
export async function sendListed(submission: Submission, command: string): Promise<ExitCode> {
  const { context, journal, targets, list, codes } = submission;
  let planning: Promise<unknown> | undefined;
  let unplanned: { readonly error: unknown } | undefined;
  if (hasInput(context)) {
    const planned = plan(submission, command);
    // A key signs slowly: what is signed is sent while the next is being signed.
    if (textOption(context.options, 'signWith') === undefined) await planned;
    else planning = planned.catch((error: unknown) => (unplanned = { error }));
  } else {
    const senders = new Set(targets.map(({ sender }) => sender));
    for await (const item of journal.items({ states: ['planned', 'unknown'] })) {
      if (senders.has(item.sender) && !list.has(item.id)) list.add({ item: item.id, path: item.path });
    }
  }
  const end = await runPass(
    submission,
    submission.bounds.stopOn,
    (item) => listLate(submission, item),
    planning,
  );
  await planning;
  const report = await openSentReport(context, command, list.count);
  for await (const document of list.read()) {
    const item = 'outcome' in document ? null : await journal.item(document.item);
    const sent =
      'outcome' in document ? document.outcome : item === null ? undefined : sentItem(item, document.path);
    if (sent === undefined) continue;
    if (!isOpen(sent)) codes.add(exitOf(sent));
    report.add(sent);
  }
  report.end({ skewSeconds: end.skewSeconds, leftWith: exitOfLeft(end, context.signal) });
  const code = conclude(submission, end);
  if (unplanned !== undefined) throw unplanned.error;
  return code;
}

/** What an earlier submission left open is sent too, and reported behind the rest. */
function listLate({ list }: Submission, item: Item): void {
  if (!list.has(item.id)) list.add({ item: item.id, path: item.path });
}

async function plan(submission: Submission, command: string): Promise<void> {
  const { context, journal, target, list } = submission;
  const signer = await openSubmissionSigner(context);
  const refuse = ({ path, sha256, findings }: JsonFile): void => {
    submission.codes.add(exitCodes.findings);
    list.add({ outcome: refusedItem(path, sha256, null, findings) });
  };
  try {
    const inputs = begunWith(submissionInputs(context), () => list.begin(namedBy(context, command)));
    const sources =
      signer === undefined
        ? plainSources(inputs, submission)
        : signedSources(inputs, signer, submission, refuse);
    for await (const event of planSubmission({ journal, target, sources, signal: context.signal })) {
      if (event.kind === 'refused') {
        list.add({ outcome: refusedItem(event.path, event.sha256, event.problem) });
      } else list.add({ item: event.item.id, path: event.path });
    }
    if (!context.signal.aborted) list.end();
  } catch (error) {
    // What was read is in the journal; that there was more is told at the end.
    if (!context.signal.aborted || (error as Error).name !== 'AbortError') throw error;
  } finally {
    await signer?.close();
  }
}

/** A name with nothing behind it was mistyped; what is worth saying again has a first document. */
async function* begunWith<T>(inputs: AsyncIterable<T>, begin: () => void): AsyncGenerator<T> {
  let isBegun = false;
  for await (const input of inputs) {
    if (!isBegun) begin();
    isBegun = true;
    yield input;
  }
}
