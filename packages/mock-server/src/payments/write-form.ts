import { XmlWriter } from '@bhxh/xml';

/** A flat form of the office, with the empty place for its signature. */
export function writeForm(root: string, fields: Readonly<Record<string, string>>): Uint8Array {
  const writer = new XmlWriter();
  writer.start(root);
  for (const [name, value] of Object.entries(fields)) writer.start(name).text(value).end();
  return writer.start('Cky').end().end().finish();
}

/** A row of a sheet. */
export type SheetRow = Readonly<Record<string, string>>;

/** A sheet that the bank and the office sign over the same data (profile `balance-sheet`). */
export function writeSheet(
  root: 'BANG_DOI_CHIEU_SO_DU' | 'BANG_KE_CHUYEN_TIEN',
  id: string,
  fields: Readonly<Record<string, string>>,
  rows: readonly SheetRow[],
): Uint8Array {
  const writer = new XmlWriter();
  const put = (values: SheetRow): void => {
    for (const [name, value] of Object.entries(values)) writer.start(name).text(value).end();
  };
  writer.start(root).start('NOI_DUNG', { Id: id });
  put(fields);
  for (const row of rows) {
    writer.start('DONG');
    put(row);
    writer.end();
  }
  writer.end().start('CHUKY_NGANHANG').end().start('CHUKY_BHXH').end();
  return writer.end().finish();
}
