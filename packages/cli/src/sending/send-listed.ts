import { planSubmission, type Item, type Journal } from '@bhxh/sdk/submission';
import type { JsonFile } from '@bhxh/sdk/validation';
import { textOption } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { conclude, exitOfLeft } from './conclude.ts';
import { hasInput, namedBy, submissionInputs } from './input-paths.ts';
import { runPass } from './pass.ts';
import type { ListedDocument } from './run-list.ts';
import { exitOf, isOpen, refusedItem, sentItem, type SentItem } from './sent-item.ts';
import { openSentReport } from './sent-report.ts';
import { plainSources, signedSources } from './sources.ts';
import type { Submission } from './submission.ts';
import { openSubmissionSigner } from './submission-signer.ts';

const reportPage = 100;

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
  for await (const sent of outcomesOf(list.read(), journal)) {
    if (!isOpen(sent)) codes.add(exitOf(sent));
    report.add(sent);
  }
  report.end({ skewSeconds: end.skewSeconds, leftWith: exitOfLeft(end, context.signal) });
  const code = conclude(submission, end);
  if (unplanned !== undefined) throw unplanned.error;
  return code;
}

/** Read from the journal a page at a time: a hundred thousand questions one by one need room and time. */
async function* outcomesOf(documents: Iterable<ListedDocument>, journal: Journal): AsyncGenerator<SentItem> {
  let page: ListedDocument[] = [];
  async function* read(): AsyncGenerator<SentItem> {
    const items = await journal.itemsById(page.flatMap((one) => ('item' in one ? [one.item] : [])));
    for (const one of page) {
      if ('outcome' in one) yield one.outcome;
      else if (items.has(one.item)) yield sentItem(items.get(one.item)!, one.path);
    }
    page = [];
  }
  for (const document of documents) {
    page.push(document);
    if (page.length < reportPage) continue;
    yield* read();
    // A signal is heard only when the loop turns.
    await new Promise((resolve) => setImmediate(resolve));
  }
  yield* read();
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
