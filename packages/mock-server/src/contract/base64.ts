/** The bytes of strictly canonical base64 (no white space, padding present, no spare bits), or undefined. */
export function decodeBase64(text: string): Buffer | undefined {
  if (text.length === 0 || text.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Why it is not, in words for `thongDiep`. */
export function base64Fault(text: string): string {
  if (text.includes(' ')) return 'chuỗi base64 có khoảng trắng; dấu + trong form phải viết là %2B';
  if (/[\r\n\t]/.test(text)) return 'chuỗi base64 có xuống dòng';
  if (/[-_]/.test(text)) return 'chuỗi base64 dùng bảng chữ cái URL';
  if (text.length % 4 !== 0) return 'chuỗi base64 thiếu ký tự đệm';
  return 'chuỗi base64 không hợp lệ';
}
