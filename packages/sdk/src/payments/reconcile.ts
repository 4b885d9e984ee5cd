import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PartitionWriter, readPartition } from './partitions.ts';
import { compareDifferences, reconcileLines, Run, type LinesResult } from './reconcile-lines.ts';
import type { Difference, ReconciliationLine, ReconciliationRules } from './reconciliation-rules.ts';

type Lines = AsyncIterable<ReconciliationLine> | Iterable<ReconciliationLine>;

export interface WorkFolder {
  /** Holds the partitions; may be continued by a later run on the same input. */
  readonly path: string;
  /** Names the input: another one starts from nothing. */
  readonly fingerprint: string;
  /** Parts of the input; one of them at a time is in memory. */
  readonly partitions?: number;
}

/**
 * Compares two sources of movements. Without a work folder both are held in memory. With one they are spread over
 * files, and memory holds one part, plus the lines that carry no number of the bank or found no partner by it. An
 * interrupted run goes on where it stopped. Both ways give the same result.
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
  const left: { bank: ReconciliationLine[]; book: ReconciliationLine[] } = { bank: [], book: [] };
  for (let index = 0; index < count; index += 1) {
    const part = partResult(work.path, index, rules);
    run.result.differences.push(...part.differences);
    run.result.matched['exact-reference'] += part.matched;
    left.bank.push(...part.left.bank);
    left.book.push(...part.left.book);
    for (const side of ['bank', 'book'] as const) {
      for (const way of ['credits', 'debits'] as const) {
        run.result[side][way].count += part.totals[side][way].count;
        run.result[side][way].sum += BigInt(part.totals[side][way].sum);
      }
    }
  }
  run.later(left);
  for (let index = 0; index < count; index += 1)
    run.doublePayments(readPartition(work.path, 'orders', index));
  run.result.differences.sort(compareDifferences);
  return run.result;
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

interface PartResult {
  readonly differences: readonly Difference[];
  readonly matched: number;
  readonly left: {
    readonly bank: readonly ReconciliationLine[];
    readonly book: readonly ReconciliationLine[];
  };
  readonly totals: Readonly<
    Record<
      'bank' | 'book',
      Readonly<Record<'credits' | 'debits', { readonly count: number; readonly sum: string }>>
    >
  >;
}

/** Reads the finished part, or computes it and keeps it whole. */
function partResult(folder: string, index: number, rules: ReconciliationRules): PartResult {
  const path = resultPath(folder, index);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as PartResult;
  const run = new Run(rules);
  const bank = readPartition(folder, 'bank', index);
  const book = readPartition(folder, 'book', index);
  run.count(run.result.bank, bank);
  run.count(run.result.book, book);
  const left = rules.stages.includes('exact-reference') ? run.exactReference(bank, book) : { bank, book };
  const totals = (side: 'bank' | 'book'): PartResult['totals']['bank'] => ({
    credits: { count: run.result[side].credits.count, sum: String(run.result[side].credits.sum) },
    debits: { count: run.result[side].debits.count, sum: String(run.result[side].debits.sum) },
  });
  const result: PartResult = {
    differences: run.result.differences,
    matched: run.result.matched['exact-reference'],
    left,
    totals: { bank: totals('bank'), book: totals('book') },
  };
  writeFileSync(`${path}.tmp`, JSON.stringify(result));
  renameSync(`${path}.tmp`, path);
  return result;
}

function resultPath(folder: string, index: number): string {
  return join(folder, `result-${String(index).padStart(4, '0')}.json`);
}
