import { createHash } from 'node:crypto';
import { declarationSentence } from '../../messages/declarations/index.ts';
import type { Specifications } from '../../specifications/specifications.ts';
import type { FormDocument } from '../types.ts';
import { sheetOf, type PrintLanguage, type Sheet, type SheetTable } from './sheet.ts';

const style = `@page{size:A4;margin:12mm}@page wide{size:A4 landscape;margin:10mm}
body{font:11pt "Times New Roman",Tinos,serif;margin:0;color:#000}
section{page-break-after:always;padding:8px}section:last-of-type{page-break-after:auto}
section.wide{page:wide;font-size:8pt}
.top{display:flex;justify-content:space-between;gap:24px}.top div{flex:1}.state{text-align:center}
.state p,.unit p{margin:2px 0}h1{font-size:13pt;text-align:center;margin:14px 0 2px}.period{text-align:center;margin:0 0 10px}
table{border-collapse:collapse;table-layout:fixed;width:100%;margin:6px 0}th,td{border:1px solid #000;padding:2px 3px;vertical-align:top;overflow-wrap:anywhere}
td.n{text-align:right}tr.s td{font-weight:bold}dl{display:grid;grid-template-columns:minmax(14em,2fr) 3fr;gap:3px 10px}dd{margin:0;font-weight:bold}
.signers{display:flex;justify-content:space-around;text-align:center;margin-top:18px;min-height:90px;break-inside:avoid}.signers p{margin:2px 0}
.note{font-size:8pt;font-style:italic}`;
const styleHash = createHash('sha256').update(style).digest('base64');

/**
 * The forms as one HTML page in their statutory layout, ready for a browser's print. The page carries no script and loads
 * nothing. Throws `ERR_FORM_UNKNOWN`.
 */
export function printFormsHtml(
  specifications: Specifications,
  documents: readonly FormDocument[],
  { language }: { readonly language: PrintLanguage },
): string {
  const sheets = documents.map((document) => sheetOf(specifications, document, language));
  const title = sheets.map(({ model }) => model).join(', ');
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'"><title>${escape(title)}</title><style>${style}</style></head><body>${sheets.map(sectionOf).join('')}</body></html>\n`;
}

function sectionOf(sheet: Sheet): string {
  const { language, unit, title, model, period, blocks, day, signers, isWide } = sheet;
  const word = (code: 'PRINT_STATE' | 'PRINT_MOTTO' | 'PRINT_NOTE'): string =>
    escape(declarationSentence(code)[language]);
  const head = `<div class="top"><div class="unit">${unit.map(({ label, value }) => `<p>${escape(label)}: <b>${escape(value)}</b></p>`).join('')}</div><div class="state"><p><b>${word('PRINT_STATE')}</b></p><p><b>${word('PRINT_MOTTO')}</b></p><p><i>${escape(model)}</i></p></div></div>`;
  const when =
    period === ''
      ? ''
      : `<p class="period">${escape(declarationSentence('PRINT_PERIOD', { period })[language])}</p>`;
  const body = blocks
    .map((block) =>
      block.kind === 'table'
        ? tableHtml(block)
        : `<dl>${block.entries.map(({ label, value }) => `<dt>${escape(label)}</dt><dd>${escape(value)}</dd>`).join('')}</dl>`,
    )
    .join('');
  const foot = `<div class="signers">${signers
    .map(
      (signer, index) =>
        `<div><p><i>${index === signers.length - 1 ? escape(day) : '&nbsp;'}</i></p><p><b>${escape(signer)}</b></p></div>`,
    )
    .join('')}</div><p class="note">${word('PRINT_NOTE')}</p>`;
  return `<section${isWide ? ' class="wide"' : ''}>${head}<h1>${escape(title)}</h1>${when}${body}${foot}</section>`;
}

function tableHtml({ columns, rows }: SheetTable): string {
  const numbers = columns.some(({ number }) => number !== '')
    ? `<tr>${columns.map(({ number }) => `<th>${escape(number)}</th>`).join('')}</tr>`
    : '';
  const body = rows
    .map((row) => {
      if (row.kind === 'section')
        return `<tr class="s"><td colspan="${columns.length}">${escape(row.text)}</td></tr>`;
      const cells = row.cells.map(
        (cell, index) => `<td${columns[index]?.isNumeric === true ? ' class="n"' : ''}>${escape(cell)}</td>`,
      );
      return `<tr${row.kind === 'sums' ? ' class="s"' : ''}>${cells.join('')}</tr>`;
    })
    .join('');
  const whole = columns.reduce((sum, { width }) => sum + width, 0);
  const widths = columns.map(({ width }) => `<col width="${((100 * width) / whole).toFixed(2)}%">`).join('');
  return `<table><colgroup>${widths}</colgroup><thead><tr>${columns.map(({ label }) => `<th>${escape(label)}</th>`).join('')}</tr>${numbers}</thead><tbody>${body}</tbody></table>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
