import { placeOf, type ReportFile, type ReporterFactory } from './reporter.ts';

const findingsShown = 20;

/** For people at a terminal: each problem with its place, sentence and next step, then a summary. */
export const textReporter: ReporterFactory = ({ write, language, messages, colour, titleOf }) => {
  const words = messages.words;
  const byRule = new Map<string, { count: number; title: string }>();
  const paint = (code: number, text: string): string => (colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  const colours = { error: 31, warning: 33, info: 36 } as const;

  const show = (file: ReportFile): void => {
    if (file.verdict === 'valid' && file.findings.length === 0) return;
    write(`${file.path}: ${words[file.verdict]}\n`);
    for (const finding of file.findings.slice(0, findingsShown)) {
      const place = placeOf(file, finding).slice(file.path.length + 1);
      write(
        `  ${paint(colours[finding.severity], words[finding.severity])} ${finding.ruleId} ${finding.path}${place === '' ? '' : ` (${words.line} ${place})`}\n`,
      );
      write(`    ${finding.message[language]}\n`);
      if (finding.hint[language] !== '') write(`    → ${finding.hint[language]}\n`);
    }
    if (file.findings.length > findingsShown) write(`  … +${file.findings.length - findingsShown}\n`);
    for (const signature of file.signatures) {
      const reasons = signature.reasons.map(({ code }) => code).join(', ');
      write(
        `  ${words.signature} ${signature.path}: ${signature.verdict}${signature.signer === null ? '' : ` · ${signature.signer}`}${reasons === '' ? '' : ` · ${reasons}`}\n`,
      );
    }
  };

  return {
    file(file) {
      for (const finding of file.findings) {
        const entry = byRule.get(finding.ruleId) ?? { count: 0, title: titleOf?.(finding) ?? finding.code };
        entry.count += 1;
        byRule.set(finding.ruleId, entry);
      }
      show(file);
    },
    end(summary) {
      if (byRule.size > 0) {
        write(`\n${words.byRule}:\n`);
        for (const [rule, { count, title }] of [...byRule].sort((a, b) => b[1].count - a[1].count)) {
          write(`  ${String(count).padStart(7)}  ${rule} ${title}\n`);
        }
      }
      const verdicts = (['valid', 'invalid', 'skipped', 'undetermined'] as const).map(
        (key) => `${summary[key]} ${words[key]}`,
      );
      const severities = (['error', 'warning', 'info'] as const).map(
        (key) => `${summary.findings[key]} ${words[key]}`,
      );
      write(`${words.summary}: ${verdicts.join(', ')} · ${severities.join(', ')}\n`);
    },
  };
};
