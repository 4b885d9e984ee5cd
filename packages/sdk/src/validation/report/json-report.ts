import { maskValue, sentenceOf, type LabelOf } from '../../messages/index.ts';
import type { Bilingual } from '../../errors/bhxh-error.ts';
import type { LegalPlace, Origin, Severity } from '../../specifications/types.ts';
import type { Finding, RecordReference, Verdict } from '../finding.ts';
import type { FileReport, SignatureReport } from './file-report.ts';
import type { StepReport } from './steps.ts';

/** A finding as `bhxh-report/1` prints it. */
export interface JsonFinding {
  readonly ruleId: string;
  readonly code: string;
  readonly severity: Severity;
  readonly origin: Origin;
  readonly ruleset: string | null;
  readonly record: RecordReference | null;
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
  /** Masked where personal, unless revealed. */
  readonly values: Readonly<Record<string, string>>;
  readonly message: Bilingual;
  readonly hint: Bilingual;
  readonly legal: readonly LegalPlace[];
}

/** One file of the report. */
export interface JsonFile {
  readonly path: string;
  readonly sha256: string | null;
  readonly kind: string | null;
  readonly verdict: Verdict;
  readonly steps: readonly StepReport[];
  readonly findings: readonly JsonFinding[];
  /** Findings beyond the limit, counted by severity; absent when there are none. */
  readonly omitted?: Readonly<Record<Severity, number>>;
  readonly signatures: readonly SignatureReport[];
  readonly records: number;
  readonly rulesets: FileReport['rulesets'];
  /** Rules decided in this file. */
  readonly evaluated: readonly string[];
  /** Rules not judged for want of facts from outside the file. */
  readonly skipped: readonly string[];
  readonly preview?: {
    readonly ruleset: string;
    readonly added: readonly JsonFinding[];
    readonly removed: readonly JsonFinding[];
  };
}

export interface ReportSummary {
  readonly valid: number;
  readonly invalid: number;
  readonly skipped: number;
  readonly undetermined: number;
  readonly findings: Readonly<Record<Severity, number>>;
}

/** The whole report document, schema `bhxh-report/1`. */
export interface JsonReport {
  readonly schema: 'bhxh-report/1';
  readonly specs: { readonly hash: string };
  readonly files: readonly JsonFile[];
  readonly summary: ReportSummary;
}

export interface JsonReportOptions {
  readonly specsHash: string;
  readonly reveal?: boolean;
  readonly labelOf?: LabelOf;
}

/** A finding for machines: sentences in both languages, personal values masked unless revealed. */
export function toJsonFinding(
  finding: Finding,
  options: Omit<JsonReportOptions, 'specsHash'> = {},
): JsonFinding {
  const { reveal = false } = options;
  const vi = sentenceOf(finding, 'vi', options);
  const en = sentenceOf(finding, 'en', options);
  const { record, path, line, column } = finding.location;
  const shown = (value: string): string => (reveal ? value : maskValue(value));
  return {
    ruleId: finding.ruleId,
    code: finding.code,
    severity: finding.severity,
    origin: finding.origin,
    ruleset: finding.ruleset,
    record: record === null ? null : { ...record, key: record.key === null ? null : shown(record.key) },
    path,
    line,
    column,
    values: Object.fromEntries(
      finding.values.map(({ name, value, personal }) => [name, personal ? shown(value) : value]),
    ),
    message: { vi: vi.message, en: en.message },
    hint: { vi: vi.hint ?? '', en: en.hint ?? '' },
    legal: finding.legal,
  };
}

/** One file for machines. */
export function toJsonFile(report: FileReport, options: Omit<JsonReportOptions, 'specsHash'> = {}): JsonFile {
  const { reveal = false } = options;
  const { omitted, preview } = report;
  const finding = (each: Finding): JsonFinding => toJsonFinding(each, options);
  return {
    path: report.path,
    sha256: report.sha256,
    kind: report.kind,
    verdict: report.verdict,
    steps: report.steps,
    findings: report.findings.map(finding),
    ...(omitted.error + omitted.warning + omitted.info === 0 ? {} : { omitted }),
    signatures: report.signatures.map((signature) => ({
      ...signature,
      signer: signature.signer === null || reveal ? signature.signer : maskValue(signature.signer),
    })),
    records: report.records,
    rulesets: report.rulesets,
    evaluated: [...report.evaluated].toSorted(),
    skipped: [...report.skipped].toSorted(),
    ...(preview === undefined
      ? {}
      : {
          preview: {
            ruleset: preview.ruleset,
            added: preview.added.map(finding),
            removed: preview.removed.map(finding),
          },
        }),
  };
}

/** Counts verdicts and findings, one file after the other. */
export class ReportCounter {
  readonly #verdicts: Record<Verdict, number> = { valid: 0, invalid: 0, skipped: 0, undetermined: 0 };
  readonly #findings: Record<Severity, number> = { error: 0, warning: 0, info: 0 };

  add({ verdict, findings, omitted }: Pick<FileReport, 'verdict' | 'findings' | 'omitted'>): void {
    this.#verdicts[verdict] += 1;
    for (const { severity } of findings) this.#findings[severity] += 1;
    for (const severity of ['error', 'warning', 'info'] as const)
      this.#findings[severity] += omitted[severity];
  }

  summary(): ReportSummary {
    return { ...this.#verdicts, findings: { ...this.#findings } };
  }
}

/** The report document over some files. For very many files, print `toJsonFile` one by one and `ReportCounter` at the end. */
export function toJsonReport(reports: readonly FileReport[], options: JsonReportOptions): JsonReport {
  const counter = new ReportCounter();
  for (const report of reports) counter.add(report);
  return {
    schema: 'bhxh-report/1',
    specs: { hash: options.specsHash },
    files: reports.map((report) => toJsonFile(report, options)),
    summary: counter.summary(),
  };
}
