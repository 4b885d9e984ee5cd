import { createHash } from 'node:crypto';
import { escapeHtml as html } from './escape-html.ts';
import { placeOf, type ReporterFactory, type ReportFile, type ReportFinding } from './reporter.ts';
import { signatureSection } from './signatures-html.ts';

/** How many places a rule lists in full; the rest are counted. */
const placesShown = 200;
/** How many signatures are shown in full; the others are in the table of files, and all of them in JSON. */
const signaturesShown = 1000;

interface RuleGroup {
  count: number;
  readonly example: ReportFinding;
  readonly places: string[];
}

/** One self-contained page without scripts, fonts or images from elsewhere: opens offline, prints well, reads without a mouse. */
export const htmlReporter: ReporterFactory = ({
  write,
  language,
  messages,
  specsHash,
  toolVersion,
  now,
  title,
  titleOf,
}) => {
  const words = messages.words;
  const rules = new Map<string, RuleGroup>();
  const departments = new Map<string, number>();
  const heading = title === 'verify' ? words.signatureReport : words.report;
  const signatures: string[] = [];
  const verdicts: { file: string; verdict: string; count: number }[] = [];

  const remember = (file: ReportFile, finding: ReportFinding): void => {
    let group = rules.get(finding.ruleId);
    if (group === undefined) {
      group = { count: 0, example: finding, places: [] };
      rules.set(finding.ruleId, group);
    }
    group.count += 1;
    if (group.places.length < placesShown) {
      group.places.push(
        `<tr><td>${html(placeOf(file, finding))}</td><td>${html(finding.record?.key ?? '')}</td><td><code>${html(finding.path)}</code></td><td>${html(finding.message[language])}</td></tr>`,
      );
    }
    const department = finding.record?.department;
    if (department !== undefined && department !== null && department !== '') {
      departments.set(department, (departments.get(department) ?? 0) + 1);
    }
  };

  return {
    file(file) {
      for (const finding of file.findings) remember(file, finding);
      for (const signature of file.signatures)
        if (signatures.length < signaturesShown)
          signatures.push(signatureSection(file, signature, messages, language));
      if (file.verdict !== 'valid' && verdicts.length < 5000) {
        verdicts.push({ file: file.path, verdict: words[file.verdict], count: file.findings.length });
      }
    },
    end(summary) {
      const sorted = [...rules].sort((a, b) => b[1].count - a[1].count);
      write(
        `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'"><title>${html(heading)}</title><style>${style}</style></head><body><main>`,
      );
      write(`<h1>${html(heading)}</h1>`);
      write(
        `<p class="meta">bhxh ${html(title)} ${html(toolVersion)} · ${html(now().toISOString())} · ${html(words.specs)} <code>${html(specsHash.slice(0, 16))}</code> · ${html(words.masked)}</p>`,
      );
      write('<dl class="tiles">');
      for (const key of ['valid', 'invalid', 'undetermined', 'skipped'] as const) {
        write(`<div class="${key}"><dt>${html(words[key])}</dt><dd>${summary[key]}</dd></div>`);
      }
      for (const key of ['error', 'warning', 'info'] as const) {
        write(`<div><dt>${html(words[key])}</dt><dd>${summary.findings[key]}</dd></div>`);
      }
      write('</dl>');
      if (signatures.length > 0) {
        write(`<h2>${html(words.signature)}</h2>`);
        for (const section of signatures) write(section);
      }
      if (sorted.length === 0) write(`<p>${html(words.nothingWrong)}</p>`);
      else {
        write(
          chart(
            words.byRule,
            sorted.map(([rule, group]) => [rule, group.count]),
          ),
        );
        if (departments.size > 0)
          write(
            chart(
              words.byDepartment,
              [...departments].sort((a, b) => b[1] - a[1]),
            ),
          );
        write(`<h2>${html(words.findings)}</h2>`);
        for (const [rule, group] of sorted) write(ruleSection(rule, group));
      }
      if (verdicts.length > 0) {
        write(
          `<h2>${html(words.files)}</h2><table><thead><tr><th scope="col">${html(words.files)}</th><th scope="col">${html(words.verdict)}</th><th scope="col">${html(words.count)}</th></tr></thead><tbody>`,
        );
        for (const row of verdicts)
          write(
            `<tr><td>${html(row.file)}</td><td>${html(row.verdict)}</td><td class="n">${row.count}</td></tr>`,
          );
        write('</tbody></table>');
      }
      write('</main></body></html>\n');
    },
  };

  function ruleSection(rule: string, group: RuleGroup): string {
    const { example } = group;
    const legal = example.legal.map(({ text, at }) => `${text} ${at}`.trim()).join('; ');
    const rest = group.count - group.places.length;
    return `<details><summary><span class="badge ${example.severity}">${html(words[example.severity])}</span> <strong>${html(rule)}</strong> ${html(titleOf?.(example) ?? example.code)} <span class="n">${group.count}</span></summary>${legal === '' ? '' : `<p>${html(words.legal)}: ${html(legal)}</p>`}<table><thead><tr><th scope="col">${html(words.where)}</th><th scope="col">MA_LK</th><th scope="col"></th><th scope="col">${html(words.what)}</th></tr></thead><tbody>${group.places.join('')}</tbody></table>${rest > 0 ? `<p>+${rest}</p>` : ''}</details>`;
  }
};

function chart(title: string, rows: readonly (readonly [string, number])[]): string {
  const shown = rows.slice(0, 20);
  const most = Math.max(1, ...shown.map(([, count]) => count));
  const height = shown.length * 22;
  const bars = shown
    .map(([name, count], index) => {
      const width = Math.max(1, Math.round((count * 520) / most));
      const y = index * 22;
      return `<text x="110" y="${y + 15}" text-anchor="end">${html(name)}</text><rect x="118" y="${y + 3}" width="${width}" height="16" rx="2"/><text x="${124 + width}" y="${y + 15}">${count}</text>`;
    })
    .join('');
  return `<h2>${html(title)}</h2><svg role="img" aria-label="${html(title)}" viewBox="0 0 720 ${height}" width="720" height="${height}">${bars}</svg>`;
}

const style =
  'body{font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif;margin:0;color:#1b1f24;background:#fff}main{max-width:70rem;margin:0 auto;padding:1.5rem}h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}.meta{color:#57606a;font-size:.85rem}.tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}.tiles div{border:1px solid #d0d7de;border-radius:8px;padding:.6rem 1rem;min-width:6.5rem}.tiles dt{font-size:.85rem;color:#57606a}.tiles dd{margin:0;font-size:1.6rem;font-weight:600}.invalid dd{color:#b42318}.valid dd{color:#116329}svg{max-width:100%;height:auto;font-size:12px}rect{fill:#2f6fb0}table{border-collapse:collapse;width:100%;font-size:.88rem}th,td{border-bottom:1px solid #d0d7de;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}.n{font-variant-numeric:tabular-nums;text-align:right}details{border:1px solid #d0d7de;border-radius:8px;margin:.5rem 0;padding:.4rem .8rem}summary{cursor:pointer}summary .n{float:right}.badge{border-radius:4px;padding:0 .4rem;color:#fff;background:#57606a;font-size:.8rem}.badge.error{background:#b42318}.badge.warning{background:#8a5300}section{break-inside:avoid;margin:1rem 0}h3{font-size:1rem}section th{width:14rem;font-weight:600}.verdict{border-radius:4px;padding:0 .4rem;color:#fff;background:#57606a;font-size:.8rem}.verdict.valid{background:#116329}.verdict.invalid{background:#b42318}.verdict.undetermined{background:#8a5300}@media print{details{break-inside:avoid}}';

/** Lets the page carry this style sheet and no other. */
const styleHash = createHash('sha256').update(style).digest('base64');
