import { PartitionWriter, readPartition } from './partitions.ts';
import {
  batchesNamedBy,
  batchKey,
  keyOf,
  laterSteps,
  toleranceKey,
  type LaterStep,
  type Leftover,
  type Run,
} from './reconcile-lines.ts';
import type { ReconciliationLine, ReconciliationRules } from './reconciliation-rules.ts';

/**
 * The later stages over files, for input of which much found no partner by the bank's number. Lines that may meet in a step
 * share a part, so the result is that of one run in memory. Of the batch step only the lines of batches, and those that name
 * one, are held together.
 */
export function laterOnDisk(
  run: Run,
  rules: ReconciliationRules,
  parts: Iterable<Leftover>,
  folder: string,
  count: number,
): void {
  const steps = laterSteps(rules);
  const writersFor = (number: number): Writers =>
    new Writers(folder, `later-${number}`, count, steps[number]);
  let next = writersFor(0);
  for (const part of parts) next.write(part);
  next.close();
  for (const [number, step] of steps.entries()) {
    next = writersFor(number + 1);
    const name = `later-${number}`;
    if (step.kind === 'one-to-many') groups(run, step, folder, name, count, next);
    else
      for (let index = 0; index < count; index += 1) {
        const part = readPart(folder, name, index);
        run.step(step, part);
        next.write(part);
      }
    next.close();
  }
  for (let index = 0; index < count; index += 1)
    run.unmatched(readPart(folder, `later-${steps.length}`, index));
}

class Writers {
  readonly #bank: PartitionWriter;
  readonly #book: PartitionWriter;
  readonly #step: LaterStep | undefined;

  constructor(folder: string, name: string, count: number, step: LaterStep | undefined) {
    this.#bank = new PartitionWriter(folder, `${name}-bank`, count);
    this.#book = new PartitionWriter(folder, `${name}-book`, count);
    this.#step = step;
  }

  write({ bank, book }: Leftover): void {
    for (const line of bank) this.#bank.write(line, this.#placeOf(line));
    for (const line of book) this.#book.write(line, this.#placeOf(line));
  }

  close(): void {
    this.#bank.close();
    this.#book.close();
  }

  #placeOf(line: ReconciliationLine): string {
    const own = this.#step;
    if (own?.kind === 'composite-key') return keyOf(line, own.fields) ?? line.id;
    return own?.kind === 'tolerance' ? toleranceKey(line) : line.id;
  }
}

function readPart(folder: string, name: string, index: number): Leftover {
  return {
    bank: readPartition(folder, `${name}-bank`, index),
    book: readPartition(folder, `${name}-book`, index),
  };
}

function groups(run: Run, step: LaterStep, folder: string, name: string, count: number, next: Writers): void {
  const batches = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    const { bank, book } = readPart(folder, name, index);
    for (const line of [...bank, ...book]) if (line.batch !== '') batches.add(batchKey(line, line.batch));
  }
  const takesPart = (line: ReconciliationLine): boolean =>
    line.batch !== '' || batchesNamedBy(line).some((key) => batches.has(key));
  const together: Leftover = { bank: [], book: [] };
  for (let index = 0; index < count; index += 1) {
    const part = readPart(folder, name, index);
    const apart: Leftover = { bank: [], book: [] };
    for (const side of ['bank', 'book'] as const)
      for (const line of part[side]) (takesPart(line) ? together : apart)[side].push(line);
    next.write(apart);
  }
  run.step(step, together);
  next.write(together);
}
