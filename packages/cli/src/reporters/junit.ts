import { groupBy } from './group-by.ts';
import { placeOf, type ReporterFactory } from './reporter.ts';

/** JUnit XML: a suite for each document, a failing case for each rule that found something. */
export const junitReporter: ReporterFactory = ({ write, language, title }) => {
  write(`<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${text(`bhxh ${title}`)}">\n`);
  return {
    file(file) {
      const byRule = groupBy(
        file.findings.filter((finding) => finding.severity === 'error'),
        (finding) => finding.ruleId,
      );
      const skipped = file.verdict === 'skipped' ? 1 : 0;
      const errors = file.verdict === 'undetermined' ? 1 : 0;
      const cases = Math.max(1, byRule.size) + errors;
      write(
        `  <testsuite name="${text(file.path)}" tests="${cases}" failures="${byRule.size}" errors="${errors}" skipped="${skipped}">\n`,
      );
      for (const [rule, findings] of byRule) {
        const first = findings[0];
        write(`    <testcase classname="${text(file.path)}" name="${text(rule)}">\n`);
        write(
          `      <failure type="${text(first?.code ?? rule)}" message="${text(first?.message[language] ?? rule)}">`,
        );
        write(
          text(
            findings
              .map((finding) => `${placeOf(file, finding)} ${finding.path}: ${finding.message[language]}`)
              .join('\n'),
          ),
        );
        write('</failure>\n    </testcase>\n');
      }
      if (byRule.size === 0) {
        write(`    <testcase classname="${text(file.path)}" name="${text(file.kind ?? 'document')}">`);
        write(skipped === 1 ? '<skipped/></testcase>\n' : '</testcase>\n');
      }
      if (errors === 1)
        write(`    <testcase classname="${text(file.path)}" name="undetermined"><error/></testcase>\n`);
      write('  </testsuite>\n');
    },
    end() {
      write('</testsuites>\n');
    },
  };
};

function text(value: string): string {
  return value
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
