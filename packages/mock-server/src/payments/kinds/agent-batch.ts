import { createWorkingDays } from '@bhxh/sdk/code-lists';
import { startOfDay } from '../../clock/vietnam-time.ts';
import { businessDay } from '../business-day.ts';
import { recordLifecycle } from '../lifecycles.ts';
import { ownAccount } from '../parties.ts';
import type { RecordKind } from '../record-kind.ts';
import { refusePayment } from '../refuse.ts';

const KIND = 'agent-batch';
const DAY = 86_400_000;

/** The list of people behind one credit of a collecting organisation; the money is due within so many working days. */
export const agentBatchKind: RecordKind = {
  kind: KIND,
  async open(server, { party, name }, body) {
    const { specifications, store, clock } = server;
    const account = await ownAccount(store.read, party, String(body['account']));
    const unit = await store.read
      .selectFrom('unit')
      .select('code')
      .where('code', '=', String(body['unitCode']))
      .executeTakeFirst();
    if (unit === undefined) throw refusePayment('UNIT_UNKNOWN');
    const people = body['people'] as readonly { readonly amount: string }[];
    const total = people.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    const { workingDays = 3 } = recordLifecycle(specifications, KIND);
    const { businessDate } = businessDay(specifications, clock.now());
    const dueOn = createWorkingDays(specifications.calendar).add(businessDate, workingDays).date;
    return {
      kind: KIND,
      office: party.code,
      bank: account.bank,
      owner: party.code,
      madeBy: name,
      ownId: String(body['batchId']),
      content: { ...body, total: String(total), creditId: null, dueOn },
      later: [{ step: 'late', at: new Date(startOfDay(dueOn).getTime() + DAY) }],
    };
  },
  run: (_server, record, step) =>
    Promise.resolve(step === 'late' && record.state === 'RECEIVED' ? { state: 'LATE' } : undefined),
};
