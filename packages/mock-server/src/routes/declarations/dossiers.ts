import { XmlError } from '@bhxh/xml';
import { declarationSpecs } from '@bhxh/sdk/declarations/read';
import type { ServerContext } from '../../context.ts';
import { startOfDay } from '../../clock/vietnam-time.ts';
import { openLifecycle } from '../../dossiers/lifecycle.ts';
import { readEnvelopeFacts, type EnvelopeFacts } from '../../dossiers/read-envelope.ts';
import { receiveDossier } from '../../dossiers/receive-dossier.ts';
import { fingerprintOf, keyOfCall, runAlone, type KeyedWrite } from '../../idempotency/idempotency-key.ts';
import { sha256Of } from '../../lifecycle/receive.ts';
import { problems, Refused } from '../../problem.ts';
import { scenarioOfKey } from '../../scenarios/scenario.ts';
import type { StoredDossier } from '../../store/declaration-tables.ts';
import { bytesOf } from '../../store/tables.ts';
import type { Call } from '../gateway-call.ts';
import { gatewayReply, gatewayText } from '../reply-shapes.ts';
import { checkCall, readBytes, scriptedAnswer, type Handler } from '../rest-call.ts';
import { declarationsOperation, guarded, ownUnit, sessionOfUnits } from './guard.ts';

const XML = 'application/xml';
const DAY = 86_400_000;
const PAGE = 100;
/** Base64, the forms' own markup and the signatures beside the bytes that the rules count. */
const ENVELOPE_FACTOR = 3;

/** POST /declarations/v1/dossiers. */
export function submitDossierRoute(server: ServerContext): Handler {
  const operation = declarationsOperation(server, 'submitDossier');
  const { attachments, root } = declarationSpecs(server.specifications).envelope;
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    const session = await sessionOfUnits(server, call);
    checkCall(call, operation);
    const type = (call.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
    if (type !== XML)
      throw new Refused({ status: 415, code: 'CONTENT_TYPE', title: `Content-Type must be ${XML}` });
    const key = keyOfCall(server, call);
    const bytes = await readBytes(call, attachments.bytes * ENVELOPE_FACTOR);
    const facts = factsOf(bytes, root);
    const unit = await ownUnit(server, session, facts.unit);
    const scenario = scenarioFor(server, call, facts);
    const write: KeyedWrite | undefined =
      key === undefined
        ? undefined
        : {
            facility: unit.code,
            key,
            fingerprint: fingerprintOf(operation.id, { sha256: sha256Of(bytes) }),
          };
    const take = (): ReturnType<typeof receiveDossier> =>
      receiveDossier(
        server,
        {
          facts,
          agency: unit.agency,
          accountId: session.account.id,
          bytes,
          scenario,
          at: server.clock.now(),
        },
        write,
      );
    const { body, isRepeated } = await (write === undefined
      ? take()
      : runAlone(server.runningKeys, write, take));
    server.jobs.wake();
    const answer = gatewayText(body, isRepeated ? { 'Idempotency-Replayed': 'true' } : {});
    return new Response(answer.body, { status: 202, headers: answer.headers });
  };
}

export function factsOf(bytes: Uint8Array, root: string): EnvelopeFacts {
  const refuse = (detail: string): Refused =>
    new Refused({ status: 400, code: 'DOSSIER_UNREADABLE', title: `This is no ${root}`, detail });
  let facts: EnvelopeFacts;
  try {
    facts = readEnvelopeFacts(bytes);
  } catch (error) {
    if (error instanceof XmlError) throw refuse(error.code);
    throw error;
  }
  if (facts.root !== root) throw refuse('root');
  return facts;
}

/** The scenario that goes with the dossier: the header's, the one that QuyTrinhISO names, or the standing one. */
export function scenarioFor(server: ServerContext, call: Call, facts: EnvelopeFacts): string | undefined {
  const reserved = scenarioOfKey(facts.process);
  let scenario = call.get('scenario');
  if (reserved !== undefined && call.req.header('x-bhxh-scenario') === undefined) {
    const named = server.scenarios.get(reserved);
    if (named === undefined)
      throw new Refused({
        status: 400,
        code: 'SCENARIO_UNKNOWN',
        title: 'No scenario has this name',
        more: { scenarios: server.scenarios.names },
      });
    scenario = named;
    call.set('scenario', named);
  }
  return scenario.effect.dossier === undefined ? undefined : scenario.id;
}

/** GET /declarations/v1/dossiers. */
export function findDossiersRoute(server: ServerContext): Handler {
  return guarded(server, 'findDossiers', async (call, session) => {
    const query = (name: string): string | undefined => call.req.query(name);
    const unit = await ownUnit(server, session, query('unitCode') ?? '');
    const limit = Number(query('limit') ?? PAGE);
    let rows = server.store.read.selectFrom('dossier').selectAll().where('unit', '=', unit.code);
    const [sha256, number, from, to, after] = ['sha256', 'soHoSo', 'from', 'to', 'after'].map(query);
    if (sha256 !== undefined) rows = rows.where('sha256', '=', sha256);
    if (number !== undefined) rows = rows.where('number', '=', number);
    if (from !== undefined) rows = rows.where('received_at', '>=', startOfDay(from).getTime());
    if (to !== undefined) rows = rows.where('received_at', '<', startOfDay(to).getTime() + DAY);
    const [, moment, id] = /^(\d+)-(.+)$/.exec(after ?? '') ?? [];
    if (moment !== undefined && id !== undefined)
      rows = rows.where((s) =>
        s.or([
          s('received_at', '<', Number(moment)),
          s.and([s('received_at', '=', Number(moment)), s('id', '<', id)]),
        ]),
      );
    const found = await rows
      .orderBy('received_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const next = found.length > limit && last !== undefined ? `${last.received_at}-${last.id}` : null;
    return gatewayReply({
      dossiers: await Promise.all(page.map((row) => showDossier(server, row))),
      next,
    });
  });
}

/** GET /declarations/v1/dossiers/{maGiaoDich}. */
export function readDossierRoute(server: ServerContext): Handler {
  return guarded(server, 'readDossier', async (call, session) => {
    const row = await server.store.read
      .selectFrom('dossier')
      .selectAll()
      .where('id', '=', call.req.param('maGiaoDich') ?? '')
      .where('unit', 'in', [...session.units])
      .executeTakeFirst();
    return row === undefined ? problems.forbidden() : gatewayReply(await showDossier(server, row));
  });
}

/** GET /declarations/v1/documents/{id}. */
export function readDocumentRoute(server: ServerContext): Handler {
  return guarded(server, 'readDocument', async (call, session) => {
    const row = await server.store.read
      .selectFrom('document')
      .select('bytes')
      .where('id', '=', call.req.param('id') ?? '')
      .where('unit', 'in', [...session.units])
      .executeTakeFirst();
    if (row === undefined) return problems.forbidden();
    return xmlReply(bytesOf(row.bytes));
  });
}

export function xmlReply(bytes: Uint8Array): Response {
  return new Response(Uint8Array.from(bytes), { headers: { 'Content-Type': XML } });
}

export async function showDossier(server: ServerContext, row: StoredDossier): Promise<unknown> {
  const lifecycle = openLifecycle(server.specifications);
  const steps = await server.store.read
    .selectFrom('dossier_step')
    .selectAll()
    .where('dossier_id', '=', row.id)
    .orderBy('place')
    .execute();
  const documents = await server.store.read
    .selectFrom('document')
    .select(['id', 'kind', 'form', 'name', 'at'])
    .where('dossier_id', '=', row.id)
    .orderBy('at')
    .orderBy('id')
    .execute();
  const state = lifecycle.state(row.state);
  const iso = (moment: number): string => new Date(moment).toISOString();
  return {
    maGiaoDich: row.id,
    unitCode: row.unit,
    agency: row.agency,
    procedure: row.procedure_code ?? '',
    period: row.period === null ? null : `${row.period.slice(5)}/${row.period.slice(0, 4)}`,
    batch: row.batch,
    soHoSo: row.number,
    sha256: row.sha256,
    receivedAt: iso(row.received_at),
    state: row.state,
    label: state.label,
    isFinal: state.final === true,
    dueOn: row.due_day,
    isDueProvisional: row.is_due_provisional === 1,
    decidedAt: row.decided_at === null ? null : iso(row.decided_at),
    intake: row.intake,
    returns: row.returns,
    handedOverAt:
      row.handed_over_at === null || row.handed_over_at > server.clock.now().getTime()
        ? null
        : iso(row.handed_over_at),
    steps: steps.map(({ step, state: reached, at }) => ({
      step,
      state: reached,
      at: iso(at),
      label: lifecycle.step(step)?.label,
      department: lifecycle.step(step)?.department,
    })),
    reasons: JSON.parse(row.reasons) as unknown,
    findings: JSON.parse(row.findings) as unknown,
    documents: documents.map(({ id, kind, form, name, at }) => ({ id, kind, form, name, at: iso(at) })),
  };
}
