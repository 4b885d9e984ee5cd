import { randomUUID } from 'node:crypto';
import { monthsBetween } from '@bhxh/sdk/contributions';
import { compactDay, slashDay } from '../clock/vietnam-time.ts';
import { readSpec } from '../contract/specs-folder.ts';
import type { ServerContext } from '../context.ts';
import { openLifecycle } from '../dossiers/lifecycle.ts';
import type { Connection } from '../store/store.ts';
import { fillText } from './messages.ts';
import { storeNotice } from './notice-writer.ts';

interface Inquiry {
  readonly kind: 'participation' | 'participation-months' | 'participation-years' | 'card' | 'dossier';
  readonly pattern: string;
  readonly answer: string;
}

interface Incoming {
  readonly inquiries: readonly Inquiry[];
  readonly nothing: string;
  readonly help: string;
}

type Values = Readonly<Record<string, string>>;

let incoming: Incoming | undefined;

/** The first way of asking that a text fits, with what stands in its places. */
export function readInquiry(text: string): { readonly inquiry: Inquiry; readonly asked: Values } | undefined {
  incoming ??= readSpec('notifications/incoming.yaml') as Incoming;
  const plain = text.normalize('NFC').trim().toUpperCase().replaceAll(/\s+/g, ' ');
  for (const inquiry of incoming.inquiries) {
    const match = new RegExp(inquiry.pattern, 'u').exec(plain);
    if (match !== null) return { inquiry, asked: { ...match.groups } };
  }
  return undefined;
}

/** Answers an inbound look-up SMS; the answer is stored with the other messages and given back. */
export async function answerSms(
  server: ServerContext,
  sms: { readonly from: string; readonly text: string },
): Promise<{ readonly kind: string; readonly text: string }> {
  const { store, clock } = server;
  const found = readInquiry(sms.text);
  const { nothing, help } = incoming as Incoming;
  const values = found === undefined ? undefined : await valuesOf(server, found.inquiry, found.asked);
  const text =
    found === undefined
      ? help
      : values === undefined
        ? nothing
        : fillText(found.inquiry.answer, { ...found.asked, ...values });
  const id = randomUUID();
  await store.write((connection) =>
    storeNotice(connection, {
      id,
      at: clock.now().getTime(),
      channel: 'sms',
      kind: 'reply',
      owner: sms.from,
      recipient: sms.from,
      text,
      source: id,
    }),
  );
  return { kind: found?.inquiry.kind ?? 'unknown', text };
}

function valuesOf(server: ServerContext, inquiry: Inquiry, asked: Values): Promise<Values | undefined> {
  const { read } = server.store;
  const [number = '', from = '', to = ''] = [asked['number'], asked['from'], asked['to']];
  switch (inquiry.kind) {
    case 'participation':
      return participation(server, number, '0000-01', thisMonth(server));
    case 'participation-months':
      return participation(server, number, isoMonth(from), isoMonth(to));
    case 'participation-years':
      return participation(server, number, `${from}-01`, `${to}-12`).then((values) =>
        values === undefined ? undefined : { ...values, from, to },
      );
    case 'card':
      return cardValues(read, asked['card'] ?? '');
    case 'dossier':
      return dossierValues(server, asked['dossier'] ?? '');
    default:
      return inquiry.kind satisfies never;
  }
}

const isoMonth = (month: string): string => `${month.slice(2)}-${month.slice(0, 2)}`;
const shownMonth = (month: string): string => `${month.slice(5)}/${month.slice(0, 4)}`;

function thisMonth({ clock }: ServerContext): string {
  const day = compactDay(clock.now());
  return `${day.slice(0, 4)}-${day.slice(4, 6)}`;
}

/** Months of participation within two months, both included; a month at two units counts once. */
async function participation(
  server: ServerContext,
  number: string,
  from: string,
  to: string,
): Promise<Values | undefined> {
  const stretches = await server.store.read
    .selectFrom('membership')
    .select(['unit', 'from_month', 'to_month', 'absence'])
    .where('bhxh_number', '=', number)
    .orderBy('from_month')
    .execute();
  if (stretches.length === 0) return undefined;
  const now = thisMonth(server);
  const months = new Set<string>();
  let last = { month: '', unit: '' };
  for (const { unit, from_month, to_month, absence } of stretches) {
    const first = from_month < from ? from : from_month;
    const end = [to_month ?? now, to, now].toSorted()[0] ?? now;
    if (absence !== null || end < first) continue;
    for (const month of monthsBetween(first, end)) months.add(month);
    if (end > last.month) last = { month: end, unit };
  }
  return {
    months: String(months.size),
    last: last.month === '' ? '' : shownMonth(last.month),
    unit: last.unit,
    ...(from === '0000-01' ? {} : { from: shownMonth(from), to: shownMonth(to) }),
  };
}

async function cardValues(read: Connection, asked: string): Promise<Values | undefined> {
  const card = await read
    .selectFrom('card')
    .select(['number', 'valid_from', 'valid_to'])
    .where(asked.length === 10 ? 'bhxh_number' : 'number', '=', asked)
    .orderBy('valid_to', 'desc')
    .executeTakeFirst();
  if (card === undefined) return undefined;
  return { from: slashDay(card.valid_from) ?? '', to: slashDay(card.valid_to) ?? '' };
}

async function dossierValues(server: ServerContext, asked: string): Promise<Values | undefined> {
  const dossier = await server.store.read
    .selectFrom('dossier')
    .select(['state', 'due_day'])
    .where((s) => s.or([s('number', '=', asked), s('id', '=', asked)]))
    .executeTakeFirst();
  if (dossier === undefined) return undefined;
  return {
    state: withoutMarks(openLifecycle(server.specifications).state(dossier.state).label.vi),
    due: slashDay(dossier.due_day?.replaceAll('-', '') ?? null) ?? '',
  };
}

/** An SMS with marks costs several; the operators' alphabet has none. */
const withoutMarks = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    // The one letter of the alphabet that does not come apart into a letter and a mark.
    .replaceAll('\u0111', 'd')
    .replaceAll('\u0110', 'D');
