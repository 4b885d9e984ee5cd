import type { ClaimRow } from '../adjudication/read-claim-file.ts';
import type { Connection } from '../store/store.ts';

/** Enters the patient of a claim into the register, unless he is there; what the claim does not say stays empty. */
export async function learnPatient(connection: Connection, summary: ClaimRow): Promise<void> {
  const field = (name: string): string => summary.get(name) ?? '';
  const first = (name: string): string => field(name).split(';')[0] ?? '';
  const number = first('MA_THE_BHYT');
  if (number.length !== 15 || field('HO_TEN') === '') return;
  const bhxhNumber = number.slice(5);
  const citizenId = field('SO_CCCD');
  await connection
    .insertInto('person')
    .values({
      bhxh_number: bhxhNumber,
      full_name: field('HO_TEN'),
      birth_date: field('NGAY_SINH').slice(0, 8),
      sex: field('GIOI_TINH') === '1' ? 1 : 2,
      address: field('DIA_CHI'),
      cccd: citizenId.length === 12 ? citizenId : null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const person = await connection
    .selectFrom('person')
    .select('bhxh_number')
    .where('bhxh_number', '=', bhxhNumber)
    .executeTakeFirst();
  // Another person holds this CCCD: the register is right, the claim is not learned from.
  if (person === undefined) return;
  await connection
    .insertInto('card')
    .values({
      number,
      bhxh_number: bhxhNumber,
      valid_from: first('GT_THE_TU').slice(0, 8),
      valid_to: first('GT_THE_DEN').slice(0, 8) || '99991231',
      registered_facility: first('MA_DKBD'),
      registered_facility_name: '',
      agency: '',
      area: field('MA_KHUVUC') === '' ? null : field('MA_KHUVUC'),
      five_years_on: field('NAM_NAM_LIEN_TUC') === '' ? null : field('NAM_NAM_LIEN_TUC').slice(0, 8),
      notice_code: null,
      replaced_by: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
