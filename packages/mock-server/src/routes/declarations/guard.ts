import type { Session } from '../../accounts/sessions.ts';
import type { Operation } from '../../contract/contract.ts';
import type { ServerContext } from '../../context.ts';
import { Refused, unauthorized } from '../../problem.ts';
import { findUnit, unitsOf } from '../../register/units.ts';
import type { UnitTable } from '../../store/declaration-tables.ts';
import { JSON_TYPE, type Call } from '../gateway-call.ts';
import { checkCall, readJson, scriptedAnswer, sessionOfBearer, type Handler } from '../rest-call.ts';

/** Who is calling, and for which units. */
export interface UnitSession extends Session {
  readonly units: readonly string[];
}

/** One operation of the declarations gateway once session, parameters and body are what the OpenAPI document describes. */
export type UnitWork = (
  call: Call,
  session: UnitSession,
  body: Readonly<Record<string, unknown>>,
) => Promise<Response>;

export function declarationsOperation(server: ServerContext, id: string): Operation {
  const operation = server.declarations.get(id);
  if (operation === undefined) throw new Error(`OpenAPI has no operation ${id}`);
  return operation;
}

export async function sessionOfUnits(server: ServerContext, call: Call): Promise<UnitSession> {
  const session = await sessionOfBearer(server, call);
  const units = await unitsOf(server.store.read, session.account.id);
  if (units.length === 0) throw new Refused(unauthorized);
  return { ...session, units };
}

/** Runs a scenario's scripted answer, then session, parameters and body; nothing is said before the session is good. */
export function guarded(server: ServerContext, id: string, work: UnitWork): Handler {
  const operation = declarationsOperation(server, id);
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    const session = await sessionOfUnits(server, call);
    checkCall(call, operation);
    const body = operation.contentTypes.includes(JSON_TYPE) ? await readJson(call, operation) : {};
    return await work(call, session, body);
  };
}

/** The unit of a call, where the caller acts for it; another one and one that nobody has look the same. */
export async function ownUnit(server: ServerContext, session: UnitSession, code: string): Promise<UnitTable> {
  const unit = session.units.includes(code) ? await findUnit(server.store.read, code) : undefined;
  if (unit === undefined)
    throw new Refused({ status: 403, code: 'NOT_YOURS', title: 'The account does not act for this unit' });
  return unit;
}
