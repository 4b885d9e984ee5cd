// Claims rulesets: a base text is read whole, an amending text is the text it extends plus its named changes.
import { basename, join } from 'node:path';
import { contentHash } from './content-hash.mjs';
import { applyChanges, compileField } from './compile-fields.mjs';
import { SpecError } from './read-yaml.mjs';

const byNumber = (a, b) => a.localeCompare(b, 'en', { numeric: true });

const mostCommon = (values) => {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
};

const readTables = (reader, folder, inherited, grounds) => {
  const tables = new Map();
  for (const [code, table] of inherited)
    tables.set(code, { ...table, fields: table.fields.map((field) => ({ ...field, touched: false })) });
  for (const file of reader.list(join(folder, 'tables'))) {
    const spec = reader.read(file);
    if (spec.table.toLowerCase() !== basename(file, '.yaml'))
      throw new SpecError(
        reader.where(file, ['table']),
        `the file name says another table than ${spec.table}`,
      );
    if (spec.fields !== undefined) {
      tables.set(spec.table, {
        code: spec.table,
        label: spec.label,
        elements: spec.elements,
        multiple: spec.multiple,
        note: spec.note,
        fields: spec.fields.map((field) => ({ ...spec.defaults, ...field, touched: true })),
      });
      continue;
    }
    const table = tables.get(spec.table);
    if (table === undefined)
      throw new SpecError(reader.where(file, ['table']), `${spec.table} is not in the text this one extends`);
    tables.set(spec.table, {
      ...table,
      ...(spec.label === undefined ? {} : { label: spec.label }),
      ...(spec.note === undefined ? {} : { note: spec.note }),
      ...(spec.elements === undefined ? {} : { elements: spec.elements }),
      fields: applyChanges(table.fields, spec.changes, (at) => reader.where(file, ['changes', at])),
    });
  }
  // What an amending text leaves alone rests on other evidence than what it changes.
  for (const ground of grounds) {
    for (const [code, table] of tables) {
      if (ground.tables !== undefined && !ground.tables.includes(code)) continue;
      for (const field of table.fields) {
        if (field.touched === true) continue;
        Object.assign(field, { source: ground.source, confidence: ground.confidence, origin: ground.origin });
      }
    }
  }
  return tables;
};

const compileTable = (table) => ({
  code: table.code,
  root: table.elements.root,
  list: table.elements.list,
  row: table.elements.row,
  multiple: table.multiple,
  label: table.label,
  ...(table.note === undefined ? {} : { note: table.note }),
  fields: table.fields.map((field, index) => compileField(field, index + 1)),
  origin: mostCommon(table.fields.map((field) => field.origin)) ?? 'legal',
  confidence: mostCommon(table.fields.map((field) => field.confidence)) ?? 'unknown',
});

const readRules = (reader, folder, inherited) => {
  const rules = new Map(inherited.map((rule) => [rule.id, rule]));
  for (const file of reader.list(join(folder, 'rules'))) {
    reader.read(file).forEach((entry, index) => {
      const where = () => reader.where(file, [index]);
      const known = rules.get(entry.id);
      if (entry.remove === true) {
        if (known === undefined) throw new SpecError(where(), `there is no rule ${entry.id} to remove`);
        rules.delete(entry.id);
      } else if (entry.change !== undefined) {
        if (known === undefined) throw new SpecError(where(), `there is no rule ${entry.id} to change`);
        rules.set(entry.id, { ...known, ...entry.change, id: entry.id });
      } else {
        if (known !== undefined) throw new SpecError(where(), `${entry.id} is defined already; use change`);
        rules.set(entry.id, entry);
      }
    });
  }
  return [...rules.values()].sort((a, b) => byNumber(a.id, b.id));
};

const compileRule = (rule) => ({
  id: rule.id,
  title: rule.title,
  severity: rule.severity,
  checks: rule.checks.map((check) => ({
    check: check.check,
    with: check.with ?? {},
    ...(check.severity === undefined ? {} : { severity: check.severity }),
  })),
  ...Object.fromEntries(
    ['decidable', 'needs', 'since', 'until', 'message', 'hint']
      .filter((key) => rule[key] !== undefined)
      .map((key) => [key, rule[key]]),
  ),
  legal: rule.legal ?? [],
  origin: rule.origin,
  confidence: rule.confidence,
  source: rule.source,
});

/** Every ruleset, complete, by id; and the timeline. */
export const compileClaims = (reader) => {
  const timeline = reader.read('claims/rulesets.yaml');
  const ids = reader.folders('claims').filter((id) => reader.has(`claims/${id}/ruleset.yaml`));
  const open = new Map();
  const load = (id, from) => {
    const known = open.get(id);
    if (known === 'loading') throw new SpecError(`claims/${id}/ruleset.yaml`, 'extends itself in a circle');
    if (known !== undefined) return known;
    if (!ids.includes(id)) throw new SpecError(from, `there is no ruleset ${id}`);
    open.set(id, 'loading');
    const file = `claims/${id}/ruleset.yaml`;
    const spec = reader.read(file);
    if (spec.id !== id) throw new SpecError(reader.where(file, ['id']), `the folder is called ${id}`);
    const base = spec.extends === undefined ? undefined : load(spec.extends, reader.where(file, ['extends']));
    const tables = readTables(reader, `claims/${id}`, base?.tables ?? new Map(), spec.grounds ?? []);
    for (const code of spec.removeTables ?? []) tables.delete(code);
    const loaded = { spec, tables, rules: readRules(reader, `claims/${id}`, base?.rules ?? []) };
    open.set(id, loaded);
    return loaded;
  };
  const rulesets = new Map();
  for (const id of ids) {
    const { spec, tables, rules } = load(id, 'claims');
    const content = {
      id,
      family: spec.family,
      title: spec.title,
      ...(spec.extends === undefined ? {} : { extends: spec.extends }),
      legal: spec.legal,
      status: spec.status,
      notes: spec.notes ?? [],
      tables: Object.fromEntries(
        [...tables].sort(([a], [b]) => byNumber(a, b)).map(([code, table]) => [code, compileTable(table)]),
      ),
      rules: rules.map(compileRule),
    };
    rulesets.set(id, { ...content, hash: contentHash(content) });
  }
  for (const [index, entry] of timeline.timeline.entries()) {
    if (!rulesets.has(entry.ruleset))
      throw new SpecError(
        reader.where('claims/rulesets.yaml', ['timeline', index]),
        `there is no ruleset ${entry.ruleset}`,
      );
  }
  return { rulesets, timeline };
};
