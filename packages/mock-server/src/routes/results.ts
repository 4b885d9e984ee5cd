import type { Session } from '../accounts/sessions.ts';
import { sessionOfCall } from '../accounts/session-of-call.ts';
import { compactTime, startOfDay } from '../clock/vietnam-time.ts';
import type { Operation } from '../contract/contract.ts';
import type { ServerContext } from '../context.ts';
import type { Outcome } from '../lifecycle/outcome.ts';
import { problem, problems } from '../problem.ts';
import type { SubmissionTable } from '../store/tables.ts';
import { checkParameters, describe, type Call } from './gateway-call.ts';
import { gatewayReply } from './reply-shapes.ts';

const DAY = 86_400_000;
const PAGE = 100;

type Row = SubmissionTable;

/** Runs a read of the extension API: parameters against the OpenAPI, then a session; nothing is said before both. */
function guarded(
  server: ServerContext,
  operation: Operation,
  work: (call: Call, session: Session) => Promise<Response>,
): (call: Call) => Promise<Response> {
  return async (call) => {
    const scripted = call.get('scenario').effect.reply;
    if (scripted === '401') return problems.unauthorized();
    if (scripted !== undefined) {
      return problem({ status: 500, code: 'SCENARIO', title: `Scenario ${call.get('scenario').id}` });
    }
    const bearer = /^Bearer (.+)$/i.exec(call.req.header('authorization') ?? '')?.[1];
    const session = await sessionOfCall(server, call, {
      accessToken: bearer ?? call.req.header('accesstoken'),
      idToken: call.req.header('tokenid'),
      password: null,
    });
    if (session === undefined) return problems.unauthorized();
    const wrong = checkParameters(call, operation).filter(({ where }) => where !== 'header');
    if (wrong.length > 0) {
      return problem({
        status: 400,
        code: 'PARAMETERS',
        title: 'Parameters are wrong',
        detail: describe(wrong),
      });
    }
    return await work(call, session);
  };
}

function operationOf(server: ServerContext, id: string): Operation {
  const operation = server.gateway.get(id);
  if (operation === undefined) throw new Error(`OpenAPI has no operation ${id}`);
  return operation;
}

export function findClaimsRoute(server: ServerContext): (call: Call) => Promise<Response> {
  return guarded(server, operationOf(server, 'findClaims'), async (call, session) => {
    const page = await findRows(server, call, session, 'claim');
    if (page === undefined) return problems.forbidden();
    return gatewayReply({ claims: page.rows.map((row) => showClaim(row)), next: page.next });
  });
}

export function readClaimRoute(server: ServerContext): (call: Call) => Promise<Response> {
  return guarded(server, operationOf(server, 'readClaim'), async (call, session) => {
    const row = await server.store.read
      .selectFrom('submission')
      .selectAll()
      .where('id', '=', call.req.param('maGiaoDich') ?? '')
      .where('kind', '=', 'claim')
      .where('facility', '=', session.account.facility ?? '')
      .executeTakeFirst();
    return row === undefined ? problems.forbidden() : gatewayReply(showClaim(row));
  });
}

export function findSubmissionsRoute(server: ServerContext): (call: Call) => Promise<Response> {
  return guarded(server, operationOf(server, 'findSubmissions'), async (call, session) => {
    const page = await findRows(server, call, session, call.req.query('kind'));
    if (page === undefined) return problems.forbidden();
    return gatewayReply({
      submissions: page.rows.map((row) => ({
        kind: row.kind,
        maGiaoDich: row.id,
        maCSKCB: row.facility,
        ...(row.business_key === null ? {} : { key: row.business_key }),
        sha256: row.sha256,
        thoiGianTiepNhan: compactTime(new Date(row.received_at)),
        state: row.state,
      })),
      next: page.next,
    });
  });
}

/** Newest first; undefined when the facility asked for is not the caller's. */
async function findRows(
  server: ServerContext,
  call: Call,
  session: Session,
  kind: string | undefined,
): Promise<{ rows: Row[]; next: string | null } | undefined> {
  const facility = call.req.query('maCSKCB') ?? '';
  if (facility === '' || facility !== session.account.facility) return undefined;
  const limit = Number(call.req.query('limit') ?? PAGE);
  let query = server.store.read.selectFrom('submission').selectAll().where('facility', '=', facility);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  const sha256 = call.req.query('sha256');
  if (sha256 !== undefined) query = query.where('sha256', '=', sha256);
  const key = call.req.query('MA_LK');
  // A file too damaged to read its MA_LK from is still found by its hash.
  if (key !== undefined && sha256 === undefined) query = query.where('business_key', '=', key);
  if (key !== undefined && sha256 !== undefined) {
    query = query.where((e) => e.or([e('business_key', '=', key), e('business_key', 'is', null)]));
  }
  const from = call.req.query('from');
  if (from !== undefined) query = query.where('received_at', '>=', startOfDay(from).getTime());
  const to = call.req.query('to');
  if (to !== undefined) query = query.where('received_at', '<', startOfDay(to).getTime() + DAY);
  const after = readCursor(call.req.query('after'));
  if (after !== undefined) {
    query = query.where((e) =>
      e.or([
        e('received_at', '<', after.receivedAt),
        e.and([e('received_at', '=', after.receivedAt), e('revision', '<', after.revision)]),
        e.and([
          e('received_at', '=', after.receivedAt),
          e('revision', '=', after.revision),
          e('id', '<', after.id),
        ]),
      ]),
    );
  }
  // A frozen clock gives many the same time; a later revision is then still the newer one.
  const rows = await query
    .orderBy('received_at', 'desc')
    .orderBy('revision', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    rows: rows.slice(0, limit),
    next: last === undefined ? null : writeCursor(last),
  };
}

interface Cursor {
  readonly receivedAt: number;
  readonly revision: number;
  readonly id: string;
}

const writeCursor = (row: Row): string =>
  Buffer.from(`${row.received_at} ${row.revision} ${row.id}`).toString('base64url');

/** A cursor that none of ours wrote finds nothing. */
function readCursor(cursor: string | undefined): Cursor | undefined {
  if (cursor === undefined) return undefined;
  const match = /^(\d{1,15}) (\d{1,9}) (.+)$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null) return { receivedAt: -1, revision: 0, id: '' };
  return { receivedAt: Number(match[1]), revision: Number(match[2]), id: match[3] as string };
}

function showClaim(row: Row): Record<string, unknown> {
  const outcome = row.result === null ? undefined : (JSON.parse(row.result) as Outcome);
  return {
    maGiaoDich: row.id,
    maCSKCB: row.facility,
    MA_LK: row.business_key,
    sha256: row.sha256,
    thoiGianTiepNhan: compactTime(new Date(row.received_at)),
    revision: row.revision,
    state: row.state,
    ...(row.ruleset === null ? {} : { ruleset: row.ruleset }),
    ...(outcome === undefined ? {} : { findings: outcome.findings }),
    ...(outcome?.signature === undefined ? {} : { signature: outcome.signature }),
    ...(outcome?.adjudication === undefined ? {} : { adjudication: outcome.adjudication }),
  };
}
