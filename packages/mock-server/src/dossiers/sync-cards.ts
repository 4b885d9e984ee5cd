import type { ServerContext } from '../context.ts';
import type { JobWork } from '../jobs/attempt-job.ts';
import { compactDay } from '../clock/vietnam-time.ts';
import type { Connection } from '../store/store.ts';
import type { CardChange } from './card-change.ts';

export const CARD_JOB = 'card-sync';

/** The daily run that brings decided changes into the card register, which hospitals look cards up in. */
export function cardWork({ store }: ServerContext): JobWork {
  return async (job) => {
    await store.write(async (connection) => {
      const mine = await connection
        .deleteFrom('job')
        .where('id', '=', job.id)
        .returning('due_at')
        .executeTakeFirst();
      if (mine === undefined) return;
      const row = await connection
        .selectFrom('dossier')
        .select(['card_changes', 'agency'])
        .where('id', '=', job.subject)
        .executeTakeFirst();
      const changes = JSON.parse(row?.card_changes ?? '[]') as readonly CardChange[];
      for (const change of changes) await applyChange(connection, change, row?.agency ?? '');
      await connection
        .insertInto('event')
        .values({
          at: Number(mine.due_at),
          type: 'cards.synchronised',
          facility: null,
          subject: job.subject,
          data: JSON.stringify({ on: compactDay(new Date(Number(mine.due_at))), changes: changes.length }),
        })
        .execute();
    });
  };
}

async function applyChange(connection: Connection, change: CardChange, agency: string): Promise<void> {
  switch (change.kind) {
    case 'give': {
      const values = {
        bhxh_number: change.bhxhNumber,
        valid_from: change.from,
        valid_to: change.to,
        registered_facility: change.facility,
        registered_facility_name: '',
        agency,
        area: null,
        five_years_on: null,
        notice_code: null,
        replaced_by: null,
      };
      await connection
        .insertInto('card')
        .values({ number: change.card, ...values })
        .onConflict((conflict) =>
          conflict.column('number').doUpdateSet({
            valid_to: change.to,
            registered_facility: change.facility,
            notice_code: null,
            replaced_by: null,
          }),
        )
        .execute();
      return;
    }
    case 'end':
      await connection
        .updateTable('card')
        .set({ valid_to: change.on })
        .where('bhxh_number', '=', change.bhxhNumber)
        .where('number', 'like', `${change.object}%`)
        .where('valid_to', '>', change.on)
        .execute();
      return;
    case 'reissue':
      await connection
        .updateTable('card')
        .set({
          notice_code: null,
          replaced_by: null,
          ...(change.facility === null ? {} : { registered_facility: change.facility }),
        })
        .where('bhxh_number', '=', change.bhxhNumber)
        .execute();
      return;
    default:
      return change satisfies never;
  }
}
