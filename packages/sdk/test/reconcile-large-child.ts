/** A process of its own that compares two long lists, so that its memory is its own: `COUNT FOLDER`. Prints what it took. */
import { reconcile, reconciliationRules, type ReconciliationLine } from '@bhxh/sdk/payments';
import { openSpecifications } from '@bhxh/sdk/specifications';

const [countText = '', folder = ''] = process.argv.slice(2);
const count = Number(countText);

/** One in a hundred does not agree, spread over five classes; the book comes in another order than the bank. */
function* lines(side: 'bank' | 'book'): Generator<ReconciliationLine> {
  // A step that shares no factor with the count meets every number once.
  const step = side === 'bank' ? 1 : 7_368_787;
  for (let index = 0; index < count; index += 1) {
    const number = side === 'bank' ? index : Number((BigInt(index) * BigInt(step)) % BigInt(count));
    const kind = number % 100 === 0 ? (number / 100) % 5 : -1;
    const isBank = side === 'bank';
    if ((kind === 1 && isBank) || (kind === 0 && !isBank)) continue;
    const line: ReconciliationLine = {
      id: `${isBank ? 'A' : 'B'}${String(number).padStart(9, '0')}`,
      account: `99990000${10 + (number % 7)}`,
      reference: number % 50 === 1 ? '' : `FT26033${String(number).padStart(10, '0')}`,
      order: `E${number}`,
      batch: '',
      direction: number % 9 === 0 ? 'debit' : 'credit',
      amount: 1_000_000 + (number % 1000) * 1000 + (kind === 2 && isBank ? 7 : 0),
      day: kind === 3 && isBank ? '2026-02-02' : '2026-01-31',
      text: `+BHXH+103+00+ZZ${String(number % 10_000).padStart(4, '0')}C+99001+dong BHXH+`,
      isReversal: false,
    };
    yield line;
    if (kind === 4 && !isBank) yield { ...line, id: `${line.id}B` };
  }
}

const begun = performance.now();
const result = await reconcile(lines('bank'), lines('book'), reconciliationRules(openSpecifications()), {
  path: folder,
  fingerprint: String(count),
});
const classes: Record<string, number> = {};
for (const { class: kind } of result.differences) classes[kind] = (classes[kind] ?? 0) + 1;
const net = ({ credits, debits }: typeof result.bank): bigint => credits.sum - debits.sum;
const differing = result.differences.reduce(
  (sum, one) => sum + BigInt(one.bankAmount) - BigInt(one.bookAmount),
  0n,
);
process.stdout.write(
  JSON.stringify({
    seconds: Math.round((performance.now() - begun) / 100) / 10,
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    bank: result.bank.credits.count + result.bank.debits.count,
    book: result.book.credits.count + result.book.debits.count,
    matched: result.matched,
    classes,
    proven: differing === net(result.bank) - net(result.book),
  }),
);
