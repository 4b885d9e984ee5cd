import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PartitionWriter, readPartition } from './partitions.ts';
import { laterOnDisk } from './later-on-disk.ts';
import { reconcileLines, Run, type Leftover, type LinesResult, type SideTotals } from './reconcile-lines.ts';
import type { Difference, ReconciliationLine, ReconciliationRules } from './reconciliation-rules.ts';

type Lines = AsyncIterable<ReconciliationLine> | Iterable<ReconciliationLine>;

export interface WorkFolder {
  /** Holds the partitions; may be continued by a later run on the same input. */
  readonly path: string;
  /** Names the input: another one starts from nothing. */
  readonly fingerprint: string;
  /** Parts of the input; one of them at a time is in memory. */
  readonly partitions?: number;
  /** So many lines without a partner are still compared in memory; more of them go over files again. 400,000 if not given. */
  readonly linesInMemory?: number;
}

/**
 * Compares two sources of movements. Without a work folder both are held in memory. With one they are spread over
 * files, and memory holds one part of them and the differences. An interrupted run goes on where it stopped. Both ways
 * give the same result.
 */
export async function reconcile(
  bank: Lines,
  book: Lines,
  rules: ReconciliationRules,
  work?: WorkFolder,
): Promise<LinesResult> {
  if (work === undefined) return reconcileLines(await collect(bank), await collect(book), rules);
  const count = work.partitions ?? 64;
  await partition(bank, book, work, count);
  const run = new Run(rules);
  let lines = 0;
  for (let index = 0; index < count; index += 1) {
    const { differences, matched, left, accounts } = partResult(work.path, index, rules);
    // A part may hold more differences than a call takes arguments.
    for (const difference of differences) run.result.differences.push(difference);
    run.result.matched['exact-reference'] += matched;
    lines += left.bank.length + left.book.length;
    for (const [account, totals] of accounts)
      for (const side of ['bank', 'book'] as const) {
        const { credits, debits } = totals[side];
        run.add(side, account, {
          credits: { count: credits.count, sum: BigInt(credits.sum) },
          debits: { count: debits.count, sum: BigInt(debits.sum) },
        });
      }
  }
  const parts = function* (): Generator<Leftover> {
    for (let index = 0; index < count; index += 1) yield partResult(work.path, index, rules).left;
  };
  if (lines > (work.linesInMemory ?? 400_000)) laterOnDisk(run, rules, parts(), work.path, count);
  else {
    const left: Leftover = { bank: [], book: [] };
    for (const part of parts())
      for (const side of ['bank', 'book'] as const) for (const line of part[side]) left[side].push(line);
    run.later(left);
  }
  for (let index = 0; index < count; index += 1)
    run.doublePayments(readPartition(work.path, 'orders', index));
  return run.finish();
}

async function collect(lines: Lines): Promise<ReconciliationLine[]> {
  const all: ReconciliationLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

async function partition(bank: Lines, book: Lines, work: WorkFolder, count: number): Promise<void> {
  const mark = join(work.path, 'partitioned.json');
  const state = JSON.stringify({ fingerprint: work.fingerprint, count });
  if (existsSync(mark) && readFileSync(mark, 'utf8') === state) return;
  mkdirSync(work.path, { recursive: true });
  rmSync(mark, { force: true });
  for (let index = 0; index < count; index += 1) rmSync(resultPath(work.path, index), { force: true });
  const writers = {
    bank: new PartitionWriter(work.path, 'bank', count),
    book: new PartitionWriter(work.path, 'book', count),
    orders: new PartitionWriter(work.path, 'orders', count),
  };
  try {
    for await (const line of bank) {
      writers.bank.write(line, `${line.account} ${line.reference}`);
      if (line.order !== '' && line.direction === 'credit' && !line.isReversal)
        writers.orders.write(line, line.order);
    }
    for await (const line of book) writers.book.write(line, `${line.account} ${line.reference}`);
  } finally {
    for (const writer of Object.values(writers)) writer.close();
  }
  writeFileSync(mark, state);
}

type PartTotals = Readonly<
  Record<
    'bank' | 'book',
    Readonly<Record<'credits' | 'debits', { readonly count: number; readonly sum: string }>>
  >
>;

interface PartResult {
  readonly differences: readonly Difference[];
  readonly matched: number;
  readonly left: Leftover;
  readonly accounts: readonly (readonly [string, PartTotals])[];
}

/** Reads the finished part, or computes it and keeps it whole. */
function partResult(folder: string, index: number, rules: ReconciliationRules): PartResult {
  const path = resultPath(folder, index);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as PartResult;
  const run = new Run(rules);
  const bank = readPartition(folder, 'bank', index);
  const book = readPartition(folder, 'book', index);
  run.count('bank', bank);
  run.count('book', book);
  const left = rules.stages.includes('exact-reference') ? run.exactReference(bank, book) : { bank, book };
  const figures = ({ credits, debits }: SideTotals): PartTotals['bank'] => ({
    credits: { count: credits.count, sum: String(credits.sum) },
    debits: { count: debits.count, sum: String(debits.sum) },
  });
  const result: PartResult = {
    differences: run.result.differences,
    matched: run.result.matched['exact-reference'],
    left,
    accounts: [...run.result.accounts].map(
      ([account, totals]) => [account, { bank: figures(totals.bank), book: figures(totals.book) }] as const,
    ),
  };
  writeFileSync(`${path}.tmp`, JSON.stringify(result));
  renameSync(`${path}.tmp`, path);
  return result;
}

function resultPath(folder: string, index: number): string {
  return join(folder, `result-${String(index).padStart(4, '0')}.json`);
}
