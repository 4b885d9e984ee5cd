/**
 * Forms on paper: the statutory layout as HTML and PDF. `@bhxh/sdk/declarations/print`; PDF needs the optional package pdfkit.
 *
 * @packageDocumentation
 */
export { printFormsHtml } from './print-html.ts';
export { printFormsPdf } from './print-pdf.ts';
export type { PdfChoice } from './print-pdf.ts';
export { sheetOf } from './sheet.ts';
export type { PrintLanguage, Sheet, SheetColumn, SheetRecord, SheetRow, SheetTable } from './sheet.ts';
