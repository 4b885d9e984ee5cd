import { readClaimFile } from '../adjudication/read-claim-file.ts';
import type { Connection } from '../store/store.ts';

/**
 * Enters the serial numbers of accepted certificates, so that an employer's request of benefits can cite them. The same
 * serial of a facility that is sent again takes the place of the first.
 */
export async function learnPapers(
  connection: Connection,
  submission: { readonly id: string; readonly facility: string },
  content: Uint8Array,
): Promise<void> {
  const rows = readClaimFile(content).claims.flatMap(({ tables }) => [...tables.values()].flat());
  for (const row of rows) {
    const [serial, number] = [row.get('SO_SERI') ?? '', row.get('MA_BHXH') ?? ''];
    if (serial === '' || number === '') continue;
    const values = { bhxh_number: number, submission_id: submission.id };
    await connection
      .insertInto('paper')
      .values({ serial, facility: submission.facility, ...values })
      .onConflict((conflict) => conflict.columns(['serial', 'facility']).doUpdateSet(values))
      .execute();
  }
}
