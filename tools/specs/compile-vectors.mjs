// Vectors: a case names a valid base episode and says what is different in it; compiled cases are complete.
import { basename } from 'node:path';
import { SpecError } from './read-yaml.mjs';
import { recomputeLines, recomputeTotals } from './recompute-money.mjs';

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

/** A base is written for one standard; another one may lack some of its fields. */
const known = (tables, ruleset) =>
  Object.fromEntries(
    Object.entries(tables)
      .filter(([code]) => ruleset.tables[code] !== undefined)
      .map(([code, rows]) => {
        const fields = new Set(ruleset.tables[code].fields.map((field) => field.code));
        return [
          code,
          rows.map((row) => Object.fromEntries(Object.entries(row).filter(([field]) => fields.has(field)))),
        ];
      }),
  );

const rowAt = (tables, { table, row = 0 }, path, where) => {
  const found = tables[table]?.[row];
  if (found === undefined) throw new SpecError(where, `"${path}": there is no such row`);
  return found;
};

const setValues = (tables, values, where) => {
  for (const [path, value] of Object.entries(values ?? {})) {
    const at = parse(path, where);
    if (at.field === undefined) throw new SpecError(where, `"${path}" names no field`);
    if (at.row !== undefined || tables[at.table]?.length === 1) {
      rowAt(tables, at, path, where)[at.field] = text(value);
    } else {
      if (tables[at.table] === undefined) throw new SpecError(where, `"${path}": there is no such table`);
      for (const row of tables[at.table]) row[at.field] = text(value);
    }
  }
};

/** Changes of a case in order: tables, add, set, remove, lines recomputed, override, totals recomputed. */
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
  setValues(tables, spec.set, where);
  for (const path of spec.remove ?? []) {
    const at = parse(path, where);
    if (at.field !== undefined) delete rowAt(tables, at, path, where)[at.field];
    else if (at.row !== undefined) {
      rowAt(tables, at, path, where);
      tables[at.table].splice(at.row, 1);
      if (tables[at.table].length === 0) delete tables[at.table];
    } else delete tables[at.table];
  }
  if (spec.recompute === 'lines') recomputeLines(tables);
  setValues(tables, spec.override, where);
  if (spec.recompute !== undefined) recomputeTotals(tables);
  return tables;
};

/** Cases by rule id. A file is `claims/<ruleset>/vectors/<RULE-ID>.yaml`; bases are `claims/vectors-base/<name>.yaml`. */
export const compileVectors = (reader, rulesets) => {
  const bases = new Map();
  for (const file of reader.list('claims/vectors-base')) {
    const spec = reader.read(file);
    bases.set(basename(file, '.yaml'), {
      kind: spec.kind ?? 'claim',
      tables: Object.fromEntries(Object.entries(spec.tables).map(([code, rows]) => [code, rows.map(asRow)])),
    });
  }
  const byRule = new Map();
  for (const id of rulesets.keys()) {
    for (const file of reader.list(`claims/${id}/vectors`)) {
      const spec = reader.read(file);
      const rule = basename(file, '.yaml');
      if (spec.rule !== rule) throw new SpecError(reader.where(file, ['rule']), `the file is called ${rule}`);
      /** One claim of a case: complete tables, without the elements the case removes. */
      const claimOf = (entry, ruleset, where) => {
        const name = entry.base ?? spec.base;
        const base = name === undefined ? { kind: 'claim', tables: {} } : bases.get(name);
        if (base === undefined) throw new SpecError(where, `there is no base ${name}`);
        const tables = complete(applyCase(known(base.tables, ruleset), entry, where), ruleset, where);
        for (const path of (entry.remove ?? []).filter((target) => target.includes('.'))) {
          const at = parse(path, where);
          delete tables[at.table]?.[at.row ?? 0]?.[at.field];
        }
        return { kind: base.kind, tables };
      };
      const cases = spec.cases.map((entry, index) => {
        const where = reader.where(file, ['cases', index]);
        const judgedBy = entry.ruleset ?? spec.ruleset ?? id;
        const ruleset = rulesets.get(judgedBy);
        if (ruleset === undefined) throw new SpecError(where, `there is no ruleset ${judgedBy}`);
        const { name, expect, on, facts, header, raw } = entry;
        const given = Object.fromEntries(
          Object.entries({ on, facts, header, raw }).filter(([, value]) => value !== undefined),
        );
        const also = (entry.also ?? []).map((claim) => claimOf(claim, ruleset, where).tables);
        return {
          name,
          expect,
          ruleset: judgedBy,
          ...given,
          ...claimOf(entry, ruleset, where),
          ...(also.length === 0 ? {} : { also }),
        };
      });
      byRule.set(rule, [...(byRule.get(rule) ?? []), { rule, ruleset: spec.ruleset ?? id, cases }]);
    }
  }
  return byRule;
};
