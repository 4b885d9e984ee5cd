import type { ReconciliationReport, ReconciliationRules } from '@bhxh/sdk/payments';
import type { Messages } from '../messages/messages.ts';
import type { Language } from '../terminal/language.ts';
import { escapeHtml as html } from './escape-html.ts';

/** How many differences a class lists; the rest are counted and stand in the JSON report. */
const listed = 1000;

/** One self-contained page for the back office: figures, proof, and the exceptions with what to do about them. */
export function reconciliationHtml(
  report: ReconciliationReport,
  rules: ReconciliationRules,
  language: Language,
  { words }: Messages,
): string {
  const row = (cells: readonly (string | number)[], tag = 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}${typeof cell === 'number' || /^-?[\d.]+$/.test(cell) ? ' class="n"' : ''}>${html(String(cell))}</${tag}>`).join('')}</tr>`;
  const money = (text: string | number): string => String(text).replaceAll(/\B(?=(?:\d{3})+$)/g, '.');
  const sides = (['bank', 'book'] as const)
    .map((side) =>
      row([
        words[side],
        report[side].credits.count,
        money(report[side].credits.sum),
        report[side].debits.count,
        money(report[side].debits.sum),
      ]),
    )
    .join('');
  const sections = rules.classes
    .filter(({ code }) => report.classes[code] !== undefined)
    .map((one) => {
      const differences = report.differences.filter((difference) => difference.class === one.code);
      const rows =
        one.code === 'STATEMENT_REFUSED'
          ? report.statementProblems.map((problem) =>
              row([
                problem.code,
                problem.account,
                `${problem.statement}:${problem.page}`,
                money(problem.expected ?? ''),
                money(problem.found ?? ''),
              ]),
            )
          : differences
              .slice(0, listed)
              .map((difference) =>
                row([
                  difference.account,
                  difference.bankIds.join(' '),
                  difference.bookIds.join(' '),
                  money(difference.bankAmount),
                  money(difference.bookAmount),
                  `${difference.first.day} · ${difference.first.run}`,
                ]),
              );
      const rest = differences.length - listed;
      const heading =
        one.code === 'STATEMENT_REFUSED'
          ? ''
          : `<thead>${row([words.accountNumber, words.bank, words.book, words.bank, words.book, words.since], 'th')}</thead>`;
      return `<section><h2><span class="badge ${one.severity}">${html(words[one.severity])}</span> ${html(one.label[language])} (${report.classes[one.code]})</h2><p>${html(words.todo)}: ${html(one.action[language])}</p><table>${heading}<tbody>${rows.join('')}</tbody></table>${rest > 0 ? `<p>+${rest}</p>` : ''}</section>`;
    })
    .join('');
  const accounts = report.accounts
    .slice(0, listed)
    .map(({ account, bank, book, isBankProven, sides: moved, differences, holds }) =>
      row([
        account,
        money(bank.opening ?? '–'),
        money(bank.closing ?? '–'),
        isBankProven ? '✓' : '?',
        money(book.opening ?? '–'),
        money(book.closing ?? '–'),
        `${money(moved)} = ${money(differences)} ${holds ? '✓' : '✗'}`,
      ]),
    )
    .join('');
  const proofs = `<section><h2>${html(words.proof)}</h2><table><thead>${row([words.accountNumber, `${words.bank}: ${words.opening}`, words.closing, '', `${words.book}: ${words.opening}`, words.closing, words.proof], 'th')}</thead><tbody>${accounts}</tbody></table></section>`;
  const settled =
    report.settled.length === 0
      ? ''
      : `<section><h2>${html(words.settled)} (${report.settled.length})</h2><table><tbody>${report.settled
          .slice(0, listed)
          .map((one) =>
            row([
              one.class,
              one.account,
              one.bankIds.join(' '),
              one.bookIds.join(' '),
              `${one.first.day} · ${one.first.run}`,
            ]),
          )
          .join('')}</tbody></table></section>`;
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${html(words.reconciliation)}</title><style>${style}</style></head><body><main><h1>${html(words.reconciliation)}</h1><p class="${report.verdict}">${html(words.verdict)}: <strong>${html(words[report.verdict])}</strong> · ${html(words.run)} ${report.run}${report.day === '' ? '' : ` · ${html(report.day)}`}</p><table><thead>${row(['', words.credits, '', words.debits, ''], 'th')}</thead><tbody>${sides}</tbody></table><p>${money(report.proof.sides)} = ${money(report.proof.differences)}</p>${sections === '' ? `<p>${html(words.nothingWrong)}</p>` : sections}${settled}${proofs}</main></body></html>\n`;
}

const style =
  'body{font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif;margin:0;color:#1b1f24;background:#fff}main{max-width:70rem;margin:0 auto;padding:1.5rem}h1{font-size:1.6rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{border-bottom:1px solid #d0d7de;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}.n{font-variant-numeric:tabular-nums;text-align:right}.badge{border-radius:4px;padding:0 .4rem;color:#fff;background:#57606a;font-size:.8rem}.badge.error{background:#b42318}.badge.warning{background:#8a5300}.matched strong{color:#116329}.mismatch strong,.refused strong{color:#b42318}@media print{section{break-inside:avoid}}';
