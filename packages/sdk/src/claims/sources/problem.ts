import type { Bilingual } from '../../errors/bhxh-error.ts';
import type { Severity } from '../../specifications/types.ts';

/** Every problem a row source can report: its severity and what it says; `name` is a table, column or count. */
export const sourceSentences: Readonly<
  Record<string, { readonly severity: Severity; readonly sentence: (name: string) => Bilingual }>
> = {
  TABLE_UNKNOWN: {
    severity: 'warning',
    sentence: (name) => ({
      vi: `"${name}" không phải bảng của chuẩn này nên bị bỏ qua.`,
      en: `"${name}" is not a table of this standard and was passed over.`,
    }),
  },
  COLUMN_UNKNOWN: {
    severity: 'error',
    sentence: (name) => ({
      vi: `Bảng không có trường "${name}"; kiểm tra chính tả của tiêu đề cột.`,
      en: `The table has no field "${name}"; check the spelling of the column heading.`,
    }),
  },
  COLUMN_DUPLICATE: {
    severity: 'error',
    sentence: (name) => ({ vi: `Cột "${name}" xuất hiện hai lần.`, en: `Column "${name}" occurs twice.` }),
  },
  MA_LK_COLUMN_MISSING: {
    severity: 'error',
    sentence: () => ({
      vi: 'Thiếu cột MA_LK nên không biết dòng thuộc đợt điều trị nào.',
      en: 'Column MA_LK is missing, so no row can be given to its episode.',
    }),
  },
  MA_LK_MISSING: {
    severity: 'error',
    sentence: () => ({ vi: 'Dòng không có MA_LK.', en: 'The row has no MA_LK.' }),
  },
  MA_LK_UNMATCHED: {
    severity: 'error',
    sentence: () => ({
      vi: 'MA_LK của dòng không có trong XML1.',
      en: 'The MA_LK of the row does not occur in XML1.',
    }),
  },
  MA_LK_DUPLICATE: {
    severity: 'error',
    sentence: () => ({
      vi: 'XML1 đã có một dòng với MA_LK này.',
      en: 'XML1 already has a row with this MA_LK.',
    }),
  },
  CELLS_BEYOND_HEADING: {
    severity: 'error',
    sentence: (name) => ({
      vi: `Dòng có nhiều ô hơn tiêu đề (${name}); có thể dấu phân cách nằm trong văn bản chưa đặt trong dấu nháy.`,
      en: `The row has more cells than the heading (${name}); a separator inside a text may lack quotes.`,
    }),
  },
  QUOTE_OPEN: {
    severity: 'error',
    sentence: () => ({
      vi: 'Dấu nháy kép mở ra mà không đóng lại; các dòng sau không đọc được.',
      en: 'A quotation mark opens and never closes; the rows after it cannot be read.',
    }),
  },
  NUMBER_SEPARATOR: {
    severity: 'error',
    sentence: (name) => ({
      vi: `${name} phải là số không có dấu phân cách hàng nghìn, phần lẻ sau dấu chấm (1250.5).`,
      en: `${name} must be a number without thousands separators, decimals after a point (1250.5).`,
    }),
  },
  NUMBER_INEXACT: {
    severity: 'error',
    sentence: (name) => ({
      vi: `Số trong ô ${name} không còn chính xác; định dạng ô là văn bản rồi nhập lại.`,
      en: `The number in ${name} is no longer exact; format the cell as text and enter it again.`,
    }),
  },
  DATE_CELL: {
    severity: 'error',
    sentence: (name) => ({
      vi: `Ô ${name} là ngày của Excel; ghi thành văn bản yyyyMMdd hoặc yyyyMMddHHmm.`,
      en: `Cell ${name} is a spreadsheet date; write it as text yyyyMMdd or yyyyMMddHHmm.`,
    }),
  },
  DATE_FORMAT: {
    severity: 'error',
    sentence: (name) => ({
      vi: `${name} phải là ngày chỉ gồm chữ số: yyyyMMdd hoặc yyyyMMddHHmm.`,
      en: `${name} must be a date of digits only: yyyyMMdd or yyyyMMddHHmm.`,
    }),
  },
  NUMBER_FOR_CODE: {
    severity: 'warning',
    sentence: (name) => ({
      vi: `Ô ${name} là số; mã có số 0 ở đầu đã mất số 0. Định dạng cột là văn bản.`,
      en: `Cell ${name} is a number; a code with leading zeros has lost them. Format the column as text.`,
    }),
  },
  VALUE_NOT_TEXT: {
    severity: 'error',
    sentence: (name) => ({
      vi: `Giá trị của ${name} phải là văn bản hoặc số.`,
      en: `The value of ${name} must be text or a number.`,
    }),
  },
};
