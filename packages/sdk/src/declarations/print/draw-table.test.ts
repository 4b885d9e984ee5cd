import PDFDocument from 'pdfkit';
import { expect, test } from 'vitest';
import { drawTable } from './draw-table.ts';

/** How far down the page a table with one row reaches. */
function endOf(cell: string, share: number): number {
  const pdf = new PDFDocument({ size: 'A4', margin: 36 });
  pdf.registerFont('regular', 'Helvetica');
  pdf.registerFont('bold', 'Helvetica-Bold');
  const column = (width: number) => ({ label: 'x', number: '', width, isNumeric: true });
  drawTable(
    pdf,
    {
      kind: 'table',
      columns: [column(share), column(100 - share)],
      rows: [{ kind: 'cells', cells: [cell, '1'] }],
    },
    { margin: 36, size: 7 },
  );
  return pdf.y;
}

test('a number or a date that is wider than its column stays in one line', () => {
  for (const cell of ['16.000.000', '07/2026', '0990900000011'])
    expect(endOf(cell, 4), cell).toBe(endOf('1', 4));
  expect(endOf('two words', 4)).toBeGreaterThan(endOf('1', 4));
});
