import { openSpecifications } from '@bhxh/sdk/specifications';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Insertable } from 'kysely';
import { DESK, seedUnits } from '../seed/units.ts';
import type { DossierTable } from '../store/declaration-tables.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { openLifecycle } from './lifecycle.ts';
import { countDossiers, type DossierCount } from './statistics.ts';

const lifecycle = openLifecycle(openSpecifications(undefined, { overlay: 'synthetic' }));
let store: Store;
let last = 0;

beforeAll(async () => {
  store = await openStore('memory');
  await store.write((connection) => seedUnits(connection, false));
});
afterAll(() => store.close());

/** Stores one dossier; moments are of Vietnam. */
async function put(
  own: Pick<Insertable<DossierTable>, 'agency' | 'state'> & {
    readonly received: string;
    readonly decided?: string;
    readonly due?: string;
  },
): Promise<void> {
  last += 1;
  const { received, decided, due, agency, state } = own;
  const moment = (text: string): number => Date.parse(`${text}+07:00`);
  const row: Insertable<DossierTable> = {
    id: `D${last}`,
    unit: 'ZZ0001A',
    account_id: DESK,
    agency,
    procedure_code: '600',
    period: '2026-10',
    batch: last,
    sha256: String(last),
    size: 1,
    state,
    received_at: moment(received),
    changed_at: moment(decided ?? received),
    decided_at: decided === undefined ? null : moment(decided),
    number: null,
    due_day: due ?? null,
    is_due_provisional: 0,
    scenario: null,
    reasons: '[]',
    findings: '[]',
    card_changes: '[]',
  };
  await store.write(async (connection) => {
    await connection.insertInto('dossier').values(row).execute();
  });
}

const count = (own: Partial<Parameters<typeof countDossiers>[2]> = {}): Promise<readonly DossierCount[]> =>
  countDossiers(store.read, lifecycle, {
    agencies: ['09901', '09902'],
    now: new Date('2026-10-20T00:00:00+07:00'),
    ...own,
  });

it('counts a dossier on time until the last minute of its day, and late from the next one, decided or not', async () => {
  const one = { agency: '09901', received: '2026-10-05T09:00:00', due: '2026-10-12' };
  await put({ ...one, state: 'completed', decided: '2026-10-09T10:00:00' });
  await put({ ...one, state: 'completed', decided: '2026-10-12T23:59:00' });
  await put({ ...one, state: 'completed', decided: '2026-10-13T00:01:00' });
  // Still open: one beyond its day, one before it, one that has no day yet.
  await put({ ...one, state: 'processing' });
  await put({ ...one, state: 'approval', due: '2026-10-20' });
  await put({ agency: '09901', received: one.received, state: 'recorded' });
  // Refused and rejected ones have no result that could be late.
  await put({ agency: '09901', received: one.received, state: 'refused', decided: '2026-10-05T09:03:00' });
  await put({ ...one, state: 'rejected', decided: '2026-10-14T10:00:00' });
  expect(await count()).toEqual([
    {
      agency: '09901',
      month: '2026-10',
      received: 8,
      completed: 3,
      onTime: 2,
      late: 2,
      open: 3,
      rejected: 2,
    },
  ]);
  const [later] = await count({ now: new Date('2026-10-21T00:00:00+07:00') });
  expect(later).toMatchObject({ onTime: 2, late: 3 });
});

it('keeps agencies and months apart, by the day in Vietnam', async () => {
  // In October in Vietnam, in September by UTC; and the other way round for November.
  await put({ agency: '09902', received: '2026-10-01T00:30:00', state: 'recorded' });
  await put({ agency: '09902', received: '2026-11-01T00:30:00', state: 'recorded' });
  const lines = await count();
  expect(lines.map(({ agency, month, received }) => `${agency} ${month} ${received}`)).toEqual([
    '09901 2026-10 8',
    '09902 2026-10 1',
    '09902 2026-11 1',
  ]);
  expect(await count({ agencies: [] })).toEqual([]);
  const november = { from: new Date('2026-11-01T00:00:00+07:00'), to: new Date('2026-12-01T00:00:00+07:00') };
  expect((await count(november)).map(({ agency, month }) => `${agency} ${month}`)).toEqual(['09902 2026-11']);
});
