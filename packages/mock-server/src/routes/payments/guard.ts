import type { Session } from '../../accounts/sessions.ts';
import type { Operation } from '../../contract/contract.ts';
import type { ServerContext } from '../../context.ts';
import {
  findAnswer,
  fingerprintOf,
  keepAnswer,
  keyOfCall,
  runAlone,
} from '../../idempotency/idempotency-key.ts';
import { paymentsOf } from '../../payments/context.ts';
import type { Duty } from '../../payments/lifecycles.ts';
import { partyOfAccount, requireLive, type ActingParty } from '../../payments/parties.ts';
import { refusePayment } from '../../payments/refuse.ts';
import { Refused } from '../../problem.ts';
import type { Connection } from '../../store/store.ts';
import { JSON_TYPE, type Call } from '../gateway-call.ts';
import {
  checkCall,
  readBytes,
  readJson,
  scriptedAnswer,
  sessionOfBearer,
  type Handler,
} from '../rest-call.ts';

/** Who is calling, and for which bank or office. */
export interface PartySession extends Session {
  readonly party: ActingParty;
  /** As records name it: account and party. */
  readonly name: string;
}

type Body = Readonly<Record<string, unknown>>;
type Work = (call: Call, session: PartySession, body: Body) => Promise<Response>;

const XML = 'application/xml';
/** A page of five hundred lines is far below it. */
const MESSAGE_BYTES = 4 * 1024 * 1024;
const JSON_BYTES = 4 * 1024 * 1024;

export function bankOperation(server: ServerContext, id: string): Operation {
  const operation = paymentsOf(server).contract.get(id);
  if (operation === undefined) throw new Error(`OpenAPI has no operation ${id}`);
  return operation;
}

async function sessionOfParty(server: ServerContext, call: Call): Promise<PartySession> {
  const session = await sessionOfBearer(server, call);
  const party = await partyOfAccount(server.store.read, session.account.id);
  if (party === undefined) throw refusePayment('NO_PARTY');
  if (party.side === 'bank') requireLive(server.specifications, party.code, server.clock.now());
  return { ...session, party, name: `${session.account.username}@${party.code}` };
}

/** Runs a scenario's scripted answer, then session, parameters and JSON body. */
export function guardedParty(server: ServerContext, id: string, work: Work): Handler {
  const operation = bankOperation(server, id);
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    const session = await sessionOfParty(server, call);
    checkCall(call, operation);
    const body = operation.contentTypes.includes(JSON_TYPE)
      ? await readJson(call, operation, JSON_BYTES)
      : {};
    return await work(call, session, body);
  };
}

/** The same for an operation that takes a signed document. */
export function guardedMessage(
  server: ServerContext,
  id: string,
  work: (call: Call, session: PartySession, bytes: Uint8Array) => Promise<Response>,
): Handler {
  const operation = bankOperation(server, id);
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    const session = await sessionOfParty(server, call);
    checkCall(call, operation);
    const type = (call.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
    if (type !== XML)
      throw new Refused({ status: 415, code: 'CONTENT_TYPE', title: `Content-Type must be ${XML}` });
    return await work(call, session, await readBytes(call, MESSAGE_BYTES));
  };
}

export function requireSide(session: PartySession, side: 'bank' | 'office'): void {
  if (session.party.side !== side) throw refusePayment('SIDE_WRONG');
}

export function requireDuty(session: PartySession, duty: Duty): void {
  if (!session.party.duties.includes(duty)) throw refusePayment('DUTY_MISSING');
}

/** Runs a write in one transaction; under an Idempotency-Key the same content gets the answer of the first time. */
export async function writeOnce(
  server: ServerContext,
  call: Call,
  session: PartySession,
  choice: { readonly operation: string; readonly content: Body },
  work: (connection: Connection) => Promise<unknown>,
): Promise<{ readonly body: string; readonly isRepeated: boolean }> {
  const { store, clock } = server;
  const key = keyOfCall(server, call);
  if (key === undefined)
    return {
      body: await store.write(async (connection) => JSON.stringify(await work(connection))),
      isRepeated: false,
    };
  const write = {
    facility: `party ${session.party.code}`,
    key,
    fingerprint: fingerprintOf(choice.operation, choice.content),
  };
  return await runAlone(server.runningKeys, write, () =>
    store.write(async (connection) => {
      const known = await findAnswer(store, connection, write, clock.now());
      if (known !== undefined) return { body: known, isRepeated: true };
      const body = JSON.stringify(await work(connection));
      await keepAnswer(connection, write, body, clock.now());
      return { body, isRepeated: false };
    }),
  );
}

export function jsonReply(
  body: string,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { status, headers: { 'Content-Type': JSON_TYPE, ...headers } });
}
