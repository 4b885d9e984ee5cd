import {
  mirrorOf,
  receiptEntries,
  suspenseEntry,
  type AllocationPolicy,
  type ContributionReceipt,
  type Fund,
  type JournalEntry,
  type Obligation,
  type ObligationPart,
} from '@bhxh/sdk/payments/ledger';
import type { UnitPostings } from '../ledger/post-entries.ts';
import type { Connection } from '../store/store.ts';

/** The journal of money whose unit is not known. */
export const SUSPENSE_UNIT = '*suspense';
const UNITS = 500;

/**
 * What some units owe, while entries are posted to them in one transaction that holds their locks. What is owed comes
 * from kept balances, so that a receipt costs the same whether it is a unit's first or its twenty-thousandth.
 */
export class UnitBook {
  readonly #policy: AllocationPolicy;
  /** Credits less debits by account, by unit. */
  readonly #balances = new Map<string, Map<string, number>>();
  readonly #entries = new Map<string, JournalEntry[]>();
  readonly #fresh = new Map<string, JournalEntry>();

  private constructor(policy: AllocationPolicy) {
    this.#policy = policy;
  }

  static async open(
    connection: Connection,
    units: readonly string[],
    policy: AllocationPolicy,
  ): Promise<UnitBook> {
    const book = new UnitBook(policy);
    for (let at = 0; at < units.length; at += UNITS) {
      const rows = await connection
        .selectFrom('ledger_balance')
        .selectAll()
        .where('unit', 'in', units.slice(at, at + UNITS))
        .where('balance', '<>', 0)
        .execute();
      for (const { unit, account, balance } of rows) book.#balancesOf(unit).set(account, balance);
    }
    return book;
  }

  /** Credits less debits of an account. */
  balance(unit: string, account: string): number {
    return this.#balances.get(unit)?.get(account) ?? 0;
  }

  /** What the unit owes in all. */
  due(unit: string): number {
    return this.obligations(unit).reduce((sum, { amount }) => sum + amount, 0);
  }

  obligations(unit: string): readonly Obligation[] {
    const found: Obligation[] = [];
    for (const [account, balance] of this.#balancesOf(unit)) {
      if (balance >= 0 || !account.startsWith(`due:${unit}:`)) continue;
      const [, , fund, part, period, mark] = account.split(':');
      found.push({
        id: account,
        fund: fund as Fund,
        part: part as ObligationPart,
        period: period ?? '',
        amount: -balance,
        isForLeaver: mark === 'leaver',
      });
    }
    return found;
  }

  /** Money for a unit: settles what it owes by the policy, the rest is carried. */
  receive(receipt: ContributionReceipt): void {
    const { entries } = receiptEntries(receipt, this.obligations(receipt.unitCode), this.#policy);
    for (const entry of entries) this.post(receipt.unitCode, entry);
  }

  suspend(receipt: Omit<ContributionReceipt, 'unitCode'>, reason: string): void {
    this.post(SUSPENSE_UNIT, suspenseEntry(receipt, reason));
  }

  mirror(unit: string, entry: JournalEntry, on: string, source: string): void {
    this.post(unit, mirrorOf(entry, { id: `reversal:${entry.id}`, on, sources: [source] }));
  }

  post(unit: string, entry: JournalEntry): void {
    const entries = this.#entries.get(unit);
    if (entries === undefined) this.#entries.set(unit, [entry]);
    else entries.push(entry);
    this.#fresh.set(entry.id, entry);
    const balances = this.#balancesOf(unit);
    for (const { account, debit, credit } of entry.postings)
      balances.set(account, (balances.get(account) ?? 0) + credit - debit);
  }

  /** An entry of this transaction or of the journal. */
  async entry(connection: Connection, id: string): Promise<JournalEntry | undefined> {
    const fresh = this.#fresh.get(id);
    if (fresh !== undefined) return fresh;
    const row = await connection
      .selectFrom('ledger_entry')
      .select('entry')
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.entry) as JournalEntry);
  }

  postings(): readonly UnitPostings[] {
    return [...this.#entries].map(([unit, entries]) => ({ unit, entries }));
  }

  #balancesOf(unit: string): Map<string, number> {
    let balances = this.#balances.get(unit);
    if (balances === undefined) {
      balances = new Map();
      this.#balances.set(unit, balances);
    }
    return balances;
  }
}
