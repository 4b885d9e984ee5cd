// Certificates and uploaded catalogues: tables outside the claim standards.
import { compileField } from './compile-fields.mjs';

const fieldsOf = (spec, fields) =>
  fields.map((field, index) => compileField({ ...spec.defaults, ...field }, index + 1));

const compileTable = (spec, code) => ({
  code,
  root: spec.elements.root,
  list: spec.elements.list,
  row: spec.elements.row,
  multiple: spec.multiple,
  label: spec.label,
  ...(spec.key === undefined ? {} : { key: spec.key }),
  ...(spec.send === undefined ? {} : { send: spec.send }),
  ...(spec.note === undefined ? {} : { note: spec.note }),
  legal: spec.legal,
  fields: fieldsOf(spec, spec.fields),
  ...(spec.child === undefined
    ? {}
    : {
        child: {
          list: spec.child.elements.list,
          row: spec.child.elements.row,
          fields: fieldsOf(spec, spec.child.fields),
        },
      }),
  origin: spec.defaults.origin,
  confidence: spec.defaults.confidence,
});

export const compileTables = (reader, folder, key) =>
  Object.fromEntries(
    reader
      .list(folder)
      .map((file) => reader.read(file))
      .map((spec) => [spec[key], compileTable(spec, spec[key])]),
  );
