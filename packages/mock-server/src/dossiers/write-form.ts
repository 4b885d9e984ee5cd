import { declarationSpecs } from '@bhxh/sdk/declarations/read';
import type { Specifications } from '@bhxh/sdk/specifications';
import { XmlWriter } from '@bhxh/xml';

/** What a notice or result document says, by the field codes of its form. */
export interface FormContent {
  readonly form: string;
  readonly header: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** Writes a form of the office, in the order of its field table, with an empty element for the signature. */
export function writeForm(specifications: Specifications, { form, header, rows }: FormContent): Uint8Array {
  const { elements, header: headerFields, fields } = declarationSpecs(specifications).form(form);
  const writer = new XmlWriter();
  const write = (codes: readonly { readonly code: string }[], values: FormContent['header']): void => {
    for (const { code } of codes) {
      const value = values[code] ?? '';
      if (value !== '') writer.start(code).text(value).end();
    }
  };
  writer.start(elements.root).start(elements.header);
  write(headerFields, header);
  writer.end().start(elements.list);
  for (const row of rows) {
    writer.start(elements.row);
    write(fields, row);
    writer.end();
  }
  return writer.end().empty(elements.signature).end().finish();
}
