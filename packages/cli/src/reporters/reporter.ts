import type { VerifyStep } from '@bhxh/signing';
import type { JsonFile, JsonFinding } from '@bhxh/sdk/validation';
import type { Language } from '../terminal/language.ts';
import type { Messages } from '../messages/messages.ts';

/** One signature, with what `verify` knows of it beyond what validation does. */
export type ReportSignature = JsonFile['signatures'][number] & {
  readonly issuer?: string;
  /** Hexadecimal. */
  readonly serial?: string;
  readonly fingerprint?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly timeSource?: 'claimed' | 'time-stamp';
  /** The moment the certificates were judged at. */
  readonly checkedAt?: string;
  readonly steps?: readonly { readonly name: VerifyStep; readonly verdict: JsonFile['verdict'] }[];
};

/** One document of a report, as `bhxh-report/1` has it. */
export type ReportFile = Pick<JsonFile, 'path' | 'sha256' | 'kind' | 'verdict' | 'steps' | 'findings'> &
  Partial<Omit<JsonFile, 'signatures'>> & { readonly signatures: readonly ReportSignature[] };
export type ReportFinding = JsonFinding;

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
  /** The rule of a finding in a few words; the finding's own code where it is no numbered rule. */
  readonly titleOf?: (finding: ReportFinding) => string;
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
  for (const severity of ['error', 'warning', 'info'] as const)
    summary.findings[severity] += file.omitted?.[severity] ?? 0;
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
