import { readTogether } from '../store/read-together.ts';
import type { Store } from '../store/store.ts';
import type { FacilityTable } from '../store/tables.ts';

/** What a call needs to know of the facility it names. */
export type RegisteredFacility = Pick<FacilityTable, 'code' | 'name' | 'issues_certificates' | 'status'>;

export type FacilityReader = (code: string) => Promise<RegisteredFacility | undefined>;

export function createFacilityReader(store: Store): FacilityReader {
  return readTogether(store, async (codes, anyOf) => {
    const rows = await store.read
      .selectFrom('facility')
      .select(['code', 'name', 'issues_certificates', 'status'])
      .where('code', '=', anyOf(codes))
      .execute();
    return new Map(rows.map((row) => [row.code, row]));
  });
}
