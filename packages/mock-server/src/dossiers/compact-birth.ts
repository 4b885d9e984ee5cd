/** `dd/MM/yyyy`, `MM/yyyy` or `yyyy` as `yyyyMMdd`; what is unknown is `00`. */
export function compactBirth(text: string): string {
  const [, day = '00', month = '00', year = '0000'] =
    /^(?:(?:(\d{2})\/)?(\d{2})\/)?(\d{4})$/.exec(text) ?? [];
  return `${year}${month}${day}`;
}
