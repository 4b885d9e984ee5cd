import type { Language } from '../terminal/language.ts';
import type { Messages } from '../messages/messages.ts';

type Both = { readonly vi: string; readonly en: string };

/** A finding as `bhxh-report/1` shows it: sentences made, personal values masked. */
export interface ReportFinding {
  readonly ruleId: string;
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly origin: string;
  readonly ruleset: string | null;
  readonly record: {
    readonly index: number;
    readonly key: string | null;
    readonly department?: string | null;
  } | null;
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly values: readonly { readonly name: string; readonly value: string }[];
  readonly message: Both;
  readonly hint: Both | null;
  readonly legal: readonly { readonly text: string; readonly at: string }[];
}

export interface ReportSignature {
  readonly path: string;
  readonly profile: string;
  readonly verdict: string;
  readonly reasons: readonly { readonly code: string; readonly path?: string }[];
  readonly signer: string | null;
  readonly signedAt: string | null;
  readonly covers: readonly string[];
}

/** One document of a report. */
export interface ReportFile {
  readonly path: string;
  readonly sha256: string | null;
  readonly kind: string | null;
  readonly verdict: 'valid' | 'invalid' | 'skipped' | 'undetermined';
  readonly steps: readonly { readonly name: string; readonly verdict: string }[];
  readonly findings: readonly ReportFinding[];
  readonly signatures: readonly ReportSignature[];
}

export interface ReportSummary {
  valid: number;
  invalid: number;
  skipped: number;
  undetermined: number;
  findings: { error: number; warning: number; info: number };
}

export interface ReporterOptions {
  readonly write: (text: string) => void;
  readonly language: Language;
  readonly messages: Messages;
  readonly specsHash: string;
  readonly toolVersion: string;
  readonly colour: boolean;
  readonly now: () => Date;
  /** What was done: validate, verify … */
  readonly title: string;
}

/** Writes a report file by file, so that its memory does not grow with the number of documents. */
export interface Reporter {
  file(file: ReportFile): void;
  end(summary: ReportSummary): void;
}

export type ReporterFactory = (options: ReporterOptions) => Reporter;

export function emptySummary(): ReportSummary {
  return { valid: 0, invalid: 0, skipped: 0, undetermined: 0, findings: { error: 0, warning: 0, info: 0 } };
}

export function addToSummary(summary: ReportSummary, file: ReportFile): void {
  summary[file.verdict] += 1;
  for (const finding of file.findings) summary.findings[finding.severity] += 1;
}

/** `a.xml:12:5`, without what is unknown. */
export function placeOf(file: ReportFile, finding: ReportFinding): string {
  return [file.path, finding.line, finding.column].filter((part) => part !== null).join(':');
}

const reporters: Readonly<Record<string, () => Promise<ReporterFactory>>> = {
  text: async () => (await import('./text.ts')).textReporter,
  json: async () => (await import('./json.ts')).jsonReporter,
  junit: async () => (await import('./junit.ts')).junitReporter,
  sarif: async () => (await import('./sarif.ts')).sarifReporter,
  html: async () => (await import('./html.ts')).htmlReporter,
  csv: async () => (await import('./csv.ts')).csvReporter,
  github: async () => (await import('./github.ts')).githubReporter,
};

export async function openReporter(format: string, options: ReporterOptions): Promise<Reporter> {
  const load = reporters[format] ?? reporters['text'];
  if (load === undefined) throw new Error(`no reporter ${format}`);
  return (await load())(options);
}
