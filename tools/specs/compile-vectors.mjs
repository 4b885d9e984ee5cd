// Vectors: a case names a valid base episode and says what is different in it; compiled cases are complete.
import { basename } from 'node:path';
import { SpecError } from './read-yaml.mjs';

const target = /^([A-Z0-9/]+)(?:\[(\d+)\])?(?:\.([A-Z0-9_]+))?$/;

/** `XML3[2].T_BHTT` → table, row index from 0, field. The first row needs no index; indexes in files count from 1. */
const parse = (path, where) => {
  const match = target.exec(path);
  if (match === null) throw new SpecError(where, `"${path}" is not TABLE, TABLE[n] or TABLE[n].FIELD`);
  return { table: match[1], row: match[2] === undefined ? undefined : Number(match[2]) - 1, field: match[3] };
};

const text = (value) => (value === null || value === undefined ? '' : String(value));
const asRow = (row) => Object.fromEntries(Object.entries(row).map(([field, value]) => [field, text(value)]));

/** Rows with every field of their table in official order; fields the table does not have stay at the end. */
const complete = (tables, ruleset, where) =>
  Object.fromEntries(
    Object.entries(tables).map(([code, rows]) => {
      const spec = ruleset.tables[code];
      if (spec === undefined) throw new SpecError(where, `${ruleset.id} has no table ${code}`);
      return [
        code,
        rows.map((row) => {
          const ordered = Object.fromEntries(spec.fields.map((field) => [field.code, row[field.code] ?? '']));
          for (const [field, value] of Object.entries(row)) if (!(field in ordered)) ordered[field] = value;
          return ordered;
        }),
      ];
    }),
  );

const rowAt = (tables, { table, row = 0 }, path, where) => {
  const found = tables[table]?.[row];
  if (found === undefined) throw new SpecError(where, `"${path}": there is no such row`);
  return found;
};

const applyCase = (base, spec, where) => {
  const tables = Object.fromEntries(
    Object.entries(base).map(([code, rows]) => [code, rows.map((row) => ({ ...row }))]),
  );
  for (const [code, rows] of Object.entries(spec.tables ?? {})) tables[code] = rows.map(asRow);
  for (const [path, rows] of Object.entries(spec.add ?? {})) {
    const { table } = parse(path, where);
    const template = tables[table]?.[0] ?? {};
    tables[table] = [
      ...(tables[table] ?? []),
      ...[rows]
        .flat()
        .map((row) =>
          row.like === undefined
            ? asRow(row)
            : { ...(tables[table]?.[row.like - 1] ?? template), ...asRow(row.set ?? {}) },
        ),
    ];
  }
  for (const [path, value] of Object.entries(spec.set ?? {})) {
    const at = parse(path, where);
    if (at.field === undefined) throw new SpecError(where, `"${path}" names no field`);
    if (path.includes('[') || at.row !== undefined || tables[at.table]?.length === 1)
      rowAt(tables, at, path, where)[at.field] = text(value);
    else for (const row of tables[at.table] ?? []) row[at.field] = text(value);
  }
  for (const path of spec.remove ?? []) {
    const at = parse(path, where);
    if (at.field !== undefined) delete rowAt(tables, at, path, where)[at.field];
    else if (at.row !== undefined) {
      rowAt(tables, at, path, where);
      tables[at.table].splice(at.row, 1);
      if (tables[at.table].length === 0) delete tables[at.table];
    } else delete tables[at.table];
  }
  return tables;
};

/** Cases by rule id. A file is `claims/<ruleset>/vectors/<RULE-ID>.yaml`; bases are `claims/vectors-base/<name>.yaml`. */
export const compileVectors = (reader, rulesets) => {
  const bases = new Map();
  for (const file of reader.list('claims/vectors-base')) {
    const spec = reader.read(file);
    bases.set(
      basename(file, '.yaml'),
      Object.fromEntries(Object.entries(spec.tables).map(([code, rows]) => [code, rows.map(asRow)])),
    );
  }
  const byRule = new Map();
  for (const id of rulesets.keys()) {
    for (const file of reader.list(`claims/${id}/vectors`)) {
      const spec = reader.read(file);
      const rule = basename(file, '.yaml');
      if (spec.rule !== rule) throw new SpecError(reader.where(file, ['rule']), `the file is called ${rule}`);
      const ruleset = rulesets.get(spec.ruleset ?? id);
      const cases = spec.cases.map((entry, index) => {
        const where = reader.where(file, ['cases', index]);
        const name = entry.base ?? spec.base;
        const base = name === undefined ? {} : bases.get(name);
        if (base === undefined) throw new SpecError(where, `there is no base ${name}`);
        const { base: _base, set: _set, add: _add, remove: _remove, tables: _tables, ...rest } = entry;
        const removed = new Set(
          (entry.remove ?? []).filter((path) => path.includes('.')).map((path) => path),
        );
        const tables = complete(applyCase(base, entry, where), ruleset, where);
        for (const path of removed) {
          const at = parse(path, where);
          delete tables[at.table]?.[at.row ?? 0]?.[at.field];
        }
        return { ...rest, tables };
      });
      byRule.set(rule, [...(byRule.get(rule) ?? []), { rule, ruleset: spec.ruleset ?? id, cases }]);
    }
  }
  return byRule;
};
