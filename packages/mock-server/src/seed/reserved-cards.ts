import { readSpec } from '../contract/specs-folder.ts';
import type { Connection } from '../store/store.ts';

interface ReservedCards {
  readonly hoTen: string;
  readonly ngaySinh: string;
  readonly gioiTinh: number;
  readonly diaChi: string;
  readonly maDKBD: string;
  readonly tenDKBD: string;
  readonly cqBHXH: string;
  readonly maKV: string;
  readonly gtTheTu: string;
  readonly gtTheDen: string;
  readonly ngayDu5Nam: string;
  readonly cards: readonly {
    readonly code: string;
    readonly gtTheDen?: string;
    readonly replacedBy?: string;
  }[];
  readonly officer: { readonly hoTenCb: string; readonly cccdCb: string };
}

export function readReservedCards(): ReservedCards {
  return readSpec('scenarios/register/cards.yaml') as ReservedCards;
}

export const reservedBhxhNumber = (code: string): string => `9900000${code}`;
export const reservedCitizenId = (code: string): string => `099000000${code}`;
export const reservedCard = (code: string): string => `DN499${reservedBhxhNumber(code)}`;

/** Puts the reserved cards into the register; rows that are there already stay as they are. */
export async function seedReservedCards(connection: Connection): Promise<void> {
  const reserved = readReservedCards();
  await connection
    .insertInto('person')
    .values(
      reserved.cards.map(({ code }) => ({
        bhxh_number: reservedBhxhNumber(code),
        full_name: reserved.hoTen,
        birth_date: reserved.ngaySinh,
        sex: reserved.gioiTinh,
        address: reserved.diaChi,
        cccd: reservedCitizenId(code),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await connection
    .insertInto('card')
    .values(
      reserved.cards.map(({ code, gtTheDen, replacedBy }) => ({
        number: reservedCard(code),
        bhxh_number: reservedBhxhNumber(code),
        valid_from: reserved.gtTheTu,
        valid_to: gtTheDen ?? reserved.gtTheDen,
        registered_facility: reserved.maDKBD,
        registered_facility_name: reserved.tenDKBD,
        agency: reserved.cqBHXH,
        area: reserved.maKV === '' ? null : reserved.maKV,
        five_years_on: reserved.ngayDu5Nam,
        notice_code: code === '000' ? null : code,
        replaced_by: replacedBy === undefined ? null : reservedCard(replacedBy),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
