import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Specifications } from '../specifications/specifications.ts';
import type { TableSpec } from '../specifications/types.ts';
import type { Finding } from '../validation/finding.ts';

/** Finds the official label of a column that a finding names. */
export type LabelOf = (finding: Finding, column: string) => Bilingual | undefined;

/** Labels from the specifications: of the finding's own table, or of the table a column is qualified with (`XML1.NGAY_RA`). */
export function fieldLabels(specifications: Specifications): LabelOf {
  const known: Map<string, ReadonlyMap<string, Bilingual>> = new Map();
  const labelsOf = (ruleset: string, table: string): ReadonlyMap<string, Bilingual> => {
    const key = `${ruleset} ${table}`;
    let labels = known.get(key);
    if (labels === undefined) {
      const spec = tableOf(specifications, ruleset, table);
      labels = new Map(spec?.fields.map(({ code, label }) => [code, label]));
      known.set(key, labels);
    }
    return labels;
  };
  return ({ ruleset, location }, column) => {
    if (ruleset === null) return undefined;
    const dot = column.indexOf('.');
    const table = dot < 0 ? (location.path.split('/', 1)[0] ?? '') : column.slice(0, dot);
    return labelsOf(ruleset, table).get(dot < 0 ? column : column.slice(dot + 1));
  };
}

function tableOf(specifications: Specifications, ruleset: string, table: string): TableSpec | undefined {
  if (ruleset === 'certificates') return specifications.certificates()[table];
  if (ruleset === 'catalogues') return specifications.catalogues()[table];
  return specifications.rulesetIds().includes(ruleset)
    ? specifications.ruleset(ruleset).tables[table]
    : undefined;
}
