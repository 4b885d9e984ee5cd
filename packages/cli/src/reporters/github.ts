import type { ReporterFactory } from './reporter.ts';

const levels = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** Workflow commands that GitHub shows beside the changed lines. */
export const githubReporter: ReporterFactory = ({ write, language }) => ({
  file(file) {
    for (const finding of file.findings) {
      const place = [
        `file=${property(file.path)}`,
        ...(finding.line === null ? [] : [`line=${finding.line}`]),
        ...(finding.column === null ? [] : [`col=${finding.column}`]),
        `title=${property(finding.ruleId)}`,
      ].join(',');
      write(`::${levels[finding.severity]} ${place}::${data(finding.message[language])}\n`);
    }
  },
  end() {},
});

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
