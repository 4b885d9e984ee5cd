import type { BhxhError } from '@bhxh/sdk/errors';
import { runSubmission, type Item, type ItemCounts } from '@bhxh/sdk/submission';
import { submissionMessages } from '../messages/submission.ts';
import { startProgress } from '../terminal/progress.ts';
import { deadlineClass } from './deadline-notice.ts';
import { openDocumentReader } from './read-document.ts';
import type { Submission } from './submission.ts';

export interface PassEnd {
  /** Seconds by which the server's clock is ahead of ours, when that is more than the specifications allow. */
  readonly skewSeconds?: number | undefined;
  readonly error: BhxhError | undefined;
  /** True when anything of this sender is still open. */
  readonly left: boolean;
  /** True when an outcome of this sender is unknown. */
  readonly unknown: boolean;
  /** Documents too large for this hour, and when the first of them can be sent. */
  readonly deferred: { readonly count: number; readonly until: Date } | undefined;
}

/** One pass over the journal with live progress; `took` sees each change once it is durable. */
export async function runPass(
  { context, journal, targets, outbox, bounds, circuits }: Submission,
  stopOn: number | undefined,
  took: (item: Item) => void,
  planning?: Promise<unknown>,
): Promise<PassEnd> {
  const { streams, messages, language } = context;
  const { words } = messages;
  const own = submissionMessages[language];
  const classOf = deadlineClass(context.now);
  const reader = openDocumentReader();
  let progress: ReturnType<typeof startProgress> | undefined;
  let before = 0;
  let concurrency = bounds.concurrency;
  let error: BhxhError | undefined;
  let left = false;
  let unknown = false;
  let deferred: PassEnd['deferred'];
  let hasty = '';
  let skewSeconds: number | undefined;
  const show = (counts: ItemCounts): void => {
    const beside = [
      `${counts.accepted + counts.confirmed} ${words.accepted}`,
      `${counts.rejected} ${words.rejected}`,
      `${counts.unknown} ${words.unknown}`,
      `${counts.planned + counts.sending} ${own.left}`,
      own.line({ concurrency }),
    ];
    if (hasty !== '') beside.push(hasty);
    progress?.update(doneOf(counts) - before, beside.join(', '));
  };
  try {
    for await (const event of runSubmission({
      journal,
      target: targets,
      now: context.now,
      signal: context.signal,
      concurrency: bounds.concurrency,
      circuits,
      ...(bounds.until === undefined ? {} : { until: bounds.until }),
      ...(stopOn === undefined ? {} : { stopOn }),
      ...(planning === undefined ? {} : { planning }),
      readFile: (path) => reader.read(path),
    })) {
      if (event.kind === 'started') {
        before = doneOf(event.counts);
        progress = startProgress({
          streams,
          label: 'submit',
          unit: words.files,
          total: event.counts.planned + event.counts.unknown,
          clock: context.elapsed,
        });
        show(event.counts);
      } else if (event.kind === 'clock-skew') {
        const seconds = Math.round(event.milliseconds / 1000);
        skewSeconds = seconds;
        const host = targets.find(({ sender }) => sender === event.sender)?.host ?? '';
        streams.note(`${own.skew({ seconds, host })}\n`);
      } else if (event.kind === 'sender-stopped') {
        streams.note(`${event.sender}: ${event.error.code}: ${event.error.sentences[language]}\n`);
      } else if (event.kind === 'pace') concurrency = event.concurrency;
      else if (event.kind === 'item') {
        const { item } = event;
        took(item);
        if (item.state === 'accepted' || item.state === 'confirmed') outbox.remove(item.path);
        const due = classOf(item.deadline ?? null);
        hasty = due === undefined ? '' : own.deadline[due];
        show(event.counts);
      } else if (event.kind === 'deferred') {
        const { until } = event;
        deferred =
          deferred === undefined
            ? { count: 1, until }
            : { count: deferred.count + 1, until: until < deferred.until ? until : deferred.until };
      } else if (event.kind === 'finished') {
        error = event.error;
        unknown = event.counts.sending + event.counts.unknown > 0;
        left = unknown || event.counts.planned > 0;
      }
    }
  } finally {
    reader.close();
    progress?.finish();
  }
  return { error, left, unknown, deferred, skewSeconds };
}

function doneOf(counts: ItemCounts): number {
  return counts.accepted + counts.confirmed + counts.rejected;
}
