import { declarationSpecs, readDossier } from '@bhxh/sdk/declarations/read';
import { BhxhError } from '@bhxh/sdk/errors';
import { XmlError } from '@bhxh/xml';
import { digest, newToken, sameText } from '../accounts/secrets.ts';
import type { ServerContext } from '../context.ts';
import { namedPeople } from '../dossiers/register-view.ts';
import { receiveDossier } from '../dossiers/receive-dossier.ts';
import { findAnswer, fingerprintOf, keyOfCall, runAlone } from '../idempotency/idempotency-key.ts';
import { sha256Of } from '../lifecycle/receive.ts';
import { Refused } from '../problem.ts';
import { findUnit } from '../register/units.ts';
import { factsOf, scenarioFor, showDossier, xmlReply } from '../routes/declarations/dossiers.ts';
import { declarationsOperation } from '../routes/declarations/guard.ts';
import type { Call } from '../routes/gateway-call.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';
import { checkCall, readBytes, readJson, scriptedAnswer, type Handler } from '../routes/rest-call.ts';
import { DESK, readUnitRegister } from '../seed/units.ts';
import type { Channel, StoredDossier } from '../store/declaration-tables.ts';
import { bytesOf } from '../store/tables.ts';
import { checkCode, sendCode, useCode, type CodeQuestion } from './one-time-code.ts';

/** POST /declarations/v1/individuals/codes. */
export function requestCodeRoute(server: ServerContext): Handler {
  const operation = declarationsOperation(server, 'requestCode');
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    const body = (await readJson(call, operation)) as unknown as CodeQuestion;
    const answer = await sendCode(server, body);
    return new Response(JSON.stringify(answer), {
      status: 202,
      headers: { 'Content-Type': 'application/json' },
    });
  };
}

/** POST /declarations/v1/individuals/dossiers: one dossier, under the code that was sent for it. */
export function submitIndividualDossierRoute(server: ServerContext): Handler {
  const operation = declarationsOperation(server, 'submitIndividualDossier');
  const { attachments, root } = declarationSpecs(server.specifications).envelope;
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    checkCall(call, operation);
    const bytes = await readBytes(call, attachments.bytes * 3);
    const facts = factsOf(bytes, root);
    const sha256 = sha256Of(bytes);
    const unit = await findUnit(server.store.read, readUnitRegister().individuals.code);
    if (unit === undefined || facts.unit !== unit.code)
      throw new Refused({
        status: 403,
        code: 'NOT_YOURS',
        title: 'Individuals file under the code of the office',
      });
    const key = keyOfCall(server, call);
    const [codeId = '', code = ''] = ['x-bhxh-code-id', 'x-bhxh-code'].map((name) => call.req.header(name));
    const write =
      key === undefined
        ? undefined
        : {
            // Keys of different people must not meet; the code is theirs alone.
            facility: `code ${codeId}`,
            key,
            fingerprint: fingerprintOf(operation.id, { sha256 }),
          };
    const take = async (): Promise<{ readonly body: string; readonly isRepeated: boolean }> => {
      const at = server.clock.now();
      if (write !== undefined) {
        // A repeat whose answer was lost comes with a code that was used.
        const known = await server.store.write((connection) =>
          findAnswer(server.store, connection, write, at),
        );
        if (known !== undefined) return { body: known, isRepeated: true };
      }
      const person = await checkCode(server, { codeId, code, sha256 });
      checkFiler(server, bytes, facts.procedure, person);
      const followKey = newToken();
      const receipt = await receiveDossier(
        server,
        {
          facts,
          agency: unit.agency,
          accountId: DESK,
          bytes,
          scenario: scenarioFor(server, call, facts),
          at,
          channels: { intake: 'electronic', returns: (call.req.query('returns') ?? 'electronic') as Channel },
          authentication: 'code',
          followHash: digest(followKey),
          receiptMore: { followKey },
          onStore: (connection) => useCode(connection, codeId, at),
        },
        write,
      );
      return receipt;
    };
    const { body, isRepeated } = await (write === undefined
      ? take()
      : runAlone(server.runningKeys, write, take));
    server.jobs.wake();
    return new Response(body, {
      status: 202,
      headers: {
        'Content-Type': 'application/json',
        ...(isRepeated ? { 'Idempotency-Replayed': 'true' } : {}),
      },
    });
  };
}

/** Somebody files about himself, and only what individuals may file. */
function checkFiler(server: ServerContext, bytes: Uint8Array, procedure: string, person: string): void {
  const { procedures } = declarationSpecs(server.specifications);
  const filedBy = procedures.find(({ code }) => code === procedure)?.filedBy;
  if (filedBy !== 'individual' && filedBy !== 'both')
    throw new Refused({
      status: 403,
      code: 'NOT_FOR_INDIVIDUALS',
      title: 'Individuals do not file this procedure',
    });
  let numbers: readonly string[];
  try {
    numbers = namedPeople(readDossier(server.specifications, bytes).dossier).map(({ number }) => number);
  } catch (error) {
    if (!(error instanceof BhxhError) && !(error instanceof XmlError)) throw error;
    throw new Refused({
      status: 400,
      code: 'DOSSIER_UNREADABLE',
      title: 'A form cannot be read',
      detail: error.code,
    });
  }
  if (numbers.length === 0 || numbers.some((number) => number !== person))
    throw new Refused({ status: 403, code: 'NOT_YOURS', title: 'The dossier names somebody else' });
}

/** The dossier that a follow key opens; another one and one that is not there look the same. */
async function followed(server: ServerContext, call: Call, id: string): Promise<StoredDossier> {
  const row = await server.store.read
    .selectFrom('dossier')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  const key = call.req.header('x-bhxh-follow-key') ?? '';
  const expected = row?.follow_hash ?? undefined;
  if (row === undefined || expected === undefined || !sameText(expected, digest(key)))
    throw new Refused({ status: 403, code: 'NOT_YOURS', title: 'The key does not open this dossier' });
  return row;
}

/** GET /declarations/v1/individuals/dossiers/{maGiaoDich}. */
export function readIndividualDossierRoute(server: ServerContext): Handler {
  const operation = declarationsOperation(server, 'readIndividualDossier');
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    checkCall(call, operation);
    const row = await followed(server, call, call.req.param('maGiaoDich') ?? '');
    return gatewayReply(await showDossier(server, row));
  };
}

/** GET /declarations/v1/individuals/documents/{id}. */
export function readIndividualDocumentRoute(server: ServerContext): Handler {
  const operation = declarationsOperation(server, 'readIndividualDocument');
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    checkCall(call, operation);
    const document = await server.store.read
      .selectFrom('document')
      .select(['bytes', 'dossier_id'])
      .where('id', '=', call.req.param('id') ?? '')
      .executeTakeFirst();
    await followed(server, call, document?.dossier_id ?? '');
    return xmlReply(bytesOf((document as NonNullable<typeof document>).bytes));
  };
}
