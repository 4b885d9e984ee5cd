// Message profiles of the bank side: the short notation of specs/payments/messages as trees of elements.
import { basename } from 'node:path';
import { SpecError } from './read-yaml.mjs';

const leaf = /^(?:(?<kind>text|code)(?<size>\d+)|(?<plain>count|sum|amount|date|dateTime|flag))$/;

export const compileMessages = (reader) => {
  const folder = 'payments/messages';
  const file = `${folder}/types.yaml`;
  const { types } = reader.read(file);

  const expand = (value, where, open) => {
    if (typeof value === 'string' && value.startsWith('@')) {
      const name = value.slice(1);
      if (types[name] === undefined) throw new SpecError(where, `there is no part ${name}`);
      if (open.includes(name)) throw new SpecError(where, `part ${name} holds itself`);
      return expand(types[name], where, [...open, name]);
    }
    if (typeof value === 'string') {
      const match = leaf.exec(value)?.groups;
      if (match === undefined) throw new SpecError(where, `${value} is no kind of value`);
      return match.plain === undefined
        ? { type: match.kind, max: Number(match.size) }
        : { type: match.plain };
    }
    return {
      of: Object.entries(value).map(([key, inner]) => {
        const [, name, marks] = /^(\w+)([!*~]*)$/.exec(key) ?? [];
        if (name === undefined) throw new SpecError(where, `${key} is no element name`);
        return {
          name,
          ...(marks.includes('*') ? { many: true } : {}),
          ...(marks.includes('!') ? { required: true } : {}),
          ...(marks.includes('~') ? { readOnly: true } : {}),
          ...expand(inner, where, open),
        };
      }),
    };
  };

  return reader
    .list(folder)
    .filter((path) => basename(path) !== 'types.yaml')
    .map((path) => {
      const { elements, record, ...profile } = reader.read(path);
      return {
        ...profile,
        record: record === null ? [] : record.split('/'),
        elements: expand(elements, reader.where(path, ['elements']), []).of,
      };
    });
};
