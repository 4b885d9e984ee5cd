// One measured piece of the bank side in a process of its own; prints milliseconds and what it found.
import {
  generateMismatchDay,
  linesOfStatement,
  emptyFindings,
  messageProfile,
  messageProfiles,
  reconcileLines,
  reconciliationRules,
  statementOfDay,
} from '@bhxh/sdk/payments';
import { openSpecifications } from '@bhxh/sdk/specifications';

const [mode, countText] = process.argv.slice(2);
const count = Number(countText);
const specifications = openSpecifications();
const time = async (work) => {
  globalThis.gc?.();
  const begun = process.hrtime.bigint();
  const found = await work();
  console.log(JSON.stringify({ milliseconds: Number(process.hrtime.bigint() - begun) / 1e6, found }));
};

if (mode === 'reconcile' || mode === 'join') {
  const { bank, book, expected } = linesWithMismatches(count);
  if (mode === 'join') await time(() => bareJoin(bank, book));
  else {
    const rules = reconciliationRules(specifications);
    await time(() => {
      const { differences } = reconcileLines(bank, book, rules);
      if (differences.length !== expected)
        throw new Error(`${differences.length} differences instead of ${expected}`);
      return differences.length;
    });
  }
} else {
  const day = generateMismatchDay({ count, seed: 1, rate: 0 });
  const bytes = statementOfDay(day, messageProfile(specifications, 'camt.053'), 10_000);
  if (mode === 'read') {
    await time(async () => {
      let lines = 0;
      for await (const line of linesOfStatement([bytes], messageProfiles(specifications), emptyFindings()))
        if (line.amount > 0) lines += 1;
      return lines;
    });
  } else {
    const { XmlDocument } = await import('libxml2-wasm');
    await time(() => entriesOfDom(XmlDocument, bytes));
  }
}

/** Two sides of `size` lines, of which one in a hundred does not agree, spread over the classes. */
function linesWithMismatches(size) {
  const bank = [];
  const book = [];
  let expected = 0;
  for (let number = 0; number < size; number += 1) {
    const line = {
      id: `L${String(number).padStart(8, '0')}`,
      account: '9999000011',
      reference: `FT26033${String(number).padStart(9, '0')}`,
      order: `E${number}`,
      batch: '',
      direction: 'credit',
      amount: 1_000_000 + (number % 1000) * 1000,
      day: '2026-02-02',
      text: '+BHXH+103+00+ZZ1234C+99001+dong BHXH+',
      isReversal: false,
    };
    const kind = number % 100 === 0 ? (number / 100) % 5 : -1;
    if (kind !== 1) bank.push(line);
    if (kind !== 0)
      book.push({
        ...line,
        amount: kind === 2 ? line.amount + 7 : line.amount,
        day: kind === 3 ? '2026-01-31' : line.day,
      });
    if (kind === 4) book.push({ ...line, id: `${line.id}B` });
    if (kind >= 0) expected += 1;
  }
  // The other side comes in another order, as it does in life.
  book.sort((a, b) =>
    a.reference.slice(-3) < b.reference.slice(-3)
      ? -1
      : a.reference.slice(-3) > b.reference.slice(-3)
        ? 1
        : 0,
  );
  return { bank, book, expected };
}

/** The least that any matcher has to do: a map for each side, looked up from the other. */
function bareJoin(bank, book) {
  const byReference = new Map();
  for (const line of book) byReference.set(line.reference, line);
  const seen = new Map();
  let open = 0;
  for (const line of bank) {
    const other = byReference.get(line.reference);
    if (other === undefined || BigInt(other.amount) !== BigInt(line.amount)) open += 1;
    seen.set(line.reference, line);
  }
  for (const line of book) if (!seen.has(line.reference)) open += 1;
  return open;
}

function entriesOfDom(XmlDocument, bytes) {
  const document = XmlDocument.fromBuffer(bytes);
  const child = (node, name) => {
    for (let at = node?.firstChild ?? null; at !== null; at = at.next) if (at.name === name) return at;
    return null;
  };
  const entries = [];
  const message = child(document.root, 'BkToCstmrStmt');
  for (let statement = message.firstChild; statement !== null; statement = statement.next) {
    if (statement.name !== 'Stmt') continue;
    for (let entry = statement.firstChild; entry !== null; entry = entry.next) {
      if (entry.name !== 'Ntry') continue;
      const details = child(child(entry, 'NtryDtls'), 'TxDtls');
      entries.push({
        amount: BigInt(child(entry, 'Amt').content),
        direction: child(entry, 'CdtDbtInd').content,
        day: child(child(entry, 'BookgDt'), 'Dt').content,
        valueDay: child(child(entry, 'ValDt'), 'Dt').content,
        reference: child(entry, 'AcctSvcrRef').content,
        order: child(child(details, 'Refs'), 'EndToEndId').content,
        text: child(child(details, 'RmtInf'), 'Ustrd')?.content ?? '',
      });
    }
  }
  document.dispose();
  return entries.length;
}
