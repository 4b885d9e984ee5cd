import type { SheetRow, SheetTable } from './sheet.ts';

interface TablePlace {
  readonly margin: number;
  /** Size of the letters in points. */
  readonly size: number;
}

const padding = 2;
/** Letters of a word that is too wide for its column are made smaller, but not smaller than this. */
const leastSize = 3.5;

/** Draws a table from where the document stands; its heading is repeated on every page. */
export function drawTable(
  pdf: PDFKit.PDFDocument,
  { columns, rows }: SheetTable,
  { margin, size }: TablePlace,
): void {
  const whole = pdf.page.width - 2 * margin;
  const shares = columns.reduce((sum, { width }) => sum + width, 0);
  const widths = columns.map(({ width }) => (whole * width) / shares);
  const bottom = (): number => pdf.page.height - margin;

  /** Sets the letters so that no number or date is broken over two lines, where it could be misread. */
  const setSize = (cell: string, width: number): void => {
    pdf.fontSize(size);
    const widest = Math.max(...cell.split(/\s+/).map((word) => pdf.widthOfString(word)));
    if (widest > width) pdf.fontSize(Math.max(leastSize, (size * width) / widest - 0.05));
  };
  const heightOf = (cells: readonly string[], font: 'regular' | 'bold'): number => {
    pdf.font(font);
    const tallest = cells.map((cell, index) => {
      if (cell === '') return 0;
      const width = (widths[index] ?? 0) - 2 * padding;
      setSize(cell, width);
      return pdf.heightOfString(cell, { width });
    });
    return Math.max(size + 2, ...tallest) + 2 * padding;
  };
  const drawCells = (cells: readonly string[], font: 'regular' | 'bold', isHeading: boolean): void => {
    const height = heightOf(cells, font);
    let left = margin;
    const top = pdf.y;
    for (const [index, cell] of cells.entries()) {
      const width = widths[index] ?? 0;
      pdf.lineWidth(0.5).rect(left, top, width, height).stroke();
      if (cell !== '') {
        setSize(cell, width - 2 * padding);
        pdf.text(cell, left + padding, top + padding, {
          width: width - 2 * padding,
          height: height - padding,
          align: isHeading ? 'center' : columns[index]?.isNumeric === true ? 'right' : 'left',
        });
      }
      left += width;
    }
    pdf.x = margin;
    pdf.y = top + height;
  };
  const drawHeading = (): void => {
    drawCells(
      columns.map(({ label }) => label),
      'bold',
      true,
    );
    if (columns.some(({ number }) => number !== ''))
      drawCells(
        columns.map(({ number }) => number),
        'regular',
        true,
      );
  };
  const drawSection = (text: string): void => {
    pdf.font('bold').fontSize(size);
    const height = pdf.heightOfString(text, { width: whole - 2 * padding }) + 2 * padding;
    const top = pdf.y;
    pdf.lineWidth(0.5).rect(margin, top, whole, height).stroke();
    pdf.text(text, margin + padding, top + padding, { width: whole - 2 * padding });
    pdf.x = margin;
    pdf.y = top + height;
  };
  const needs = (row: SheetRow): number =>
    row.kind === 'section'
      ? size * 2 + 2 * padding
      : heightOf(row.cells, row.kind === 'sums' ? 'bold' : 'regular');

  drawHeading();
  for (const row of rows) {
    if (pdf.y + needs(row) > bottom()) {
      pdf.addPage();
      drawHeading();
    }
    if (row.kind === 'section') drawSection(row.text);
    else drawCells(row.cells, row.kind === 'sums' ? 'bold' : 'regular', false);
  }
}
