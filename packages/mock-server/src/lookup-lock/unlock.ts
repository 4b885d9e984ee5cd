import type { Selectable } from 'kysely';
import { XmlError } from '@bhxh/xml';
import type { Account } from '../accounts/sessions.ts';
import { readRows } from '../adjudication/read-claim-file.ts';
import type { ServerContext } from '../context.ts';
import { checkSignature } from '../lifecycle/check-signature.ts';
import { Refused } from '../problem.ts';
import type { LookupLockTable } from '../store/account-tables.ts';
import type { Connection } from '../store/store.ts';

export type LookupLock = Selectable<LookupLockTable>;

/** Scope of the officers who end locks; other officers have a province. */
export const CENTRE = 'centre';

const conflict = (code: string, title: string): Refused => new Refused({ status: 409, code, title });

/** The locks an account may see: a facility its own, a province's officer those of the province, the centre's all. */
export async function visibleLocks(server: ServerContext, account: Account): Promise<readonly LookupLock[]> {
  let query = server.store.read.selectFrom('lookup_lock').selectAll();
  if (account.role === 'facility' && account.facility !== null)
    query = query.where('facility', '=', account.facility);
  else if (account.role === 'officer' && account.scope !== null) {
    if (account.scope !== CENTRE) query = query.where('facility', 'like', `${account.scope}%`);
  } else return [];
  return await query.orderBy('locked_at', 'desc').orderBy('id').limit(200).execute();
}

/** The same answer for a lock of somebody else and for one that does not exist. */
async function lockFor(server: ServerContext, account: Account, id: string): Promise<LookupLock> {
  const lock = (await visibleLocks(server, account)).find((one) => one.id === id);
  if (lock === undefined)
    throw new Refused({ status: 403, code: 'NOT_YOURS', title: 'No such lock that concerns you' });
  return lock;
}

interface Step {
  readonly from: LookupLock['state'];
  readonly to: LookupLock['state'];
  readonly values: Partial<LookupLock>;
  readonly actor: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** One step of a lock; of two who take the same one, the second is told that it was taken. */
async function take(server: ServerContext, lock: LookupLock, step: Step): Promise<LookupLock> {
  return await server.store.write(async (connection: Connection) => {
    const at = server.clock.now().getTime();
    const row = await connection
      .updateTable('lookup_lock')
      .set({ ...step.values, state: step.to })
      .where('id', '=', lock.id)
      .where('state', '=', step.from)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw conflict('LOCK_STATE', `The lock is not ${step.from}`);
    if (step.to === 'unlocked') {
      // Who is let in again begins at nought.
      await connection.deleteFrom('lookup_count').where('facility', '=', lock.facility).execute();
    }
    await connection
      .insertInto('event')
      .values({
        at,
        type: `lookup.${step.to}`,
        facility: lock.facility,
        subject: lock.id,
        data: JSON.stringify(step.data ?? {}),
      })
      .execute();
    await server.audit.add(connection, {
      actor: step.actor,
      action: `lookup.${step.to}`,
      subject: lock.facility,
      data: { lock: lock.id, ...step.data },
    });
    return row;
  });
}

/**
 * First level: the facility has changed its password since the lock, and sends its explanation, signed with a registered
 * certificate: `<GIAITRINH><MACSKCB>…</MACSKCB><MAKHOA>…</MAKHOA><NOIDUNG>…</NOIDUNG><Cky/></GIAITRINH>`.
 */
export async function explainLock(
  server: ServerContext,
  account: Account,
  id: string,
  document: Uint8Array,
): Promise<LookupLock> {
  const lock = await lockFor(server, account, id);
  if (account.role !== 'facility')
    throw new Refused({ status: 403, code: 'ROLE', title: 'The facility explains' });
  if (lock.state !== 'locked') throw conflict('LOCK_STATE', 'The lock is not locked');
  if ((account.password_changed_at ?? 0) < lock.locked_at)
    throw conflict('PASSWORD_NOT_CHANGED', 'The password was not changed since the lock');
  const unfit = (detail: string): Refused =>
    new Refused({ status: 400, code: 'EXPLANATION', title: 'The explanation cannot be taken', detail });
  const { shown, isSigned, content } = await checkSignature(
    server,
    lock.facility,
    document,
    'declaration-xml',
  ).catch((error: unknown) => {
    if (error instanceof XmlError) throw unfit(error.code);
    throw error;
  });
  if (!isSigned) throw unfit('SIGNATURE_MISSING');
  if (shown.verdict !== 'valid') throw unfit(shown.reasons.join(', '));
  const said = readRows(content)[0];
  if (said?.get('MACSKCB') !== lock.facility) throw unfit('MACSKCB');
  if (said.get('MAKHOA') !== lock.id) throw unfit('MAKHOA');
  if ((said.get('NOIDUNG') ?? '').length < 20) throw unfit('NOIDUNG');
  const at = server.clock.now().getTime();
  return await take(server, lock, {
    from: 'locked',
    to: 'explained',
    actor: account.username,
    values: {
      explained_at: at,
      explained_by: account.username,
      explanation: Buffer.from(document).toString('base64'),
    },
  });
}

/** Second level, first half: the contracting province has checked the explanation and forwards it with its letter. */
export async function forwardLock(
  server: ServerContext,
  account: Account,
  id: string,
  letter: string,
): Promise<LookupLock> {
  const lock = await lockFor(server, account, id);
  if (account.role !== 'officer' || account.scope === CENTRE)
    throw new Refused({ status: 403, code: 'ROLE', title: 'The contracting province forwards' });
  return await take(server, lock, {
    from: 'explained',
    to: 'forwarded',
    actor: account.username,
    data: { letter },
    values: { forwarded_at: server.clock.now().getTime(), forwarded_by: account.username, letter },
  });
}

/** Second level, second half: the IT centre unlocks what the province has forwarded. */
export async function endLock(server: ServerContext, account: Account, id: string): Promise<LookupLock> {
  const lock = await lockFor(server, account, id);
  if (account.role !== 'officer' || account.scope !== CENTRE)
    throw new Refused({ status: 403, code: 'ROLE', title: 'The IT centre unlocks' });
  return await take(server, lock, {
    from: 'forwarded',
    to: 'unlocked',
    actor: account.username,
    values: { unlocked_at: server.clock.now().getTime(), unlocked_by: account.username },
  });
}
