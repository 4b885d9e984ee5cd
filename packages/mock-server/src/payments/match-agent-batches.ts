import type { ServerContext } from '../context.ts';
import type { BankCreditTable } from '../store/payment-tables.ts';
import type { Connection } from '../store/store.ts';
import { changeRecord, recordsOf } from './records.ts';

const OPEN = ['RECEIVED', 'LATE'];

/**
 * One credit for many persons: the list of a collecting organisation whose total is the amount is matched, the oldest
 * first, and each list once.
 */
export async function matchAgentBatches(
  server: ServerContext,
  connection: Connection,
  credits: readonly BankCreditTable[],
): Promise<void> {
  const assigned = credits.filter(({ status, unit }) => status === 'ALLOCATED' && unit !== null);
  const units = [...new Set(assigned.map(({ unit }) => unit as string))];
  if (units.length === 0) return;
  const batches = (await recordsOf(connection, 'agent-batch', OPEN)).filter(({ content }) =>
    units.includes(String(content['unitCode'])),
  );
  for (const batch of batches) {
    const at = assigned.findIndex(
      ({ unit, amount, account }) =>
        unit === batch.content['unitCode'] &&
        account === batch.content['account'] &&
        String(amount) === batch.content['total'],
    );
    const [credit] = at < 0 ? [] : assigned.splice(at, 1);
    if (credit === undefined) continue;
    await changeRecord(server, connection, batch, {
      action: 'match',
      state: 'MATCHED',
      by: 'server',
      note: null,
      content: { ...batch.content, creditId: credit.id },
    });
  }
}
