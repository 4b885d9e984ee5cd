import { BhxhError } from '../../errors/bhxh-error.ts';
import { checkSentences as inEnglish } from '../../messages/checks/en.ts';
import { checkSentences as inVietnamese } from '../../messages/checks/vi.ts';
import { isRecord } from './arguments.ts';
import type { CatalogueLookup, ExternalFacts } from './check.ts';

/** Columns that hold the code of an item, by catalogue kind; other kinds are looked up by their own name or `MA`. */
const codeColumns: Readonly<Record<string, string>> = {
  '01/DM': 'MA_KHOA',
  '02/DM': 'MACCHN',
  '03/DM': 'MA_THUOC',
  '04/DM': 'MA_VAT_TU',
  '05/DM': 'MA_DICH_VU',
  '06/DM': 'MA_MAY',
};

type CatalogueRow = Readonly<Record<string, string>>;

/**
 * Outside facts from a JSON document, all members optional: `{ accountFacility, catalogues: { '03/DM': [row, …], ICD10:
 * [row, …] }, checkedIn: [MA_LK], eligibleClasses: { MA_LK: [code] }, monthlySummary: [row], rights: [name] }`. Rows
 * are official field → text. Throws `ERR_FACTS` when the document has another shape.
 */
export function readFacts(document: unknown): ExternalFacts {
  if (!isRecord(document)) throw wrongFacts('$');
  const { accountFacility, catalogues, checkedIn, eligibleClasses, monthlySummary, rights } = document;
  return {
    ...(accountFacility === undefined ? {} : { accountFacility: textAt(accountFacility, 'accountFacility') }),
    ...(catalogues === undefined ? {} : { catalogue: lookUp(catalogues) }),
    ...(checkedIn === undefined ? {} : { checkedIn: new Set(textsAt(checkedIn, 'checkedIn')) }),
    ...(eligibleClasses === undefined ? {} : { eligibleClasses: classesAt(eligibleClasses) }),
    ...(monthlySummary === undefined ? {} : { monthlySummary: rowsAt(monthlySummary, 'monthlySummary') }),
    ...(rights === undefined ? {} : { rights: new Set(textsAt(rights, 'rights')) }),
  };
}

function lookUp(catalogues: unknown): CatalogueLookup {
  if (!isRecord(catalogues)) throw wrongFacts('catalogues');
  const kinds = new Map<string, ReadonlyMap<string, readonly CatalogueRow[]>>();
  for (const [kind, rows] of Object.entries(catalogues)) {
    const column = codeColumns[kind] ?? 'MA';
    const items = new Map<string, CatalogueRow[]>();
    for (const row of rowsAt(rows, `catalogues.${kind}`)) {
      const code = row[column] ?? row[kind] ?? '';
      const known = items.get(code);
      if (known === undefined) items.set(code, [row]);
      else known.push(row);
    }
    kinds.set(kind, items);
  }
  return { has: (kind) => kinds.has(kind), find: (kind, code) => kinds.get(kind)?.get(code) ?? [] };
}

function classesAt(value: unknown): ReadonlyMap<string, readonly string[]> {
  if (!isRecord(value)) throw wrongFacts('eligibleClasses');
  return new Map(
    Object.entries(value).map(([key, classes]) => [key, textsAt(classes, `eligibleClasses.${key}`)]),
  );
}

function rowsAt(value: unknown, path: string): readonly CatalogueRow[] {
  if (!Array.isArray(value) || !value.every(isRecord)) throw wrongFacts(path);
  return value.map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, content]) => [column, String(content ?? '')])),
  );
}

function textsAt(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value)) throw wrongFacts(path);
  return value.map((item: unknown) => textAt(item, path));
}

function textAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw wrongFacts(path);
  return value;
}

function wrongFacts(path: string): BhxhError {
  const vi = inVietnamese['ERR_FACTS']?.({ path });
  const en = inEnglish['ERR_FACTS']?.({ path });
  return new BhxhError({
    code: 'ERR_FACTS',
    category: 'input',
    retry: 'never',
    message: { vi: vi?.message ?? '', en: en?.message ?? '' },
    hint: { vi: vi?.hint ?? '', en: en?.hint ?? '' },
  });
}
