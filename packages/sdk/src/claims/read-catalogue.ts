import { scan, decodeText } from '@bhxh/xml';
import type { BhxhError } from '../errors/bhxh-error.ts';
import type { Specifications, TableSpec } from '../specifications/index.ts';
import type { CatalogueLookup } from '../validation/index.ts';
import { claimError } from './claim-error.ts';
import { parseCsv } from './sources/parse-csv.ts';
import { decodeUtf8 } from './sources/unreadable.ts';

type Item = Readonly<Record<string, string>>;

/** Where an item stands: the file and its line, the heading being the first. */
interface Place {
  readonly path: string;
  readonly row: number;
}

/** A file of accepted catalogue items: the catalogue as sent (HSDANHMUC), or a table with the official column names. */
export interface CatalogueSource {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * The facility's accepted catalogues, for rules that look items up. CSV (any separator, with or without byte order
 * mark), JSON (a list of objects) and XML (HSDANHMUC) are read; the catalogue is told by its columns.
 *
 * @throws BhxhError ERR_CATALOGUE_UNKNOWN when the columns are no catalogue's, ERR_FILE_NOT_UTF8,
 * ERR_CATALOGUE_UNREADABLE, and ERR_CATALOGUE_OVERLAP when one item stands twice for the same days.
 */
export function catalogueFrom(
  sources: readonly CatalogueSource[],
  specifications: Specifications,
): CatalogueLookup {
  const tables = specifications.catalogues();
  const byCatalogue = new Map<string, Map<string, Item[]>>();
  const places = new Map<Item, Place>();
  for (const source of sources) {
    const items = readItems(source, tables);
    const kind = kindOf(items, tables, source.path);
    const index = byCatalogue.get(kind) ?? new Map<string, Item[]>();
    byCatalogue.set(kind, index);
    for (const [at, item] of items.entries()) {
      const place = { path: source.path, row: at + 2 };
      places.set(item, place);
      const codes = new Set(
        (tables[kind]?.key ?? []).map((column) => item[column] ?? '').filter((code) => code !== ''),
      );
      for (const code of codes) {
        const same = index.get(code) ?? [];
        const twin = same.find((other) => overlaps(other, item) && sameItem(other, item));
        if (twin !== undefined) throw overlap(kind, code, place, places.get(twin) ?? place);
        index.set(code, [...same, item]);
      }
    }
  }
  return {
    find: (catalogue, code) => byCatalogue.get(catalogue)?.get(code) ?? [],
    has: (catalogue) => byCatalogue.has(catalogue),
  };
}

function readItems(
  { path, bytes }: CatalogueSource,
  tables: Readonly<Record<string, TableSpec>>,
): readonly Item[] {
  const text = decodeUtf8(bytes, path);
  const first = text.trimStart()[0];
  if (first === '<') return itemsOfXml(bytes, tables);
  if (first === '[') return itemsOfJson(text, path);
  const [heading = [], ...rows] = parseCsv(text).rows;
  const columns = heading.map((column) => column.trim().toUpperCase());
  return rows
    .filter((row) => row.some((cell) => cell.trim() !== ''))
    .map((row) => Object.fromEntries(columns.map((column, at) => [column, (row[at] ?? '').trim()])));
}

function itemsOfJson(text: string, path: string): readonly Item[] {
  try {
    const value = JSON.parse(text) as unknown;
    if (!Array.isArray(value)) throw new TypeError('not a list');
    return value.map((item: unknown) =>
      Object.fromEntries(
        Object.entries(item as object).map(([column, cell]) => [column, cell === null ? '' : String(cell)]),
      ),
    );
  } catch (cause) {
    throw claimError('ERR_CATALOGUE_UNREADABLE', 'input', { path }, cause);
  }
}

function itemsOfXml(bytes: Uint8Array, tables: Readonly<Record<string, TableSpec>>): readonly Item[] {
  const rows = new Set(Object.values(tables).map(({ row }) => row));
  const items: Item[] = [];
  let item: Record<string, string> | undefined;
  let column = '';
  const nameAt = (scanned: Uint8Array, base: number, start: number, end: number): string =>
    Buffer.from(scanned.subarray(start - base, end - base)).toString('utf8');
  scan(bytes, {
    startElement(scanner, start, end) {
      const name = nameAt(scanner.bytes, scanner.base, start, end);
      if (rows.has(name)) item = {};
      else column = name;
    },
    text(scanner, start, end, kind) {
      if (item !== undefined && column !== '') {
        item[column] =
          (item[column] ?? '') + decodeText(scanner.bytes, start - scanner.base, end - scanner.base, kind);
      }
    },
    endElement(scanner, start, end) {
      if (item !== undefined && rows.has(nameAt(scanner.bytes, scanner.base, start, end))) {
        items.push(item);
        item = undefined;
      }
      column = '';
    },
  });
  return items;
}

/** The catalogue most of whose columns are there, its key among them. */
function kindOf(items: readonly Item[], tables: Readonly<Record<string, TableSpec>>, path: string): string {
  const columns = new Set(Object.keys(items[0] ?? {}));
  const scored = Object.entries(tables)
    .filter(([, table]) => (table.key ?? []).some((column) => columns.has(column)))
    .map(([kind, table]) => ({
      kind,
      score: table.fields.filter(({ code }) => columns.has(code)).length / table.fields.length,
    }))
    .toSorted((left, right) => right.score - left.score);
  const best = scored[0];
  if (best !== undefined) return best.kind;
  throw claimError('ERR_CATALOGUE_UNKNOWN', 'input', { path });
}

const day = (item: Item, column: string, open: string): string => (item[column] ?? '').slice(0, 8) || open;

function overlaps(left: Item, right: Item): boolean {
  return (
    day(left, 'TU_NGAY', '00000000') <= day(right, 'DEN_NGAY', '99999999') &&
    day(right, 'TU_NGAY', '00000000') <= day(left, 'DEN_NGAY', '99999999')
  );
}

/** Two tenders of one drug may run side by side; the same item with all its columns may not. */
function sameItem(left: Item, right: Item): boolean {
  const columns = Object.keys(right).filter((column) => !['STT', 'TU_NGAY', 'DEN_NGAY'].includes(column));
  return columns.every((column) => left[column] === right[column]);
}

function overlap(kind: string, code: string, place: Place, earlier: Place): BhxhError {
  const values = { kind, code, path: place.path, row: String(place.row) };
  const before = { earlier: `${earlier.path}:${earlier.row}` };
  return claimError('ERR_CATALOGUE_OVERLAP', 'input', { ...values, ...before });
}
