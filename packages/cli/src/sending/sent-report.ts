import { openSpecifications } from '@bhxh/sdk/specifications';
import type { JsonFile } from '@bhxh/sdk/validation';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { submissionMessages } from '../messages/submission.ts';
import { quoted } from '../read-inputs.ts';
import { csvLine } from '../reporters/csv.ts';
import { addToSummary, emptySummary, openReporter, type ReportFile } from '../reporters/reporter.ts';
import { textTable } from '../terminal/table.ts';
import { version } from '../version.ts';
import { type DeadlineClass, deadlineClass } from './deadline-notice.ts';
import { exitOf, isOpen, type SentItem } from './sent-item.ts';

/** The result of a submission, written document by document. */
export interface SentReport {
  add(item: SentItem): void;
  end(ending?: Ending): void;
}

/** What is told of a submission behind its documents. */
export interface Ending {
  /** How far the server's clock is ahead, when that is worth telling. */
  readonly skewSeconds?: number | undefined;
  /** The class of exit of what was left in the queue; that of unfinished work when nothing else stopped the run. */
  readonly leftWith?: ExitCode;
}

/** Above this many documents the text report leaves out those that were accepted. */
const fewDocuments = 50;
const mostLines = 200;
/** They need no attention. */
const finished: ReadonlySet<SentItem['state']> = new Set(['accepted', 'confirmed', 'would-send']);
const bufferSize = 1 << 16;

/** `expected` is the number of documents, as far as it is known. */
export async function openSentReport(
  context: CommandContext,
  command: string,
  expected: number,
): Promise<SentReport> {
  const { streams, format } = context;
  const counts = countSent(context);
  if (format === 'json') {
    const schema = command === 'journal report' ? 'bhxh-journal-report/1' : 'bhxh-submit/1';
    let text = `{"schema":"${schema}","items":[`;
    let between = '';
    return {
      add(item) {
        counts.add(item);
        text += `${between}\n${JSON.stringify(item)}`;
        between = ',';
        if (text.length < bufferSize) return;
        streams.write(text);
        text = '';
      },
      end({ skewSeconds } = {}) {
        const { byState, byDeadline } = counts;
        const tail = { counts: byState, deadlines: byDeadline, clockSkewSeconds: skewSeconds ?? null };
        streams.write(`${text}\n],${JSON.stringify(tail).slice(1)}\n`);
      },
    };
  }
  if (format === 'csv') {
    streams.write(`\uFEFF${columns.join(',')}\r\n`);
    return { add: (item) => streams.write(csvLine(rowOf(item, context))), end() {} };
  }
  if (format === 'text') {
    const all = expected <= fewDocuments;
    let left = mostLines;
    let hidden = 0;
    return {
      add(item) {
        counts.add(item);
        if (!all && finished.has(item.state)) hidden += 1;
        else if (left > 0) {
          left -= 1;
          streams.write(itemLine(item, context));
        } else hidden += 1;
      },
      end({ leftWith } = {}) {
        if (hidden > 0) streams.write(`… +${hidden}\n`);
        streams.write(counts.table(leftWith));
      },
    };
  }
  const reporter = await openReporter(format, {
    write: streams.write,
    language: context.language,
    messages: context.messages,
    specsHash: openSpecifications().hash,
    toolVersion: version,
    colour: false,
    now: context.now,
    title: command,
  });
  const summary = emptySummary();
  return {
    add(item) {
      const file = reportFile(item);
      reporter.file(file);
      addToSummary(summary, file);
    },
    end: () => reporter.end(summary),
  };
}

/** Counts by state and by deadline, for the final table. */
export function countSent(context: CommandContext): {
  readonly byState: Record<string, number>;
  readonly byDeadline: Record<DeadlineClass, number>;
  add(item: SentItem): void;
  table(leftWith?: ExitCode): string;
} {
  const { words } = context.messages;
  const own = submissionMessages[context.language];
  const classOf = deadlineClass(context.now);
  const byState: Record<string, number> = {};
  const byDeadline: Record<DeadlineClass, number> = { overdue: 0, near: 0 };
  const exits: Record<string, number> = {};
  return {
    byState,
    byDeadline,
    add(item) {
      byState[item.state] = (byState[item.state] ?? 0) + 1;
      exits[item.state] = Math.max(exits[item.state] ?? 0, exitOf(item));
      const due = isOpen(item) || item.state === 'would-send' ? classOf(item.deadline) : undefined;
      if (due !== undefined) byDeadline[due] += 1;
    },
    table(leftWith = exitCodes.unknown) {
      const rows = Object.entries(byState).map(([state, count]) => [
        stateWord(state, context),
        String(count),
        String(state === 'planned' ? leftWith : exits[state]),
        own.next[state as SentItem['state']] ?? '',
      ]);
      for (const due of ['overdue', 'near'] as const) {
        if (byDeadline[due] > 0) rows.push([`  ${own.deadline[due]}`, String(byDeadline[due]), '', '']);
      }
      return textTable([words.state, words.count, own.exit, words.todo], rows);
    },
  };
}

export function itemLine(item: SentItem, context: CommandContext): string {
  const { language } = context;
  const reason =
    item.problem === null
      ? item.findings.map(({ ruleId }) => ruleId).join(', ')
      : `${item.problem.code} ${item.problem[language]}`;
  const due =
    isOpen(item) || item.state === 'would-send' ? deadlineClass(context.now)(item.deadline) : undefined;
  const notice = due === undefined ? '' : `[${submissionMessages[language].deadline[due]} ${dayOf(item)}] `;
  return `${`${quoted(item.path)}: ${stateWord(item.state, context)} ${notice}${item.receipt?.id ?? ''} ${reason}`.trimEnd()}\n`;
}

/** The deadline's day in Vietnam. */
function dayOf({ deadline }: SentItem): string {
  return new Date(Date.parse(deadline ?? '') + 7 * 3_600_000).toISOString().slice(0, 10);
}

function stateWord(state: string, { messages: { words }, language }: CommandContext): string {
  const known: Readonly<Record<string, string>> = {
    planned: words.planned,
    accepted: words.accepted,
    confirmed: words.confirmed,
    rejected: words.rejected,
    refused: words.refused,
    unknown: words.unknown,
    'would-send': submissionMessages[language].wouldSend,
  };
  return known[state] ?? state;
}

const columns = [
  'path',
  'state',
  'where',
  'maGiaoDich',
  'thoiGianTiepNhan',
  'attempts',
  'deadline',
  'code',
  'message',
  'sha256',
];

function rowOf(item: SentItem, { language }: CommandContext): (string | number | null)[] {
  const { path, state, where, receipt, attempts, deadline, problem, findings, sha256 } = item;
  const code = problem?.code ?? findings.map(({ ruleId }) => ruleId).join(' ');
  const message = problem?.[language] ?? findings[0]?.message[language] ?? '';
  return [
    path,
    state,
    where,
    receipt?.id ?? '',
    receipt?.at ?? '',
    attempts,
    deadline,
    code,
    message,
    sha256,
  ];
}

function reportFile(item: SentItem): ReportFile {
  const verdicts = {
    accepted: 'valid',
    confirmed: 'valid',
    rejected: 'invalid',
    refused: 'invalid',
    unknown: 'undetermined',
    sending: 'undetermined',
    planned: 'skipped',
    'would-send': 'skipped',
  } as const;
  return {
    path: item.path,
    sha256: item.sha256,
    kind: null,
    verdict: verdicts[item.state],
    steps: [],
    findings: [...item.findings, ...findingOf(item)],
    signatures: [],
  };
}

function findingOf({ problem }: SentItem): JsonFile['findings'] {
  if (problem === null) return [];
  const { code, vi, en } = problem;
  return [
    {
      ruleId: code,
      code,
      severity: 'error',
      origin: 'gateway',
      ruleset: null,
      record: null,
      path: '',
      line: null,
      column: null,
      values: {},
      message: { vi, en },
      hint: { vi: '', en: '' },
      legal: [],
    },
  ];
}
