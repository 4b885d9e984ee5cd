import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ReconciliationLine } from './reconciliation-rules.ts';

const PACK = 65_536;

/** Lines spread over files by a key, so that one part fits into memory. */
export class PartitionWriter {
  readonly #descriptors: number[];
  readonly #pending: string[];

  constructor(folder: string, name: string, count: number) {
    this.#descriptors = Array.from({ length: count }, (_, index) =>
      openSync(partitionPath(folder, name, index), 'w'),
    );
    this.#pending = Array.from({ length: count }, () => '');
  }

  write(line: ReconciliationLine, key: string): void {
    const index = hashOf(key) % this.#descriptors.length;
    const text = `${this.#pending[index] ?? ''}${encode(line)}\n`;
    if (text.length < PACK) this.#pending[index] = text;
    else {
      this.#flush(index, text);
      this.#pending[index] = '';
    }
  }

  close(): void {
    for (const [index, descriptor] of this.#descriptors.entries()) {
      this.#flush(index, this.#pending[index] ?? '');
      closeSync(descriptor);
    }
  }

  #flush(index: number, text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptors[index] ?? -1, bytes, at);
  }
}

export function partitionPath(folder: string, name: string, index: number): string {
  return join(folder, `${name}-${String(index).padStart(4, '0')}.jsonl`);
}

export function readPartition(folder: string, name: string, index: number): ReconciliationLine[] {
  const text = readFileSync(partitionPath(folder, name, index), 'utf8');
  const lines: ReconciliationLine[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    lines.push(decode(text.slice(at, end)));
    at = end + 1;
  }
  return lines;
}

function encode(line: ReconciliationLine): string {
  const { id, account, reference, order, batch, direction, amount, day, text, isReversal } = line;
  return JSON.stringify([
    id,
    account,
    reference,
    order,
    batch,
    direction === 'credit' ? 1 : 0,
    amount,
    day,
    text,
    isReversal ? 1 : 0,
  ]);
}

type Encoded = readonly [string, string, string, string, string, number, number, string, string, number];

function decode(text: string): ReconciliationLine {
  const [id, account, reference, order, batch, isCredit, amount, day, words, isReversal] = JSON.parse(
    text,
  ) as Encoded;
  return {
    id,
    account,
    reference,
    order,
    batch,
    direction: isCredit === 1 ? 'credit' : 'debit',
    amount,
    day,
    text: words,
    isReversal: isReversal === 1,
  };
}

/** FNV-1a over UTF-16 units. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1)
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
