/** One employer's unit code (mã đơn vị) and an office (mã cơ quan BHXH) that manages it. */
export interface UnitEntry {
  readonly unitCode: string;
  readonly officeCode: string;
}

/** The known unit codes. A code may stand under several offices, which is then ambiguous. */
export interface UnitRegister {
  offices(unitCode: string): readonly string[];
  has(unitCode: string): boolean;
  /** Known codes that differ from this one only by characters taken for each other. */
  similar(unitCode: string): readonly string[];
}

/** Folds characters that are taken for each other (`O0`: O reads as 0) to one of them. */
export function foldConfusions(text: string, confusions: readonly string[]): string {
  let folded = '';
  for (const letter of text) {
    const pair = confusions.find((pair) => pair.includes(letter));
    folded += pair?.[1] ?? letter;
  }
  return folded;
}

/** An index over a register; `confusions` are the pairs of the remittance syntax. */
export function createUnitRegister(
  entries: Iterable<UnitEntry>,
  confusions: readonly string[],
): UnitRegister {
  const offices = new Map<string, string[]>();
  const folded = new Map<string, string[]>();
  for (const { unitCode, officeCode } of entries) {
    const known = offices.get(unitCode);
    if (known === undefined) {
      offices.set(unitCode, [officeCode]);
      const key = foldConfusions(unitCode, confusions);
      const same = folded.get(key);
      if (same === undefined) folded.set(key, [unitCode]);
      else same.push(unitCode);
    } else if (!known.includes(officeCode)) known.push(officeCode);
  }
  return {
    offices: (unitCode) => offices.get(unitCode) ?? [],
    has: (unitCode) => offices.has(unitCode),
    similar: (unitCode) => folded.get(foldConfusions(unitCode, confusions)) ?? [],
  };
}
