// A PostgreSQL for the tests of a file, and for each test a folder and a schema of its own; journals opened here are closed afterwards.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { Journal, JournalOptions, NewItem } from '../src/submission/index.ts';
import { startPostgres, type TestPostgres } from '../../mock-server/test/postgres.ts';

/** A database on a busy machine is slow, not wrong. */
const patience = 240_000;

export interface JournalWorld<Opened extends Journal> {
  readonly postgres: TestPostgres;
  readonly folder: string;
  readonly schema: string;
  /** Of the test's own schema. */
  readonly address: string;
  open(options?: Partial<JournalOptions>): Promise<Opened>;
}

/** Registers what stands before and after each test of the file; `open` uses the address unless a path is given. */
export function journalWorld<Opened extends Journal>(
  name: string,
  opener: (options: JournalOptions & { readonly path: string }) => Promise<Opened>,
): JournalWorld<Opened> {
  vi.setConfig({ testTimeout: patience, hookTimeout: patience });
  let postgres: TestPostgres;
  let folder = '';
  let schemas = 0;
  let journals: Opened[] = [];
  const world: JournalWorld<Opened> = {
    get postgres() {
      return postgres;
    },
    get folder() {
      return folder;
    },
    get schema() {
      return `${name}_${schemas}`;
    },
    get address() {
      return `${postgres.address}?schema=${world.schema}`;
    },
    async open(options = {}) {
      const journal = await opener({
        path: world.address,
        keyFile: join(folder, 'key'),
        env: { BHXH_STATE_HOME: join(folder, 'state') },
        now: () => new Date(),
        ...options,
      });
      journals.push(journal);
      return journal;
    },
  };
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), `bhxh-${name}-`));
    schemas += 1;
  });
  afterEach(async () => {
    for (const journal of journals) await journal.close().catch(() => {});
    journals = [];
    await rm(folder, { recursive: true, force: true });
  });
  return world;
}

export const bytesOf = (number: number): Buffer =>
  Buffer.from(`<A>document ${number} of a synthetic patient</A>`);

/** An item of the bytes with this number. */
export function numberedItem(number: number, extra: Partial<NewItem> = {}): NewItem {
  const bytes = bytesOf(number);
  return {
    sender: 'mock/99001',
    kind: 'claim',
    route: 'claim:3176',
    key: `LK${number}`,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
    path: `/in/${number}.xml`,
    ...extra,
  };
}
