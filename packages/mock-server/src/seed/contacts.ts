import type { Specifications } from '@bhxh/sdk/specifications';
import type { Connection } from '../store/store.ts';
import { readReservedCards, reservedBhxhNumber } from './reserved-cards.ts';
import { demoUnits } from './units.ts';

/** Phones of the reserved range in the order of those who have them. */
const phone = (place: number): string => `0990000${String(place).padStart(3, '0')}`;
/** A domain that can never be somebody's. */
const email = (name: string): string => `${name.toLowerCase()}@thu-nghiem.invalid`;

/** Facilities, units and the people of the reserved cards are reached at made-up places. */
export async function seedContacts(connection: Connection, specifications: Specifications): Promise<void> {
  const owners = [
    ...specifications.reserved.facilities.map(({ code }) => code),
    ...demoUnits().map(({ code }) => code),
    ...readReservedCards().cards.map(({ code }) => reservedBhxhNumber(code)),
  ];
  await connection
    .insertInto('contact')
    .values(owners.map((owner, index) => ({ owner, phone: phone(index + 1), email: email(owner) })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
