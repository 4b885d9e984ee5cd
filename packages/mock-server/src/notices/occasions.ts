import type { Selectable } from 'kysely';
import { readDossier } from '@bhxh/sdk/declarations/read';
import { slashDay } from '../clock/vietnam-time.ts';
import type { ServerContext } from '../context.ts';
import type { CardChange } from '../dossiers/card-change.ts';
import type { Outcome } from '../lifecycle/outcome.ts';
import { monthAfter } from '../register/stretches.ts';
import type { Connection } from '../store/store.ts';
import { bytesOf, type EventTable } from '../store/tables.ts';
import type { OutgoingMessage } from './messages.ts';

export type StoredEvent = Selectable<EventTable>;

/** Somebody who is to be told, and what stands in the places of the text. */
export interface Occasion {
  /** Facility, unit or mã số BHXH. */
  readonly owner: string;
  /** The same message about the same source is sent once. */
  readonly source: string;
  readonly values: Readonly<Record<string, string>>;
  /** Where the event itself says where to send it. */
  readonly phone?: string;
}

/** Amounts and days as people read them. */
const grouped = (amount: string): string => amount.replaceAll(/\B(?=(\d{3})+$)/g, '.');
const wholeDong = (amount: string): string => grouped(amount.replace(/\.\d+$/, ''));
const slashed = (day: string | null): string => slashDay(day?.replaceAll('-', '') ?? null) ?? '';
const slashedMoment = (text: string): string => slashed(text.slice(0, 8));

/** Who is to be told of an event by a message of this kind. */
export async function occasionsOf(
  connection: Connection,
  message: OutgoingMessage,
  event: StoredEvent,
): Promise<readonly Occasion[]> {
  const data = JSON.parse(event.data) as Readonly<Record<string, unknown>>;
  const text = (name: string): string => {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const source = String(event.id);
  switch (message.to) {
    case 'facility':
      return event.facility === null
        ? []
        : [
            {
              owner: event.facility,
              source: event.subject,
              values: { owner: event.facility, subject: event.subject },
            },
          ];
    case 'phone':
      return text('phone') === ''
        ? []
        : [{ owner: event.subject, source, phone: text('phone'), values: { code: text('code') } }];
    case 'patient':
      return await patientOccasion(connection, event);
    case 'unit': {
      const unit = text('unit');
      if (unit === '') return [];
      const dossier = await dossierOf(connection, event.subject);
      return [
        {
          owner: unit,
          source: event.subject,
          values: {
            unit,
            subject: event.subject,
            amount: wholeDong(text('amount')),
            reference: text('reference'),
            reasons: Array.isArray(data['reasons']) ? data['reasons'].join(', ') : '',
            number: dossier?.number ?? event.subject,
            procedure: dossier?.procedure_code ?? '',
            due: slashed(dossier?.due_day ?? null),
          },
        },
      ];
    }
    case 'people-who-leave': {
      const dossier = await dossierOf(connection, event.subject);
      const changes = JSON.parse(dossier?.card_changes ?? '[]') as readonly CardChange[];
      return changes.flatMap((change) =>
        change.kind === 'end'
          ? [
              {
                owner: change.bhxhNumber,
                source: event.subject,
                values: {
                  owner: change.bhxhNumber,
                  unit: dossier?.unit ?? '',
                  object: change.object,
                  on: slashed(change.on),
                },
              },
            ]
          : [],
      );
    }
    case 'person':
      return [];
    default:
      return message.to satisfies never;
  }
}

const dossierOf = (
  connection: Connection,
  id: string,
): Promise<
  | {
      unit: string;
      number: string | null;
      procedure_code: string | null;
      due_day: string | null;
      card_changes: string;
    }
  | undefined
> =>
  connection
    .selectFrom('dossier')
    .select(['unit', 'number', 'procedure_code', 'due_day', 'card_changes'])
    .where('id', '=', id)
    .executeTakeFirst();

async function patientOccasion(connection: Connection, event: StoredEvent): Promise<readonly Occasion[]> {
  const claim = await connection
    .selectFrom('submission')
    .innerJoin('visit', 'visit.submission_id', 'submission.id')
    .select(['submission.result', 'visit.card', 'visit.admitted', 'visit.discharged', 'visit.facility'])
    .where('submission.id', '=', event.subject)
    .executeTakeFirst();
  if (claim === undefined || claim.result === null || claim.card.length !== 15) return [];
  const { adjudication } = JSON.parse(claim.result) as Outcome;
  const paid = adjudication?.totals.columns['T_BHTT']?.accepted;
  if (paid === undefined) return [];
  return [
    {
      owner: claim.card.slice(5),
      source: event.subject,
      values: {
        paid: wholeDong(paid),
        admitted: slashedMoment(claim.admitted),
        discharged: slashedMoment(claim.discharged),
        facility: claim.facility,
      },
    },
  ];
}

/** How far voluntary contributions reach after a dossier that registers or renews them (form D05-TS). */
export async function learnVoluntaryTerms(
  server: Pick<ServerContext, 'specifications'>,
  connection: Connection,
  dossierId: string,
): Promise<void> {
  const stored = await connection
    .selectFrom('dossier')
    .innerJoin('dossier_bytes', 'dossier_bytes.dossier_id', 'dossier.id')
    .select('dossier_bytes.bytes')
    .where('dossier.id', '=', dossierId)
    .where('dossier.procedure_code', 'like', '602%')
    .executeTakeFirst();
  if (stored === undefined) return;
  const { dossier } = readDossier(server.specifications, bytesOf(stored.bytes));
  for (const { form, rows } of dossier.forms) {
    if (form !== 'D05-TS') continue;
    for (const { values } of rows) {
      const from = /^(0[1-9]|1[0-2])\/(\d{4})$/.exec(values['TuThang'] ?? '');
      const months = Number(values['SoThang'] ?? '');
      const number = values['MaSoBhxh'] ?? '';
      if (from === null || !Number.isInteger(months) || months < 1 || !/^\d{10}$/.test(number)) continue;
      const to_month = monthAfter(`${from[2]}-${from[1]}`, months - 1);
      await connection
        .insertInto('voluntary_term')
        .values({ bhxh_number: number, to_month })
        .onConflict((conflict) => conflict.column('bhxh_number').doUpdateSet({ to_month }))
        .execute();
    }
  }
}

/** Cards that end, and voluntary contributions that run out, within so many days from `today` (`yyyyMMdd`). */
export async function dailyOccasions(
  connection: Connection,
  what: 'cards' | 'voluntary',
  days: { readonly today: string; readonly until: string },
): Promise<readonly Occasion[]> {
  if (what === 'cards') {
    const cards = await connection
      .selectFrom('card')
      .innerJoin('contact', 'contact.owner', 'card.bhxh_number')
      .select(['card.number', 'card.bhxh_number', 'card.valid_to'])
      .where('card.valid_to', '>=', days.today)
      .where('card.valid_to', '<=', days.until)
      .orderBy('card.number')
      .execute();
    return cards.map(({ number, bhxh_number, valid_to }) => ({
      owner: bhxh_number,
      source: `${number} ${valid_to}`,
      // All but the object and the last digits, because an SMS is read by whoever holds the phone.
      values: { card: `${number.slice(0, 3)}…${number.slice(-3)}`, end: slashed(valid_to) },
    }));
  }
  const month = (day: string): string => `${day.slice(0, 4)}-${day.slice(4, 6)}`;
  const ending = await connection
    .selectFrom('voluntary_term')
    .selectAll()
    .where('to_month', '>=', month(days.today))
    .where('to_month', '<', month(days.until))
    .orderBy('bhxh_number')
    .execute();
  return ending.map(({ bhxh_number, to_month }) => ({
    owner: bhxh_number,
    source: to_month,
    values: { owner: bhxh_number, month: `${to_month.slice(5)}/${to_month.slice(0, 4)}` },
  }));
}
