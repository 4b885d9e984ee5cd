import { openSpecifications } from '@bhxh/sdk/specifications';
import { reconcileSubmission, type ReconcileEvent } from '@bhxh/sdk/submission';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { submissionMessages } from '../messages/submission.ts';
import { dateOption } from '../number-option.ts';
import { csvLine } from '../reporters/csv.ts';
import { addToSummary, emptySummary, openReporter, type ReportFile } from '../reporters/reporter.ts';
import { existingJournal, openSenderJournal } from '../sending/open-journal.ts';
import { openTarget } from '../sending/open-target.ts';
import { textTable } from '../terminal/table.ts';
import { version } from '../version.ts';

type DifferenceKind = Exclude<ReconcileEvent['kind'], 'confirmed'>;

interface Difference {
  readonly kind: DifferenceKind;
  readonly key: string;
  readonly sha256: string;
  readonly receipt: string;
  /** Where our journal knows the document. */
  readonly path: string | null;
}

/** Compares the journal with what the server says it has; every difference is listed, and what is found is confirmed. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options } = context;
  const from = dateOption(options, 'fromDay', 'reconcile');
  const to = dateOption(options, 'toDay', 'reconcile');
  const { target, close } = openTarget(context);
  const journal = await openSenderJournal(context, existingJournal(context), false);
  try {
    const counts: Record<ReconcileEvent['kind'], number> = {
      confirmed: 0,
      foreign: 0,
      doubled: 0,
      missing: 0,
    };
    const differences: Difference[] = [];
    const events = reconcileSubmission({
      journal,
      target,
      signal: context.signal,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
    for await (const event of events) {
      counts[event.kind] += 1;
      if (event.kind !== 'confirmed') differences.push(differenceOf(event));
    }
    await report(context, counts, differences);
    return counts.missing + counts.doubled > 0 ? exitCodes.findings : exitCodes.done;
  } finally {
    await journal.close();
    await close();
  }
}

function differenceOf(event: Exclude<ReconcileEvent, { kind: 'confirmed' }>): Difference {
  const { kind } = event;
  const { key, sha256 } = 'document' in event ? event.document : event.item;
  const receipt = 'document' in event ? event.document.receipt.id : (event.item.receipt?.id ?? '');
  return { kind, key, sha256, receipt, path: 'item' in event ? event.item.path : null };
}

async function report(
  context: CommandContext,
  counts: Readonly<Record<ReconcileEvent['kind'], number>>,
  differences: readonly Difference[],
): Promise<void> {
  const { streams, messages, format, language } = context;
  const told = submissionMessages[language].reconcile;
  if (format === 'json') {
    streams.write(`${JSON.stringify({ schema: 'bhxh-reconcile/1', counts, differences })}\n`);
  } else if (format === 'csv') {
    streams.write(`\uFEFF${csvLine(['kind', 'key', 'receipt', 'sha256', 'path'])}`);
    for (const { kind, key, receipt, sha256, path } of differences)
      streams.write(csvLine([kind, key, receipt, sha256, path]));
  } else if (format === 'text') {
    if (differences.length > 0) {
      const rows = differences.map(({ kind, key, sha256, receipt }) => [
        told[kind],
        key,
        receipt,
        sha256.slice(0, 16),
      ]);
      streams.write(textTable([messages.words.what, 'MA_LK', 'maGiaoDich', 'SHA-256'], rows));
    }
    const totals = Object.entries(counts).map(
      ([kind, count]) => `${count} ${told[kind as keyof typeof told]}`,
    );
    streams.write(`${totals.join(', ')}\n`);
  } else {
    const reporter = await openReporter(format, {
      write: streams.write,
      language,
      messages,
      specsHash: openSpecifications().hash,
      toolVersion: version,
      colour: false,
      now: context.now,
      title: 'reconcile',
    });
    const summary = emptySummary();
    for (const difference of differences) {
      const file = reportFile(difference);
      reporter.file(file);
      addToSummary(summary, file);
    }
    summary.valid = counts.confirmed;
    reporter.end(summary);
  }
}

const codes = {
  foreign: 'RECONCILE_FOREIGN',
  doubled: 'RECONCILE_DOUBLED',
  missing: 'RECONCILE_MISSING',
} as const;

/** Sent elsewhere is a note; sent twice or lost is an error. */
function reportFile({ kind, key, sha256, receipt, path }: Difference): ReportFile {
  return {
    path: path ?? receipt,
    sha256,
    kind: null,
    verdict: kind === 'foreign' ? 'skipped' : 'invalid',
    steps: [],
    findings: [
      {
        ruleId: codes[kind],
        code: codes[kind],
        severity: kind === 'foreign' ? 'info' : 'error',
        origin: 'gateway',
        ruleset: null,
        record: { index: 0, key, department: null },
        path: '',
        line: null,
        column: null,
        values: { maGiaoDich: receipt },
        message: {
          vi: `${submissionMessages.vi.reconcile[kind]}: ${receipt}`,
          en: `${submissionMessages.en.reconcile[kind]}: ${receipt}`,
        },
        hint: { vi: '', en: '' },
        legal: [],
      },
    ],
    signatures: [],
  };
}
