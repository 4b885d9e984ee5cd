// References between files: legal texts, code lists, parameters, fields and tables that are named must be there.
import { SpecError } from './read-yaml.mjs';

const walk = (value, path, visit) => {
  if (value === null || typeof value !== 'object') return;
  visit(value, path);
  for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key], visit);
};

/** Every `legal: [{ text }]` and `legal: id` names a file of specs/legal. */
const checkLegal = (reader, legal) => {
  for (const file of reader.files()) {
    walk(reader.read(file), [], (value, path) => {
      const places = Array.isArray(value.legal)
        ? value.legal.map((place) => place.text)
        : typeof value.legal === 'string'
          ? [value.legal]
          : [];
      for (const id of places)
        if (!legal.has(id))
          throw new SpecError(
            reader.where(file, [...path, 'legal']),
            `there is no legal text ${id} in specs/legal`,
          );
    });
  }
  for (const [id, text] of legal) {
    for (const other of [...(text.amends ?? []), ...(text.replaces ?? [])]) {
      if (!legal.has(other)) throw new SpecError(`legal/${id}.yaml`, `there is no legal text ${other}`);
    }
  }
};

const checkFields = (tables, lists, from) => {
  for (const table of Object.values(tables)) {
    const seen = new Set();
    for (const field of table.fields) {
      const place = `${from} ${table.code}.${field.code}`;
      if (seen.has(field.code)) throw new SpecError(from, `${table.code}.${field.code} is there twice`);
      seen.add(field.code);
      if (field.codeList !== undefined && !lists.has(field.codeList))
        throw new SpecError(from, `${place}: there is no code list ${field.codeList}`);
      if (field.format === 'decimal' && field.decimals === undefined)
        throw new SpecError(from, `${place}: a decimal needs decimals`);
    }
  }
};

const checkParameters = (reader, parameters) => {
  for (const file of reader.list('parameters')) {
    const spec = reader.read(file);
    spec.values.forEach((value, index) => {
      const previous = spec.values[index - 1];
      if (previous !== undefined && previous.from >= value.from)
        throw new SpecError(
          reader.where(file, ['values', index]),
          'the values are not in the order of their dates',
        );
    });
    if (spec.derivedFrom === undefined) continue;
    const base = parameters.get(spec.derivedFrom.parameter);
    if (base === undefined)
      throw new SpecError(
        reader.where(file, ['derivedFrom']),
        `there is no parameter ${spec.derivedFrom.parameter}`,
      );
    for (const [index, value] of base.values.entries()) {
      const expected =
        spec.derivedFrom.percent === undefined
          ? value.value * spec.derivedFrom.times
          : (value.value * spec.derivedFrom.percent) / 100;
      if (spec.values[index]?.value !== expected)
        throw new SpecError(
          reader.where(file, ['values', index]),
          `${expected} follows from ${base.id} on ${value.from}`,
        );
    }
  }
};

const checkTimeline = (reader, timeline) => {
  timeline.forEach((entry, index) => {
    const next = timeline[index + 1];
    if (next === undefined || next.status === 'announced') return;
    const where = reader.where('claims/rulesets.yaml', ['timeline', index]);
    if (entry.to === null)
      throw new SpecError(where, `${entry.ruleset} has no end, but ${next.ruleset} follows`);
    const following = new Date(Date.parse(`${entry.to}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    if (following !== next.from)
      throw new SpecError(where, `${next.ruleset} does not begin the day after ${entry.ruleset} ends`);
  });
};

export const checkReferences = (reader, { rulesets, timeline, lists, tables }) => {
  const legal = new Map(reader.list('legal').map((file) => [reader.read(file).id, reader.read(file)]));
  for (const file of reader.list('legal'))
    if (!file.endsWith(`/${reader.read(file).id}.yaml`))
      throw new SpecError(file, 'the file name is not the id');
  checkLegal(reader, legal);
  for (const [id, ruleset] of rulesets) checkFields(ruleset.tables, lists, `claims/${id}`);
  for (const [folder, group] of Object.entries(tables)) checkFields(group, lists, folder);
  checkParameters(
    reader,
    new Map(reader.list('parameters').map((file) => [reader.read(file).id, reader.read(file)])),
  );
  checkTimeline(reader, timeline.timeline);
};
