import { createHash } from 'node:crypto';
import { allocationData, allocationPolicy } from '@bhxh/sdk/payments/ledger';
import { isoDay } from '../clock/vietnam-time.ts';
import type { ServerContext } from '../context.ts';
import { openLifecycle } from '../dossiers/lifecycle.ts';
import { sha256Of } from '../lifecycle/receive.ts';
import { lockUnits } from '../ledger/post-entries.ts';
import { readUnitLedgers, writeUnitLedgers } from '../ledger/unit-ledger.ts';
import { readWageMembers } from '../register/members.ts';
import type { UnitCloseTable } from '../store/month-tables.ts';
import type { Connection } from '../store/store.ts';
import { closeUnit } from './close-unit.ts';
import { readClosings } from './closings.ts';
import { MONTH_JOB } from './month-job.ts';

/** Units of one transaction: large enough that its commit weighs little, small enough that an answer waits little. */
const UNITS = 250;
/** Rows of one INSERT, so that no database meets its limit of parameters. */
const ROWS = 100;

/**
 * Closes the next units of a month and moves the run's checkpoint in the same transaction, so that a process that dies
 * leaves either all of it or nothing. Gives whether units are left.
 */
export async function closeBatch(server: ServerContext, month: string): Promise<boolean> {
  const { store, specifications } = server;
  const lifecycle = openLifecycle(specifications);
  const policy = allocationPolicy(allocationData(specifications));
  return await store.write(async (connection) => {
    await store.lock(connection, MONTH_JOB);
    const run = await connection
      .selectFrom('month_close')
      .selectAll()
      .where('month', '=', month)
      .executeTakeFirst();
    if (run === undefined || run.state === 'done') return false;
    const units = await connection
      .selectFrom('unit')
      .selectAll()
      .where('code', '>', run.after_unit)
      .orderBy('code')
      .limit(UNITS)
      .execute();
    const codes = units.map(({ code }) => code);
    const last = codes.at(-1);
    if (last === undefined) {
      await finish(connection, server, month);
      return false;
    }
    // Money that arrives meanwhile is posted after the close, and so beyond the places counted here.
    await lockUnits(connection, codes);
    const members = await readWageMembers(connection, codes);
    const closings = await readClosings(connection, codes);
    const ledgers = await readUnitLedgers(connection, codes);
    const on = isoDay(new Date(Number(run.started_at)));
    const rows: UnitCloseTable[] = [];
    let { digest } = run;
    let [workers, principal, interest] = [Number(run.workers), Number(run.principal), Number(run.interest)];
    for (const [index, unit] of units.entries()) {
      const { ledger } = ledgers[index] as (typeof ledgers)[number];
      const closed = closeUnit(
        specifications,
        lifecycle,
        {
          unit,
          members: members.get(unit.code) ?? new Map(),
          ledger,
          closings: closings.get(unit.code) ?? [],
        },
        month,
        on,
        policy,
      );
      const sha256 = sha256Of(closed.statement);
      rows.push({ unit: unit.code, month, place: [...ledger.entries()].length, sha256 });
      digest = createHash('sha256').update(`${digest} ${unit.code} ${sha256}`).digest('hex');
      workers += closed.workers;
      principal += closed.principal;
      interest += closed.interest;
    }
    await writeUnitLedgers(connection, ledgers);
    for (let at = 0; at < rows.length; at += ROWS)
      await connection
        .insertInto('unit_close')
        .values(rows.slice(at, at + ROWS))
        .execute();
    await connection
      .updateTable('month_close')
      .set({
        after_unit: last,
        units: Number(run.units) + units.length,
        workers,
        principal,
        interest,
        digest,
      })
      .where('month', '=', month)
      .execute();
    return true;
  });
}

async function finish(connection: Connection, { clock }: ServerContext, month: string): Promise<void> {
  const at = clock.now().getTime();
  const run = await connection
    .updateTable('month_close')
    .set({ state: 'done', finished_at: at })
    .where('month', '=', month)
    .returningAll()
    .executeTakeFirstOrThrow();
  await connection
    .insertInto('event')
    .values({
      at,
      type: 'month.closed',
      facility: null,
      subject: month,
      data: JSON.stringify({ units: Number(run.units), digest: run.digest }),
    })
    .execute();
}
