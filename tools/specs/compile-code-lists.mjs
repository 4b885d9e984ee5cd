// Code lists: small ones are YAML with editions, large ones rows of specs/sources kept as columns and rows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SpecError } from './read-yaml.mjs';

const later = (a, b) => (a === null ? b : b === null ? a : a > b ? a : b);
const earlier = (a, b) => (a === null ? b : b === null ? a : a < b ? a : b);

const head = (spec) => ({
  id: spec.id,
  title: spec.title,
  origin: spec.origin,
  confidence: spec.confidence,
  legal: spec.legal,
  complete: spec.complete,
  ...(spec.note === undefined ? {} : { note: spec.note }),
  ...(spec.licence === undefined ? {} : { licence: spec.licence }),
});

/** An entry is in force while its edition is, unless it says less. */
const withEditions = (spec) => ({
  ...head(spec),
  entries: spec.editions.flatMap((edition) =>
    edition.entries.map((entry) => ({
      ...entry,
      from: later(entry.from ?? null, edition.from),
      to: earlier(entry.to ?? null, edition.to),
      basis: edition.basis,
    })),
  ),
});

const reform = '2025-07-01';
const beforeReform = '2025-06-30';

/** Builders of the lists whose rows are kept as published; each gives `columns` and `rows`. */
const builders = {
  'provinces-34'({ source }) {
    const { provinces } = source('provinces34.json');
    return {
      columns: ['code', 'label', 'from', 'to', 'mergedFrom', 'types'],
      rows: provinces.map((province) => [
        province.code,
        province.name,
        reform,
        null,
        province.mergedFrom,
        province.typeHistory,
      ]),
    };
  },
  provinces({ source }) {
    const now = source('provinces34.json').provinces;
    const before = source('provinces63.json').provinces;
    return {
      columns: ['code', 'label', 'from', 'to', 'successor'],
      rows: [
        ...now.map((province) => [province.code, province.name, reform, null, null]),
        ...before.map((province) => [province.code, province.name, null, beforeReform, province.newCode]),
      ],
    };
  },
  'provinces-63'({ source }) {
    const { provinces } = source('provinces63.json');
    return {
      columns: ['code', 'label', 'from', 'to', 'successor', 'citizenIdPrefix'],
      rows: provinces.map((province) => [
        province.code,
        province.name,
        null,
        beforeReform,
        province.newCode,
        province.cccd3,
      ]),
    };
  },
  wards({ source, spec }) {
    const now = source('wards3321.json').wards;
    const edges = source('ward_map_old_new.json').rows;
    const old = new Map();
    for (const [province, district, ward] of edges) if (ward !== '') old.set(ward, [province, district]);
    return {
      columns: ['code', 'label', 'from', 'to', 'province', 'type', 'district'],
      rows: [
        ...now.map(([code, name, type, province]) => [
          code,
          `${spec.types[type]} ${name}`,
          reform,
          null,
          province,
          type,
          null,
        ]),
        ...[...old]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([code, [province, district]]) => [code, null, null, beforeReform, province, null, district]),
      ],
    };
  },
  districts({ source }) {
    return {
      columns: ['code', 'label', 'from', 'to', 'province', 'type'],
      rows: source('districts_legacy696.json').districts.map(([code, name, type, province]) => [
        code,
        name,
        null,
        beforeReform,
        province,
        type,
      ]),
    };
  },
  'services-icd9'({ source }) {
    return {
      columns: ['code', 'label', 'from', 'to', 'icd9'],
      rows: source('dvkt_icd9_2020.json').rows.map(([code, name, icd9]) => [
        code,
        name,
        null,
        null,
        icd9 === '' ? null : icd9,
      ]),
    };
  },
  'card-object-codes'({ source }) {
    return {
      columns: ['code', 'label', 'from', 'to', 'group', 'levels', 'confidence'],
      rows: source('bhyt_object_codes.json').codes.map((row) => [
        row.code,
        row.name,
        null,
        null,
        row.group,
        row.levelHistory ?? [{ from: null, level: row.level }],
        row.confidence === 'code only' ? 'low' : row.confidence,
      ]),
    };
  },
  agencies({ source }) {
    return {
      columns: ['code', 'label', 'from', 'to', 'region', 'oldProvinces', 'seat'],
      rows: source('bhxh_agencies_2025.json').agencies.map((row) => [
        row.newProvince,
        row.newName,
        reform,
        null,
        row.region,
        row.oldProvinces,
        row.seat2025,
      ]),
    };
  },
};

export const compileCodeLists = (reader) => {
  const source = (name) => JSON.parse(readFileSync(join(reader.root, 'sources', name), 'utf8'));
  const lists = new Map();
  for (const file of reader.list('code-lists')) {
    const spec = reader.read(file);
    if (lists.has(spec.id))
      throw new SpecError(reader.where(file, ['id']), `a list ${spec.id} is there already`);
    if (spec.rows === undefined) {
      lists.set(spec.id, withEditions(spec));
      continue;
    }
    const build = builders[spec.rows];
    if (build === undefined)
      throw new SpecError(reader.where(file, ['rows']), `there is no builder of rows called ${spec.rows}`);
    lists.set(spec.id, { ...head(spec), ...build({ source, spec }) });
  }
  return lists;
};

/** Old ward to new wards, as published edges grouped by the old ward. */
export const compileWardChanges = (reader) => {
  const { rows } = JSON.parse(readFileSync(join(reader.root, 'sources', 'ward_map_old_new.json'), 'utf8'));
  const byOld = new Map();
  for (const [, district, ward, , newWard, type] of rows) {
    const old = ward === '' ? `d${district}` : ward;
    byOld.set(old, [...(byOld.get(old) ?? []), `${newWard}${type}`]);
  }
  return Object.fromEntries(
    [...byOld].sort(([a], [b]) => (a < b ? -1 : 1)).map(([old, targets]) => [old, targets.sort().join(' ')]),
  );
};
