import type { CodeList, CodeListEntry, Specifications } from '../specifications/index.ts';

/** `closed`: the code exists, but not on that date. */
export type CodeStanding = 'in-force' | 'closed' | 'unknown';

export interface CodeLookup {
  readonly standing: CodeStanding;
  /** The entry in force on the date, else the one nearest before it, else the first known. */
  readonly entry: CodeListEntry | undefined;
}

export interface CodeLists {
  /** Looks a code up on a date (`yyyy-MM-dd`). Codes are text: `1.1` is not `1.10`, `01` is not `1`. */
  find(list: string, code: string, date: string): CodeLookup;
  /** Every entry of a code over time, in the order of the list. */
  entries(list: string, code: string): readonly CodeListEntry[];
  list(id: string): CodeList;
}

const inForce = (entry: CodeListEntry, date: string): boolean =>
  (entry.from === null || entry.from <= date) && (entry.to === null || date <= entry.to);

/** Look-ups over the compiled lists; each list is indexed when first used. */
export function createCodeLists(specifications: Specifications): CodeLists {
  const indexes = new Map<string, ReadonlyMap<string, readonly CodeListEntry[]>>();
  const indexOf = (id: string): ReadonlyMap<string, readonly CodeListEntry[]> => {
    let index = indexes.get(id);
    if (index === undefined) {
      const built = new Map<string, CodeListEntry[]>();
      for (const entry of specifications.codeList(id).entries) {
        const known = built.get(entry.code);
        if (known === undefined) built.set(entry.code, [entry]);
        else known.push(entry);
      }
      index = built;
      indexes.set(id, index);
    }
    return index;
  };
  const entries = (list: string, code: string): readonly CodeListEntry[] => indexOf(list).get(code) ?? [];
  return {
    entries,
    list: (id) => specifications.codeList(id),
    find(list, code, date) {
      const known = entries(list, code);
      if (known.length === 0) return { standing: 'unknown', entry: undefined };
      // The newest edition speaks where two annexes may be used side by side.
      const current = known.filter((entry) => inForce(entry, date)).at(-1);
      if (current !== undefined) return { standing: 'in-force', entry: current };
      const earlier = known.findLast((entry) => entry.from === null || entry.from <= date);
      return { standing: 'closed', entry: earlier ?? known[0] };
    },
  };
}
