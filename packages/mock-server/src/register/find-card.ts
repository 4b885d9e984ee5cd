import type { Specifications } from '@bhxh/sdk/specifications';
import { compactDay } from '../clock/vietnam-time.ts';
import { readTogether } from '../store/read-together.ts';
import type { Store } from '../store/store.ts';
import type { CardTable, PersonTable } from '../store/tables.ts';

export type RegisteredCard = CardTable & PersonTable;

export interface CardQuestion {
  /** BHXH number (10), CCCD (12) or card (15 characters). */
  readonly maThe: string;
  readonly hoTen: string;
  readonly ngaySinh: string;
}

/** The look-up code, and the card where the asker has shown that he knows whose it is. */
export interface CardAnswer {
  readonly code: string;
  readonly card?: RegisteredCard;
  readonly newCard?: RegisteredCard;
}

const columns = [
  'card.number',
  'card.bhxh_number',
  'card.valid_from',
  'card.valid_to',
  'card.registered_facility',
  'card.registered_facility_name',
  'card.agency',
  'card.area',
  'card.five_years_on',
  'card.notice_code',
  'card.replaced_by',
  'person.full_name',
  'person.birth_date',
  'person.sex',
  'person.address',
  'person.cccd',
] as const;

/** The newest card under a card's number (15 characters), a BHXH number (10) or a CCCD (12). */
export type CardReader = (number: string) => Promise<RegisteredCard | undefined>;

export function createCardReader(store: Store): CardReader {
  const by = (column: 'card.number' | 'card.bhxh_number' | 'person.cccd'): CardReader => {
    const field = column.slice(column.indexOf('.') + 1) as 'number' | 'bhxh_number' | 'cccd';
    return readTogether(store, async (numbers, anyOf) => {
      const rows = await store.read
        .selectFrom('card')
        .innerJoin('person', 'person.bhxh_number', 'card.bhxh_number')
        .select(columns)
        .where(column, '=', anyOf(numbers))
        .orderBy('card.valid_to')
        .execute();
      return new Map(rows.map((row) => [row[field] ?? '', row]));
    });
  };
  const [byCard, byPerson, byCitizen] = [by('card.number'), by('card.bhxh_number'), by('person.cccd')];
  return (number) =>
    number.length === 10 ? byPerson(number) : number.length === 12 ? byCitizen(number) : byCard(number);
}

/** Reads the register for one card; identity is checked before the card's state is told. */
export async function findCard(
  readCard: CardReader,
  specifications: Specifications,
  question: CardQuestion,
  now: Date,
): Promise<CardAnswer> {
  const wrong = wrongShape(question.maThe, specifications);
  if (wrong !== undefined) return { code: wrong };
  const card = await readCard(question.maThe);
  if (card === undefined) return { code: '050' };
  const name = compareNames(question.hoTen, card.full_name);
  if (name !== undefined) return { code: name };
  if (!sameBirthDate(question.ngaySinh, card.birth_date)) return { code: '070' };
  const newCard = card.replaced_by === null ? undefined : await readCard(card.replaced_by);
  const isExpired = card.valid_to < compactDay(now);
  const code = card.notice_code ?? (isExpired ? '010' : '000');
  return { code, card, ...(newCard === undefined ? {} : { newCard }) };
}

/** 205 for a number of no known kind; 051, 052, 053 for a card whose object, province or benefit is none. */
function wrongShape(number: string, specifications: Specifications): string | undefined {
  if (/^\d{10}$/.test(number) || /^\d{12}$/.test(number)) return undefined;
  if (number.length !== 15) return '205';
  if (!/^[A-Z]{2}/.test(number)) return '051';
  const knows = (list: string, code: string): boolean =>
    specifications.codeList(list).entries.some((entry) => entry.code === code);
  if (!knows('card-object-codes', number.slice(0, 2))) return '051';
  if (!/^[1-5]$/.test(number.slice(2, 3))) return '053';
  const province = number.slice(3, 5);
  if (!knows('provinces-63', province) && !knows('provinces-34', province)) return '052';
  return /^\d{10}$/.test(number.slice(5)) ? undefined : '051';
}

export const plainName = (name: string): string =>
  name.normalize('NFC').toLocaleUpperCase('vi').trim().replace(/\s+/g, ' ');

function compareNames(asked: string, registered: string): '060' | '061' | undefined {
  const [left, right] = [plainName(asked), plainName(registered)];
  if (left === right) return undefined;
  return left[0] === right[0] ? '061' : '060';
}

/** Takes dd/MM/yyyy, ddMMyyyy, MM/yyyy and yyyy, and compares as much as both sides know. */
export function sameBirthDate(asked: string, registered: string): boolean {
  const digits =
    /^(\d{2})\/?(\d{2})\/?(\d{4})$/.exec(asked) ??
    /^()(\d{2})\/(\d{4})$/.exec(asked) ??
    /^()()(\d{4})$/.exec(asked);
  if (digits === null) return false;
  const [, day, month, year] = digits;
  if (year !== registered.slice(0, 4)) return false;
  const fits = (part: string | undefined, known: string): boolean =>
    part === undefined || part === '' || part === '00' || known === '00' || part === known;
  return fits(month, registered.slice(4, 6)) && fits(day, registered.slice(6, 8));
}
