import { addVnd, checkAmount, type AmountVnd } from './amount.ts';
import { paymentError } from './payment-error.ts';

/** One side of a posting; exactly one of the two amounts is positive. */
export interface Posting {
  /** `bank:9999…`, `due:ZZ1234C:BHYT:principal:2026-01`, `carried:ZZ1234C`, `suspense:unit-unknown` … */
  readonly account: string;
  readonly debit: AmountVnd;
  readonly credit: AmountVnd;
}

export function debit(account: string, amount: AmountVnd): Posting {
  return { account, debit: amount, credit: 0 };
}

export function credit(account: string, amount: AmountVnd): Posting {
  return { account, debit: 0, credit: amount };
}

/** An entry of the journal. Entries are never changed or removed; a mistake is answered by its mirror. */
export interface JournalEntry {
  readonly id: string;
  readonly kind:
    | 'obligation'
    | 'receipt'
    | 'allocation'
    | 'suspense'
    | 'release'
    | 'carry'
    | 'recovery'
    | 'refund'
    | 'voucher'
    | 'disbursement'
    | 'return'
    | 'reversal';
  /** Booking date, `yyyy-MM-dd`. */
  readonly on: string;
  readonly postings: readonly Posting[];
  /** Messages and vouchers that the entry rests on. */
  readonly sources: readonly string[];
  readonly policyId?: string;
  readonly reason?: string;
  /** The entry that this one mirrors. */
  readonly reverses?: string;
}

/** Where entries are kept. `append` must refuse an id that is there already, also under concurrency. */
export interface LedgerStore {
  get(id: string): JournalEntry | undefined;
  /** The entry that reverses `id`. */
  reversalOf(id: string): JournalEntry | undefined;
  append(entry: JournalEntry): void;
  entries(): Iterable<JournalEntry>;
  /** Entries that touch the account, in the order of posting. */
  entriesOf(account: string): Iterable<JournalEntry>;
  /** Accounts whose first two parts these are, such as `due:ZZ1234C`. */
  accounts(owner: string): Iterable<string>;
  /** Entries that rest on this message, voucher or document, in the order of posting. */
  citing(source: string): Iterable<JournalEntry>;
}

export interface Ledger {
  get(id: string): JournalEntry | undefined;
  /** The entry that reverses `id`. */
  reversalOf(id: string): JournalEntry | undefined;
  /** Posts an entry once: the same id with the same content gives the entry that is there. */
  post(entry: JournalEntry): JournalEntry;
  /** Posts the mirror of an entry. */
  reverse(
    id: string,
    mirror: { readonly id: string; readonly on: string; readonly sources: readonly string[] },
  ): JournalEntry;
  /** Credits less debits. */
  balance(account: string): number;
  /** Every entry that touched the account, in the order of posting: where its figure comes from. */
  explain(account: string): readonly JournalEntry[];
  /** Accounts whose first two parts these are, such as `due:ZZ1234C`. */
  accounts(owner: string): Iterable<string>;
  /** Every entry that rests on this message, voucher or document. */
  citing(source: string): readonly JournalEntry[];
  entries(): Iterable<JournalEntry>;
}

/** A store in memory. */
export function memoryLedgerStore(): LedgerStore {
  const byId = new Map<string, JournalEntry>();
  const reversals = new Map<string, JournalEntry>();
  const byAccount = new Map<string, JournalEntry[]>();
  const bySource = new Map<string, JournalEntry[]>();
  const byOwner = new Map<string, Set<string>>();
  return {
    get: (id) => byId.get(id),
    reversalOf: (id) => reversals.get(id),
    append(entry) {
      if (byId.has(entry.id)) throw paymentError('ERR_LEDGER_CONFLICT', 'rejected', { entry: entry.id });
      byId.set(entry.id, entry);
      if (entry.reverses !== undefined) reversals.set(entry.reverses, entry);
      for (const account of new Set(entry.postings.map((posting) => posting.account))) {
        listIn(byAccount, account).push(entry);
        const owner = account.split(':', 2).join(':');
        const accounts = byOwner.get(owner);
        if (accounts === undefined) byOwner.set(owner, new Set([account]));
        else accounts.add(account);
      }
      for (const source of new Set(entry.sources)) listIn(bySource, source).push(entry);
    },
    entries: () => byId.values(),
    entriesOf: (account) => byAccount.get(account) ?? [],
    accounts: (owner) => byOwner.get(owner) ?? [],
    citing: (source) => bySource.get(source) ?? [],
  };
}

function listIn(lists: Map<string, JournalEntry[]>, key: string): JournalEntry[] {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  return list;
}

/**
 * A double-entry journal over a store.
 *
 * @throws BhxhError from `post` and `reverse`: ERR_LEDGER_UNBALANCED, ERR_LEDGER_CONFLICT (same id, other content),
 * ERR_LEDGER_REVERSAL (nothing to reverse, or reversed already), ERR_AMOUNT_NOT_WHOLE.
 */
export function createLedger(store: LedgerStore = memoryLedgerStore()): Ledger {
  const post = (entry: JournalEntry): JournalEntry => {
    checkEntry(entry);
    const known = store.get(entry.id);
    if (known !== undefined) {
      if (fingerprint(known) !== fingerprint(entry))
        throw paymentError('ERR_LEDGER_CONFLICT', 'rejected', { entry: entry.id });
      return known;
    }
    if (entry.reverses !== undefined) {
      const original = store.get(entry.reverses);
      if (
        original === undefined ||
        original.reverses !== undefined ||
        store.reversalOf(entry.reverses) !== undefined
      )
        throw paymentError('ERR_LEDGER_REVERSAL', 'rejected', { entry: entry.reverses });
    }
    store.append(entry);
    return entry;
  };
  return {
    get: (id) => store.get(id),
    reversalOf: (id) => store.reversalOf(id),
    post,
    reverse(id, { id: mirrorId, on, sources }) {
      const original = store.get(id);
      if (original === undefined) throw paymentError('ERR_LEDGER_REVERSAL', 'rejected', { entry: id });
      return post(mirrorOf(original, { id: mirrorId, on, sources }));
    },
    balance(account) {
      let balance = 0;
      for (const { postings } of store.entriesOf(account))
        for (const posting of postings)
          if (posting.account === account) balance = addVnd(balance, posting.credit - posting.debit);
      return balance;
    },
    explain: (account) => [...store.entriesOf(account)],
    accounts: (owner) => store.accounts(owner),
    citing: (source) => [...store.citing(source)],
    entries: () => store.entries(),
  };
}

/** Debits and credits exchanged, under a new id. */
export function mirrorOf(
  entry: JournalEntry,
  { id, on, sources }: { readonly id: string; readonly on: string; readonly sources: readonly string[] },
): JournalEntry {
  return {
    id,
    kind: 'reversal',
    on,
    postings: entry.postings.map(({ account, debit, credit }) => ({ account, debit: credit, credit: debit })),
    sources,
    ...(entry.policyId === undefined ? {} : { policyId: entry.policyId }),
    reverses: entry.id,
  };
}

function checkEntry(entry: JournalEntry): void {
  let debits = 0;
  let credits = 0;
  for (const { debit, credit } of entry.postings) {
    debits = addVnd(debits, checkAmount(debit));
    credits = addVnd(credits, checkAmount(credit));
    if ((debit === 0) === (credit === 0))
      throw paymentError('ERR_LEDGER_UNBALANCED', 'usage', { entry: entry.id });
  }
  if (debits !== credits || debits === 0)
    throw paymentError('ERR_LEDGER_UNBALANCED', 'usage', { entry: entry.id });
}

function fingerprint(entry: JournalEntry): string {
  const { id, kind, on, postings, sources, policyId, reason, reverses } = entry;
  return JSON.stringify([
    id,
    kind,
    on,
    postings.map(({ account, debit, credit }) => [account, debit, credit]),
    sources,
    policyId ?? null,
    reason ?? null,
    reverses ?? null,
  ]);
}
