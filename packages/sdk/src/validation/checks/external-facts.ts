import { BhxhError } from '../../errors/bhxh-error.ts';
import { checkSentences as inEnglish } from '../../messages/checks/en.ts';
import { checkSentences as inVietnamese } from '../../messages/checks/vi.ts';
import type { Specifications } from '../../specifications/specifications.ts';
import { isRecord } from './arguments.ts';
import type { CatalogueLookup, ExternalFacts } from './check.ts';

type CatalogueRow = Readonly<Record<string, string>>;

/**
 * Outside facts from a JSON document, all members optional: `{ accountFacility, catalogues: { '03/DM': [row, …], ICD10:
 * [row, …] }, checkedIn: [MA_LK], eligibleClasses: { MA_LK: [code] }, monthlySummary: [row], rights: [name] }`. Rows
 * are official field → text. Throws `ERR_FACTS` when the document has another shape.
 */
export function readFacts(
  document: unknown,
  specifications: Pick<Specifications, 'catalogues'>,
): ExternalFacts {
  if (!isRecord(document)) throw wrongFacts('$');
  const { accountFacility, catalogues, checkedIn, eligibleClasses, monthlySummary, rights } = document;
  return {
    ...(accountFacility === undefined ? {} : { accountFacility: textAt(accountFacility, 'accountFacility') }),
    ...(catalogues === undefined ? {} : { catalogue: lookUp(catalogues, specifications) }),
    ...(checkedIn === undefined ? {} : { checkedIn: new Set(textsAt(checkedIn, 'checkedIn')) }),
    ...(eligibleClasses === undefined ? {} : { eligibleClasses: classesAt(eligibleClasses) }),
    ...(monthlySummary === undefined ? {} : { monthlySummary: rowsAt(monthlySummary, 'monthlySummary') }),
    ...(rights === undefined ? {} : { rights: new Set(textsAt(rights, 'rights')) }),
  };
}

/** Items by the key columns of their catalogue; a list that is no uploaded catalogue (ICD10) by its own name or `MA`. */
function lookUp(catalogues: unknown, specifications: Pick<Specifications, 'catalogues'>): CatalogueLookup {
  if (!isRecord(catalogues)) throw wrongFacts('catalogues');
  const kinds = new Map<string, ReadonlyMap<string, readonly CatalogueRow[]>>();
  for (const [kind, rows] of Object.entries(catalogues)) {
    const columns = specifications.catalogues()[kind]?.key ?? ['MA', kind];
    const items = new Map<string, CatalogueRow[]>();
    for (const row of rowsAt(rows, `catalogues.${kind}`)) {
      for (const code of new Set(columns.map((column) => row[column] ?? ''))) {
        if (code !== '') items.set(code, [...(items.get(code) ?? []), row]);
      }
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
