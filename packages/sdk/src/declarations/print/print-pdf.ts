import { declarationSentence } from '../../messages/declarations/index.ts';
import type { Specifications } from '../../specifications/specifications.ts';
import { declarationError } from '../declaration-error.ts';
import type { FormDocument } from '../types.ts';
import { drawTable } from './draw-table.ts';
import { sheetOf, type PrintLanguage, type Sheet, type SheetRecord } from './sheet.ts';

export interface PdfChoice {
  readonly language: PrintLanguage;
  /** TrueType or OpenType fonts that have every Vietnamese letter; they are embedded as far as they are used. */
  readonly fonts: { readonly regular: Uint8Array; readonly bold: Uint8Array };
  /** Stands in the file as the time it was made, so that the same clock gives the same bytes. */
  readonly now: () => Date;
}

const margin = 34;
const textSize = 10.5;
const wideSize = 6.5;

/**
 * The forms as one PDF in their statutory layout, A4. Throws `ERR_FORM_UNKNOWN`, and `ERR_PDFKIT_MISSING` where the optional
 * package pdfkit is not installed.
 *
 * @example
 * const bytes = await printFormsPdf(specifications, dossier.forms, { language: 'vi', fonts, now });
 */
export async function printFormsPdf(
  specifications: Specifications,
  documents: readonly FormDocument[],
  { language, fonts, now }: PdfChoice,
): Promise<Uint8Array> {
  const sheets = documents.map((document) => sheetOf(specifications, document, language));
  const { default: PDFDocument } = await import('pdfkit').catch((cause: unknown) => {
    throw declarationError('ERR_PDFKIT_MISSING', 'usage', {}, cause);
  });
  const pdf = new PDFDocument({
    autoFirstPage: false,
    bufferPages: true,
    compress: true,
    lang: language,
    // A buffer is taken where the types expect a name; without one the writer would load a font of its own.
    font: Buffer.from(fonts.regular) as unknown as string,
    info: { Title: sheets.map(({ title }) => title).join('; '), CreationDate: now() },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', resolve);
    pdf.on('error', reject);
  });
  pdf.registerFont('regular', Buffer.from(fonts.regular));
  pdf.registerFont('bold', Buffer.from(fonts.bold));
  for (const sheet of sheets) drawSheet(pdf, sheet);
  numberPages(pdf, language);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

function drawSheet(pdf: PDFKit.PDFDocument, sheet: Sheet): void {
  const { language, unit, title, model, period, blocks, day, signers, isWide } = sheet;
  pdf.addPage({ size: 'A4', layout: isWide ? 'landscape' : 'portrait', margin });
  const width = pdf.page.width - 2 * margin;
  const half = width / 2 - 8;
  const say = (code: 'PRINT_STATE' | 'PRINT_MOTTO' | 'PRINT_NOTE'): string =>
    declarationSentence(code)[language];
  pdf.fontSize(textSize - 1).font('regular');
  for (const { label, value } of unit) pdf.text(`${label}: ${value}`, margin, pdf.y, { width: half });
  const leftEnd = pdf.y;
  const right = margin + width / 2 + 8;
  pdf.font('bold').text(say('PRINT_STATE'), right, margin, { width: half, align: 'center' });
  pdf.text(say('PRINT_MOTTO'), right, pdf.y, { width: half, align: 'center' });
  pdf.font('regular').text(model, right, pdf.y + 2, { width: half, align: 'center' });
  pdf.y = Math.max(leftEnd, pdf.y) + 10;
  pdf.font('bold').fontSize(textSize + 2);
  pdf.text(title, margin, pdf.y, { width, align: 'center' });
  pdf.font('regular').fontSize(textSize);
  if (period !== '')
    pdf.text(declarationSentence('PRINT_PERIOD', { period })[language], margin, pdf.y, {
      width,
      align: 'center',
    });
  pdf.moveDown(0.6);
  for (const block of blocks) {
    if (block.kind === 'table') drawTable(pdf, block, { margin, size: isWide ? wideSize : textSize - 2.5 });
    else drawRecord(pdf, block, width);
    pdf.moveDown(0.6);
  }
  drawSigners(pdf, signers, day, width);
  pdf.font('regular').fontSize(7).text(say('PRINT_NOTE'), margin, pdf.y, { width });
}

function drawRecord(pdf: PDFKit.PDFDocument, { entries }: SheetRecord, width: number): void {
  pdf.fontSize(textSize);
  for (const { label, value } of entries) {
    const text = `${label}: ${value}`;
    const height = pdf.font('bold').heightOfString(text, { width });
    if (pdf.y + height > pdf.page.height - margin) pdf.addPage();
    pdf.font('regular').text(`${label}: `, margin, pdf.y, { width, continued: true });
    pdf.font('bold').text(value === '' ? ' ' : value);
  }
}

const signatureSpace = 80;

function drawSigners(pdf: PDFKit.PDFDocument, signers: readonly string[], day: string, width: number): void {
  if (pdf.y + signatureSpace > pdf.page.height - margin) pdf.addPage();
  const top = pdf.y + 6;
  const share = width / Math.max(1, signers.length);
  pdf.fontSize(textSize);
  for (const [index, signer] of signers.entries()) {
    const left = margin + index * share;
    pdf.font('regular').text(index === signers.length - 1 ? day : ' ', left, top, {
      width: share,
      align: 'center',
    });
    pdf.font('bold').text(signer, left, pdf.y, { width: share, align: 'center' });
  }
  pdf.y = top + signatureSpace - 20;
}

function numberPages(pdf: PDFKit.PDFDocument, language: PrintLanguage): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    pdf.switchToPage(start + index);
    const text = declarationSentence('PRINT_PAGE', {
      page: String(index + 1),
      pages: String(count),
    })[language];
    // Below the margin, where text would otherwise begin a page of its own.
    pdf.page.margins.bottom = 0;
    pdf
      .font('regular')
      .fontSize(7)
      .text(text, margin, pdf.page.height - margin + 10, {
        width: pdf.page.width - 2 * margin,
        align: 'right',
        lineBreak: false,
      });
  }
}
