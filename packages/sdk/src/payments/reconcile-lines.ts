import { addVnd } from './amount.ts';
import type {
  Difference,
  DifferenceClass,
  KeyField,
  ReconciliationLine,
  ReconciliationRules,
  ReconciliationStage,
} from './reconciliation-rules.ts';

/** Counts and sums of one side. */
export interface SideTotals {
  credits: { count: number; sum: bigint };
  debits: { count: number; sum: bigint };
}

export interface AccountTotals {
  readonly bank: SideTotals;
  readonly book: SideTotals;
}

export interface LinesResult {
  /** Pairs and groups that agree, by the stage that found them. */
  readonly matched: Record<ReconciliationStage, number>;
  /** In a fixed order, whatever the order of the lines. */
  readonly differences: Difference[];
  readonly bank: SideTotals;
  readonly book: SideTotals;
  /** The same figures of each account. */
  readonly accounts: Map<string, AccountTotals>;
}

export interface Leftover {
  bank: ReconciliationLine[];
  book: ReconciliationLine[];
}

/** What is done with the lines that found no partner by the bank's number, one step after the other. */
export type LaterStep =
  | { readonly kind: 'composite-key'; readonly fields: readonly KeyField[] }
  | { readonly kind: 'one-to-many' }
  | { readonly kind: 'tolerance' };

export function laterSteps(rules: ReconciliationRules): readonly LaterStep[] {
  return rules.stages.flatMap((stage): readonly LaterStep[] => {
    if (stage === 'composite-key') return rules.compositeKeys.map((fields) => ({ kind: stage, fields }));
    if (stage === 'one-to-many') return [{ kind: stage }];
    return stage === 'tolerance' && rules.tolerance.days > 0 ? [{ kind: stage }] : [];
  });
}

/**
 * Compares two lists of movements in memory. The result does not depend on the order of the lines, and the sum of all
 * differences is exactly the difference of the two sides.
 */
export function reconcileLines(
  bank: readonly ReconciliationLine[],
  book: readonly ReconciliationLine[],
  rules: ReconciliationRules,
): LinesResult {
  const run = new Run(rules);
  run.count('bank', bank);
  run.count('book', book);
  const left = rules.stages.includes('exact-reference')
    ? run.exactReference(bank, book)
    : { bank: [...bank], book: [...book] };
  run.later(left);
  run.doublePayments(bank);
  return run.finish();
}

/** The parts of `reconcileLines`, so that a partitioned run can do the first on each partition and the rest once. */
export class Run {
  readonly result: LinesResult;
  readonly #rules: ReconciliationRules;
  readonly #fees: ReadonlySet<number>;

  constructor(rules: ReconciliationRules) {
    this.#rules = rules;
    this.#fees = new Set(rules.fees);
    this.result = {
      matched: { 'exact-reference': 0, 'composite-key': 0, 'one-to-many': 0, tolerance: 0 },
      differences: [],
      bank: emptyTotals(),
      book: emptyTotals(),
      accounts: new Map(),
    };
  }

  count(side: 'bank' | 'book', lines: readonly ReconciliationLine[]): void {
    const sums = new Map<string, { readonly credits: ExactSum; readonly debits: ExactSum }>();
    let account = '';
    let own = { credits: new ExactSum(), debits: new ExactSum() };
    for (const line of lines) {
      if (line.account !== account || sums.size === 0) {
        account = line.account;
        own = sums.get(account) ?? { credits: new ExactSum(), debits: new ExactSum() };
        sums.set(account, own);
      }
      (line.direction === 'credit' ? own.credits : own.debits).add(line.amount);
    }
    for (const [name, { credits, debits }] of sums) {
      const totals = emptyTotals();
      totals.credits = { count: credits.count, sum: credits.total() };
      totals.debits = { count: debits.count, sum: debits.total() };
      this.add(side, name, totals);
    }
  }

  /** Adds figures that were counted elsewhere. */
  add(side: 'bank' | 'book', account: string, totals: SideTotals): void {
    let known = this.result.accounts.get(account);
    if (known === undefined) {
      known = { bank: emptyTotals(), book: emptyTotals() };
      this.result.accounts.set(account, known);
    }
    for (const sum of [known[side], this.result[side]]) {
      for (const way of ['credits', 'debits'] as const) {
        sum[way].count += totals[way].count;
        sum[way].sum += totals[way].sum;
      }
    }
  }

  /** The result, in its fixed order. */
  finish(): LinesResult {
    this.result.differences.sort(compareDifferences);
    const accounts = [...this.result.accounts].sort(([a], [b]) => compareText(a, b));
    this.result.accounts.clear();
    for (const [account, totals] of accounts) this.result.accounts.set(account, totals);
    return this.result;
  }

  /** Lines with the same number of the bank, account and side. */
  exactReference(bank: readonly ReconciliationLine[], book: readonly ReconciliationLine[]): Leftover {
    const left: Leftover = { bank: [], book: [] };
    const index = new ReferenceIndex();
    const partner = new Int32Array(book.length).fill(-1);
    const repeated = new Map<string, { bank: ReconciliationLine[]; book: ReconciliationLine[] }>();
    const groupOf = (
      line: ReconciliationLine,
    ): { bank: ReconciliationLine[]; book: ReconciliationLine[] } => {
      const key = `${line.account} ${line.direction} ${line.reference}`;
      let group = repeated.get(key);
      if (group === undefined) {
        group = { bank: [], book: [] };
        repeated.set(key, group);
      }
      return group;
    };
    for (let at = 0; at < book.length; at += 1) {
      const line = book[at]!;
      if (line.reference === '') {
        left.book.push(line);
        partner[at] = -2;
        continue;
      }
      const known = index.add(line, at);
      if (known >= 0) {
        const group = groupOf(line);
        if (group.book.length === 0) group.book.push(book[known]!);
        group.book.push(line);
        partner[known] = -2;
        partner[at] = -2;
      }
    }
    for (let at = 0; at < bank.length; at += 1) {
      const line = bank[at]!;
      const found = line.reference === '' ? -1 : index.find(line);
      if (found < 0) {
        left.bank.push(line);
        continue;
      }
      const before = partner[found]!;
      if (before === -1) partner[found] = at;
      else {
        const group = groupOf(line);
        if (before >= 0) {
          group.bank.push(bank[before]!);
          group.book.push(book[found]!);
          partner[found] = -2;
        }
        group.bank.push(line);
      }
    }
    for (let at = 0; at < book.length; at += 1) {
      const other = partner[at]!;
      if (other >= 0) this.#compare(bank[other]!, book[at]!, 'exact-reference');
      else if (other === -1) left.book.push(book[at]!);
    }
    for (const group of repeated.values()) this.#settleRepeated(group);
    left.bank = this.#withoutRepeats(left.bank);
    return left;
  }

  /** A statement that tells one movement twice tells it once too often, also where the book does not know it. */
  #withoutRepeats(bank: readonly ReconciliationLine[]): ReconciliationLine[] {
    const first = new Map<string, ReconciliationLine>();
    const kept: ReconciliationLine[] = [];
    for (const line of bank.toSorted(byId)) {
      if (line.reference === '') {
        kept.push(line);
        continue;
      }
      const key = `${line.account} ${line.direction} ${line.reference}`;
      if (first.has(key)) this.#differ('DUPLICATE_AT_BANK', [line], [], 'exact-reference');
      else {
        first.set(key, line);
        kept.push(line);
      }
    }
    return kept;
  }

  #settleRepeated(group: Leftover): void {
    const bank = group.bank.toSorted(byId);
    const book = group.book.toSorted(byId);
    if (bank.length > 0 && book.length > 0) {
      // Of several, the two that agree are the pair; the others are too many.
      let bankAt = 0;
      let bookAt = 0;
      search: for (const [i, one] of bank.entries()) {
        for (const [j, other] of book.entries()) {
          if (one.amount === other.amount) {
            bankAt = i;
            bookAt = j;
            break search;
          }
        }
      }
      const [one] = bank.splice(bankAt, 1);
      const [other] = book.splice(bookAt, 1);
      if (one !== undefined && other !== undefined) this.#compare(one, other, 'exact-reference');
    } else {
      const [alone] = book.splice(0, 1);
      if (alone !== undefined) this.#differ('MISSING_AT_BANK', [], [alone], 'leftover');
    }
    for (const line of bank) this.#differ('DUPLICATE_AT_BANK', [line], [], 'exact-reference');
    for (const line of book) this.#differ('DUPLICATE_IN_BOOK', [], [line], 'exact-reference');
  }

  /** The stages behind the first, then what nobody matched. */
  later(left: Leftover): void {
    for (const step of laterSteps(this.#rules)) this.step(step, left);
    this.unmatched(left);
  }

  step(step: LaterStep, left: Leftover): void {
    left.bank.sort(byId);
    left.book.sort(byId);
    if (step.kind === 'composite-key') this.#composite(left, step.fields);
    else if (step.kind === 'one-to-many') this.#groups(left);
    else this.#nearbyDays(left);
  }

  unmatched(left: Leftover): void {
    for (const line of left.bank)
      this.#differ(line.isReversal ? 'REVERSED_AT_BANK' : 'MISSING_IN_BOOK', [line], [], 'leftover');
    for (const line of left.book) this.#differ('MISSING_AT_BANK', [], [line], 'leftover');
  }

  #composite(left: Leftover, fields: readonly KeyField[]): void {
    const waiting = new Map<string, ReconciliationLine[]>();
    for (const line of left.book) {
      const key = keyOf(line, fields);
      if (key === undefined) continue;
      const same = waiting.get(key);
      if (same === undefined) waiting.set(key, [line]);
      else same.push(line);
    }
    const taken = new Set<ReconciliationLine>();
    left.bank = left.bank.filter((line) => {
      const key = keyOf(line, fields);
      const candidates = key === undefined ? undefined : waiting.get(key);
      // Two numbers of the bank that differ are two movements, however alike.
      const at = candidates?.findIndex(({ reference }) => reference === '' || line.reference === '') ?? -1;
      if (candidates === undefined || at < 0) return true;
      const [other] = candidates.splice(at, 1);
      if (other === undefined) return true;
      taken.add(other);
      this.#compare(line, other, 'composite-key');
      return false;
    });
    if (taken.size > 0) left.book = left.book.filter((line) => !taken.has(line));
  }

  /** One line of a side for a batch of the other. */
  #groups(left: Leftover): void {
    for (const [ones, manys] of [
      ['bank', 'book'],
      ['book', 'bank'],
    ] as const) {
      const batches = new Map<string, ReconciliationLine[]>();
      for (const line of left[manys]) {
        if (line.batch === '') continue;
        const key = batchKey(line, line.batch);
        const batch = batches.get(key);
        if (batch === undefined) batches.set(key, [line]);
        else batch.push(line);
      }
      if (batches.size === 0) continue;
      const taken = new Set<ReconciliationLine>();
      left[ones] = left[ones].filter((line) => {
        const named = batchesNamedBy(line).find((key) => batches.has(key));
        const batch = named === undefined ? undefined : batches.get(named);
        if (named === undefined || batch === undefined) return true;
        batches.delete(named);
        for (const one of batch) taken.add(one);
        const total = batch.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
        const [bank, book] = ones === 'bank' ? [[line], batch] : [batch, [line]];
        if (total === BigInt(line.amount)) this.result.matched['one-to-many'] += 1;
        else this.#differ('AMOUNT_DIFFERS', bank, book, 'one-to-many');
        return false;
      });
      left[manys] = left[manys].filter((line) => !taken.has(line));
    }
  }

  /** Equal but for a few days, and only where neither side has a second candidate. */
  #nearbyDays(left: Leftover): void {
    const days = this.#rules.tolerance.days;
    const fits = (a: ReconciliationLine, b: ReconciliationLine): boolean =>
      (a.reference === '' || b.reference === '') && Math.abs(dayNumber(a.day) - dayNumber(b.day)) <= days;
    const byKey = new Map<string, Leftover>();
    for (const side of ['bank', 'book'] as const) {
      for (const line of left[side]) {
        const key = toleranceKey(line);
        const group = byKey.get(key) ?? { bank: [], book: [] };
        group[side].push(line);
        byKey.set(key, group);
      }
    }
    const taken = new Set<ReconciliationLine>();
    for (const { bank, book } of byKey.values()) {
      for (const line of bank) {
        const candidates = book.filter((other) => fits(line, other));
        const [other] = candidates;
        if (candidates.length !== 1 || other === undefined) continue;
        if (bank.filter((one) => fits(one, other)).length !== 1) continue;
        taken.add(line);
        taken.add(other);
        this.#compare(line, other, 'tolerance');
      }
    }
    left.bank = left.bank.filter((line) => !taken.has(line));
    left.book = left.book.filter((line) => !taken.has(line));
  }

  /** Credits of one order under different numbers of the bank: the payer has perhaps paid twice. */
  doublePayments(bank: readonly ReconciliationLine[]): void {
    const first = new Map<string, ReconciliationLine>();
    const repeated = new Map<string, ReconciliationLine[]>();
    for (const line of bank) {
      if (line.order === '' || line.direction !== 'credit' || line.isReversal) continue;
      const before = first.get(line.order);
      if (before === undefined) first.set(line.order, line);
      else {
        const group = repeated.get(line.order);
        if (group === undefined) repeated.set(line.order, [before, line]);
        else group.push(line);
      }
    }
    for (const group of repeated.values()) {
      const seen: ReconciliationLine[] = [];
      for (const line of group.toSorted(byId)) {
        const same = seen.filter(({ account, amount }) => account === line.account && amount === line.amount);
        const isNew = !same.some(({ reference }) => reference === line.reference);
        if (same.length > 0 && isNew)
          this.result.differences.push({
            class: 'DOUBLE_PAYMENT',
            account: line.account,
            bankIds: [line.id],
            bookIds: [],
            bankAmount: 0,
            bookAmount: 0,
            stage: 'review',
          });
        seen.push(line);
      }
    }
  }

  #compare(bank: ReconciliationLine, book: ReconciliationLine, stage: ReconciliationStage): void {
    if (bank.amount === book.amount) {
      this.result.matched[stage] += 1;
      if (
        bank.day !== book.day &&
        Math.abs(dayNumber(bank.day) - dayNumber(book.day)) > this.#rules.tolerance.days
      )
        this.#differ('LATE_POSTING', [bank], [book], stage);
      return;
    }
    const missing = book.amount - bank.amount;
    if (Math.abs(missing) <= this.#rules.tolerance.amount)
      this.#differ('AMOUNT_WITHIN_TOLERANCE', [bank], [book], stage);
    else if (bank.direction === 'credit' && this.#fees.has(missing))
      this.#differ('FEE_NETTED', [bank], [book], stage);
    else this.#differ('AMOUNT_DIFFERS', [bank], [book], stage);
  }

  #differ(
    kind: DifferenceClass,
    bank: readonly ReconciliationLine[],
    book: readonly ReconciliationLine[],
    stage: Difference['stage'],
  ): void {
    this.result.differences.push({
      class: kind,
      account: (bank[0] ?? book[0])?.account ?? '',
      bankIds: bank.map(({ id }) => id).toSorted(),
      bookIds: book.map(({ id }) => id).toSorted(),
      bankAmount: signedSum(bank),
      bookAmount: signedSum(book),
      stage,
    });
  }
}

/** A sum of safe integers that may outgrow them. */
class ExactSum {
  count = 0;
  #part = 0;
  #sum = 0n;

  add(amount: number): void {
    this.count += 1;
    if (this.#part > Number.MAX_SAFE_INTEGER - amount) {
      this.#sum += BigInt(this.#part);
      this.#part = 0;
    }
    this.#part += amount;
  }

  total(): bigint {
    return this.#sum + BigInt(this.#part);
  }
}

/** Indexes of book lines by account, side and number of the bank. */
class ReferenceIndex {
  readonly #credits = new Map<string, Map<string, number>>();
  readonly #debits = new Map<string, Map<string, number>>();
  #account = '';
  #creditsOfAccount: Map<string, number> | undefined;
  #debitsOfAccount: Map<string, number> | undefined;

  #mapFor(line: ReconciliationLine): Map<string, number> {
    if (line.account !== this.#account || this.#creditsOfAccount === undefined) {
      this.#account = line.account;
      this.#creditsOfAccount = mapIn(this.#credits, line.account);
      this.#debitsOfAccount = mapIn(this.#debits, line.account);
    }
    return (line.direction === 'credit' ? this.#creditsOfAccount : this.#debitsOfAccount) ?? new Map();
  }

  /** Returns the index that is there already, or -1. */
  add(line: ReconciliationLine, at: number): number {
    const map = this.#mapFor(line);
    const known = map.get(line.reference);
    if (known !== undefined) return known;
    map.set(line.reference, at);
    return -1;
  }

  find(line: ReconciliationLine): number {
    return this.#mapFor(line).get(line.reference) ?? -1;
  }
}

function mapIn(maps: Map<string, Map<string, number>>, account: string): Map<string, number> {
  let map = maps.get(account);
  if (map === undefined) {
    map = new Map();
    maps.set(account, map);
  }
  return map;
}

export function emptyTotals(): SideTotals {
  return { credits: { count: 0, sum: 0n }, debits: { count: 0, sum: 0n } };
}

/** Fixed order of a report: by class, account and lines. */
export function compareDifferences(a: Difference, b: Difference): number {
  return (
    compareText(a.class, b.class) ||
    compareText(a.account, b.account) ||
    compareText(a.bankIds.join(' '), b.bankIds.join(' ')) ||
    compareText(a.bookIds.join(' '), b.bookIds.join(' '))
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byId(a: ReconciliationLine, b: ReconciliationLine): number {
  return compareText(a.id, b.id);
}

export function batchKey({ account, direction }: ReconciliationLine, name: string): string {
  return `${account} ${direction} ${name}`;
}

/** Batches that the line may be the sum of. */
export function batchesNamedBy(line: ReconciliationLine): readonly string[] {
  return [line.order, line.reference].filter((name) => name !== '').map((name) => batchKey(line, name));
}

export function toleranceKey({ account, direction, amount, text }: ReconciliationLine): string {
  return `${account} ${direction} ${amount} ${text}`;
}

/** The value of a composite key; undefined when a field of it is missing. */
export function keyOf(line: ReconciliationLine, fields: readonly KeyField[]): string | undefined {
  const values = fields.map((field) => String(line[field]));
  return values.includes('') ? undefined : JSON.stringify([line.account, line.direction, ...values]);
}

function signedSum(lines: readonly ReconciliationLine[]): number {
  return lines.reduce(
    (sum, { direction, amount }) => addVnd(sum, direction === 'credit' ? amount : -amount),
    0,
  );
}

function dayNumber(day: string): number {
  return (
    Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / 86_400_000
  );
}
