import { randomUUID } from 'node:crypto';
import { compactDay } from '../clock/vietnam-time.ts';
import type { ServerContext } from '../context.ts';
import { createRecurrentPass, type RecurrentPass } from '../jobs/recurrent-pass.ts';
import type { Logger } from '../log/request-log.ts';
import type { NoticeTable } from '../store/account-tables.ts';
import type { Connection } from '../store/store.ts';
import { fillText, readOutgoing, type OutgoingMessage } from './messages.ts';
import { dailyOccasions, learnVoluntaryTerms, occasionsOf, type Occasion } from './occasions.ts';

/** `idle` resolves when everybody who has to be told of what happened so far was told. */
export type NoticeWriter = RecurrentPass;

const BATCH = 200;
const DAY = 86_400_000;
/** The newest Vietnamese day whose daily searches were made. */
const SEARCHED = 'notices-day';

/**
 * Makes the SMS and e-mails of the real system from what happened. An event is stored with what caused it and is marked in
 * the transaction that stores its messages, so each is sent once, whichever node sees it.
 */
export function createNoticeWriter(
  server: Pick<ServerContext, 'store' | 'clock' | 'specifications'>,
  log: Logger,
): NoticeWriter {
  const { store, clock } = server;
  const { messages, remindBefore } = readOutgoing();
  const types = [...new Set(messages.flatMap(({ event }) => (event === undefined ? [] : [event])))];

  async function tellOfEvents(): Promise<number> {
    // Looked at before anything is locked: most of the time nothing is new.
    const news = await store.read
      .selectFrom('event')
      .select('id')
      .where('noticed', '=', 0)
      .limit(1)
      .executeTakeFirst();
    if (news === undefined) return 0;
    return await store.write(async (connection) => {
      await store.lock(connection, 'notices');
      const events = await connection
        .selectFrom('event')
        .selectAll()
        .where('noticed', '=', 0)
        .orderBy('id')
        .limit(BATCH)
        .execute();
      for (const event of events) {
        if (!types.includes(event.type)) continue;
        if (event.type === 'dossier.completed') await learnVoluntaryTerms(server, connection, event.subject);
        for (const message of messages) {
          if (message.event !== event.type) continue;
          const occasions = await occasionsOf(connection, message, event);
          await send(connection, message, occasions, event.at);
        }
      }
      if (events.length > 0)
        await connection
          .updateTable('event')
          .set({ noticed: 1 })
          .where(
            'id',
            'in',
            events.map(({ id }) => id),
          )
          .execute();
      return events.length;
    });
  }

  /** The daily searches, once for each day the clock reaches; days that were jumped over are not made up for. */
  async function search(): Promise<void> {
    const now = clock.now();
    const today = compactDay(now);
    if ((await searchedDay(store.read)) === today) return;
    await store.write(async (connection) => {
      await store.lock(connection, 'notices');
      if ((await searchedDay(connection)) === today) return;
      const until = compactDay(new Date(now.getTime() + remindBefore * DAY));
      for (const message of messages) {
        if (message.daily === undefined) continue;
        const occasions = await dailyOccasions(connection, message.daily, { today, until });
        await send(connection, message, occasions, now.getTime());
      }
      await connection
        .insertInto('setting')
        .values({ name: SEARCHED, value: today })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: today }))
        .execute();
    });
  }

  return createRecurrentPass(clock, log, 'notices.stopped', async (isStopped) => {
    while (!isStopped() && (await tellOfEvents()) > 0);
    if (!isStopped()) await search();
  });
}

async function searchedDay(connection: Connection): Promise<string | undefined> {
  const row = await connection
    .selectFrom('setting')
    .select('value')
    .where('name', '=', SEARCHED)
    .executeTakeFirst();
  return row?.value;
}

async function send(
  connection: Connection,
  message: OutgoingMessage,
  occasions: readonly Occasion[],
  at: number,
): Promise<void> {
  for (const { owner, source, values, phone } of occasions) {
    const contact =
      phone === undefined
        ? await connection.selectFrom('contact').selectAll().where('owner', '=', owner).executeTakeFirst()
        : { phone, email: null };
    for (const channel of message.channels)
      await storeNotice(connection, {
        id: randomUUID(),
        at,
        channel,
        kind: message.kind,
        owner,
        recipient: (channel === 'sms' ? contact?.phone : contact?.email) ?? null,
        text: fillText(message.text, values),
        source,
      });
  }
}

/** A message of the outbox; the same one about the same thing is there once. */
export async function storeNotice(connection: Connection, notice: NoticeTable): Promise<void> {
  await connection
    .insertInto('notice')
    .values(notice)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
