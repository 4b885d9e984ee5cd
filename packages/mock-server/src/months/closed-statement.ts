import { createLedger, memoryLedgerStore } from '@bhxh/sdk/payments/ledger';
import type { ServerContext } from '../context.ts';
import { writeForm } from '../dossiers/write-form.ts';
import { statementForm } from '../ledger/statement.ts';
import { readUnitLedger } from '../ledger/unit-ledger.ts';
import { sha256Of } from '../lifecycle/receive.ts';
import type { UnitTable } from '../store/declaration-tables.ts';
import { closingsOf } from './closings.ts';

/** The ledger gives another statement than the one that was closed: somebody changed what must never change. */
export class StatementDiffers extends Error {
  override readonly name = 'StatementDiffers';
}

/**
 * The signed statement C12-TS of a closed month: made again from the entries it was closed on, held against the hash of
 * that day, and signed as of the close, so that it is the same file whenever it is asked for. Undefined before the close.
 *
 * @throws StatementDiffers
 */
export async function closedStatement(
  { store, specifications, officeKey }: ServerContext,
  unit: UnitTable,
  month: string,
): Promise<Uint8Array | undefined> {
  const closed = await store.read
    .selectFrom('unit_close')
    .innerJoin('month_close', 'month_close.month', 'unit_close.month')
    .select(['unit_close.place', 'unit_close.sha256', 'month_close.started_at'])
    .where('unit_close.unit', '=', unit.code)
    .where('unit_close.month', '=', month)
    .executeTakeFirst();
  if (closed === undefined) return undefined;
  const { ledger } = await readUnitLedger(store.read, unit.code);
  const entries = memoryLedgerStore();
  for (const entry of [...ledger.entries()].slice(0, closed.place)) entries.append(entry);
  const earlier = (await closingsOf(store.read, unit.code)).filter((one) => one.month < month);
  const statement = writeForm(
    specifications,
    statementForm(specifications, unit, createLedger(entries), month, earlier),
  );
  if (sha256Of(statement) !== closed.sha256) throw new StatementDiffers();
  return await officeKey.sign(statement, new Date(Number(closed.started_at)));
}
