import type { ReporterFactory } from './reporter.ts';

const columns = [
  'file',
  'verdict',
  'record',
  'ruleId',
  'code',
  'severity',
  'origin',
  'ruleset',
  'path',
  'line',
  'column',
  'message',
  'hint',
];

/** One line a finding (and one for each document without any), UTF-8 with a byte order mark so that Excel reads the Vietnamese. */
export const csvReporter: ReporterFactory = ({ write, language }) => {
  write(`\uFEFF${columns.join(',')}\r\n`);
  const line = (cells: readonly (string | number | null)[]): void => write(csvLine(cells));
  return {
    file(file) {
      if (file.findings.length === 0)
        line([file.path, file.verdict, ...Array.from({ length: 11 }, () => '')]);
      for (const finding of file.findings) {
        line([
          file.path,
          file.verdict,
          finding.record?.key ?? '',
          finding.ruleId,
          finding.code,
          finding.severity,
          finding.origin,
          finding.ruleset,
          finding.path,
          finding.line,
          finding.column,
          finding.message[language],
          finding.hint[language],
        ]);
      }
    },
    end() {},
  };
};

/** One line of a CSV file; what a spreadsheet would run as a formula is made text. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** A spreadsheet would run a cell that begins like a formula, so such a cell is made text. */
function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && typeof value !== 'number' ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
