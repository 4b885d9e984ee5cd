import { XmlError } from '@bhxh/xml';
import type { Credentials, Session } from '../accounts/sessions.ts';
import { sessionOfCall } from '../accounts/session-of-call.ts';
import { readFirstKey } from '../adjudication/read-claim-file.ts';
import { allowedUploadBytes } from '../clock/size-window.ts';
import { base64Fault, decodeBase64 } from '../contract/base64.ts';
import type { ServerContext } from '../context.ts';
import { details } from '../messages/gateway.ts';
import { fingerprintOf, keyOfCall, runAlone, type KeyedWrite } from '../idempotency/idempotency-key.ts';
import { checkSignature } from '../lifecycle/check-signature.ts';
import { expectedDocument } from '../lifecycle/document-kinds.ts';
import { receive, type Answer, type Receipt, type SubmissionKind } from '../lifecycle/receive.ts';
import type { RegisteredFacility } from '../register/facilities.ts';
import { scenarioOfKey, type ScenarioEffect } from '../scenarios/scenario.ts';
import {
  answerGateway,
  checkParameters,
  describe,
  readFields,
  Refusal,
  SMALL_BODY,
  text,
  type Call,
} from './gateway-call.ts';
import { gatewayText, type ReplyShape, type ShapeName } from './reply-shapes.ts';

/** What distinguishes the gateway's uploads from each other; everything else is one road. */
export interface UploadFamily {
  readonly operation: string;
  readonly kind: SubmissionKind;
  readonly formField: 'loaiHoSo' | 'loaiHs';
  readonly facilityField: 'maCSKCB' | 'maCskcb';
  readonly fileField: 'fileHSBase64' | 'fileBase64Str' | 'fileHsBase64';
  readonly credentials: 'headers' | 'form';
  readonly shape: ShapeName;
}

const qd130 = {
  formField: 'loaiHoSo',
  facilityField: 'maCSKCB',
  fileField: 'fileHSBase64',
  credentials: 'headers',
  shape: 'upload',
} as const;
const paper = {
  formField: 'loaiHs',
  facilityField: 'maCskcb',
  fileField: 'fileBase64Str',
  credentials: 'form',
  shape: 'certificate',
} as const;
const list = {
  formField: 'loaiHs',
  facilityField: 'maCSKCB',
  fileField: 'fileHsBase64',
  credentials: 'headers',
  shape: 'catalogue',
} as const;

export const uploadFamilies: readonly UploadFamily[] = [
  { operation: 'checkIn3176', kind: 'check-in', ...qd130 },
  { operation: 'checkIn4750', kind: 'check-in', ...qd130 },
  { operation: 'checkIn130', kind: 'check-in', ...qd130 },
  { operation: 'sendClaim3176', kind: 'claim', ...qd130 },
  { operation: 'sendClaim4750', kind: 'claim', ...qd130 },
  { operation: 'sendClaim130', kind: 'claim', ...qd130 },
  { operation: 'sendMedicalAssessment', kind: 'medical-assessment', ...qd130 },
  { operation: 'sendCertificates', kind: 'certificates', ...paper },
  { operation: 'sendDeathOrBirthPaper', kind: 'death-or-birth-paper', ...paper },
  { operation: 'sendCatalogue01', kind: 'catalogue', ...list },
  { operation: 'sendCatalogue02', kind: 'catalogue', ...list },
  { operation: 'sendCatalogue03', kind: 'catalogue', ...list },
  { operation: 'sendCatalogue04', kind: 'catalogue', ...list },
  { operation: 'sendCatalogue05', kind: 'catalogue', ...list },
  { operation: 'sendCatalogue06', kind: 'catalogue', ...list },
  { operation: 'sendMonthlySummary', kind: 'monthly-summary', ...list },
  { operation: 'sendAdjustmentList', kind: 'adjustment-list', ...list },
];

/** Damage that no honest software produces: refused at once instead of being received. */
const HOSTILE = new Set([
  'XML_DTD_FORBIDDEN',
  'XML_ENTITY_FORBIDDEN',
  'XML_DEPTH',
  'XML_ATTRIBUTE_COUNT',
  'XML_NAME_LENGTH',
  'XML_TEXT_LENGTH',
  'XML_ELEMENT_COUNT',
  'XML_SIZE',
  'XML_CHAR',
  'ENCODING_NOT_UTF8',
]);

export function uploadRoute(
  server: ServerContext,
  family: UploadFamily,
  shapes: Record<ShapeName, ReplyShape>,
): (call: Call) => Promise<Response> {
  const operation = server.gateway.get(family.operation) ?? server.control.get(family.operation);
  if (operation === undefined) throw new Error(`OpenAPI has no operation ${family.operation}`);
  const shape = shapes[family.shape];

  return (call) =>
    answerGateway(call, shape, async () => {
      const early = family.credentials === 'headers' ? await sessionOfHeaders(server, call) : undefined;
      const problems = checkParameters(call, operation);
      if (problems.length > 0) throw new Refusal('205', describe(problems));
      const key = keyOfCall(server, call);
      const fields = await readFields(call, operation, largestUpload(server), server.turns.next);
      const session = early ?? (await sessionOfFields(server, call, fields));
      const username = text(fields, 'username');
      if (username !== session.account.username) throw new Refusal('401', details.usernameNotOwner);
      const facility = await ownFacility(server, session, text(fields, family.facilityField));
      const province = text(fields, 'maTinh');
      if (fields['maTinh'] !== undefined && province !== facility.code.slice(0, 2)) {
        throw new Refusal('205', details.province);
      }
      if (isPaper(family.kind) && facility.issues_certificates === 0) {
        throw new Refusal('403', details.mayNotIssue);
      }
      const encoded = text(fields, family.fileField);
      if (encoded.length > allowedUploadBytes(server.limits, server.clock.now())) throw new Refusal('1001');
      const bytes = decodeBase64(encoded);
      if (bytes === undefined) throw new Refusal('205', `${family.fileField}: ${base64Fault(encoded)}`);
      return await takeDocument(server, call, {
        operation: family.operation,
        kind: family.kind,
        form: text(fields, family.formField),
        session,
        facility: facility.code,
        bytes,
        key,
        content: fields,
        answer: (receipt) => receiptReply(family.shape, receipt),
      });
    });
}

/** The base64 field at its largest, and the other fields. */
export const largestUpload = (server: ServerContext): number =>
  allowedUploadBytes(server.limits, server.clock.now()) + SMALL_BODY;

const isPaper = (kind: SubmissionKind): boolean =>
  kind === 'certificates' || kind === 'death-or-birth-paper' || kind === 'driver-certificate';

/** A document whose sender may send it. */
export interface Delivery {
  readonly operation: string;
  readonly kind: SubmissionKind;
  readonly form: string;
  readonly session: Session;
  readonly facility: string;
  readonly bytes: Uint8Array;
  /** Idempotency-Key of the call. */
  readonly key: string | undefined;
  /** Everything the sender said, for the key's fingerprint. */
  readonly content: Readonly<Record<string, unknown>>;
  /** The family's answer to a receipt; made inside the transaction, so it may do nothing else. */
  readonly answer: (receipt: Receipt) => Record<string, unknown>;
}

/** Stores a decoded document, as the scenario of the call or of its MA_LK wants it, and answers. */
export async function takeDocument(server: ServerContext, call: Call, delivery: Delivery): Promise<Response> {
  const { kind, form, session, facility, bytes, answer } = delivery;
  await server.turns.next();
  const key = kind === 'claim' ? keyOf(bytes) : undefined;
  const reserved = scenarioOfKey(key);
  let scenario = call.get('scenario');
  if (reserved !== undefined && call.req.header('x-bhxh-scenario') === undefined) {
    const named = server.scenarios.get(reserved);
    if (named === undefined) throw new Refusal('205', details.scenarioUnknown(server.scenarios.names));
    scenario = named;
    call.set('scenario', named);
    if (named.effect.reply !== undefined) throw new Refusal(named.effect.reply);
  }
  const signature =
    expectedDocument(kind) === undefined ? undefined : await checkSignature(server, facility, bytes);
  const arrival = {
    kind,
    form,
    facility,
    accountId: session.account.id,
    bytes,
    businessKey: key,
    // A server that insists on keys wants to be told of a correction; the real gateway, and every other server, guesses.
    mayCorrect: !server.requiresIdempotencyKey || call.req.header('x-bhxh-revision') !== undefined,
    scenario: lasting(scenario.effect) ? scenario.id : undefined,
    signature: signature?.shown,
    at: server.clock.now(),
    checkAfter: (scenario.effect.checkAfter ?? 0) * 1_000,
  };
  const write: KeyedWrite | undefined =
    delivery.key === undefined
      ? undefined
      : { facility, key: delivery.key, fingerprint: fingerprintOf(delivery.operation, delivery.content) };
  const take = (): Promise<Answer> => receive(server.store, arrival, answer, write);
  const { body, isRepeated } = await (write === undefined
    ? take()
    : runAlone(server.runningKeys, write, take));
  server.jobs.wake();
  return gatewayText(body, isRepeated ? { 'Idempotency-Replayed': 'true' } : {});
}

/** Whether a scenario changes what becomes of the document later. */
const lasting = (effect: ScenarioEffect): boolean => effect.check !== undefined;

function keyOf(bytes: Uint8Array): string | undefined {
  try {
    return readFirstKey(bytes);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    if (HOSTILE.has(error.code)) throw new Refusal('205', error.code, { status: 400 });
    return undefined;
  }
}

/** The answer to a stored document. */
export function receiptReply(shape: ShapeName, receipt: Receipt): Record<string, unknown> {
  const said = receipt.isReplay ? details.receivedBefore : details.received;
  if (shape === 'certificate') {
    return { MaGD: receipt.id, MaKetQua: '200', ThoiGianTiepNhan: receipt.receivedAt, ThongDiep: said };
  }
  return { maKetQua: 200, maGiaoDich: receipt.id, thoiGianTiepNhan: receipt.receivedAt, thongDiep: said };
}

/** Nobody's session is 401; an account that speaks for no facility (a unit's, a bank's) has no business at this gateway. */
async function admitted(server: ServerContext, call: Call, credentials: Credentials): Promise<Session> {
  const session = await sessionOfCall(server, call, credentials);
  if (session === undefined) throw new Refusal('401');
  if (session.account.facility === null) throw new Refusal('403');
  return session;
}

/** Families whose token travels in headers; checked before any of the body is read. */
export function sessionOfHeaders(server: ServerContext, call: Call): Promise<Session> {
  return admitted(server, call, {
    accessToken: call.req.header('accesstoken'),
    idToken: call.req.header('tokenid'),
    password: call.req.header('passwordhash'),
  });
}

function sessionOfFields(
  server: ServerContext,
  call: Call,
  fields: Record<string, unknown>,
): Promise<Session> {
  return admitted(server, call, {
    accessToken: text(fields, 'token'),
    idToken: text(fields, 'id_token'),
    username: text(fields, 'username'),
    password: text(fields, 'password'),
  });
}

/** Families whose token travels in the query string. */
export function sessionOfQuery(server: ServerContext, call: Call): Promise<Session> {
  return admitted(server, call, {
    accessToken: call.req.query('token'),
    idToken: call.req.query('id_token'),
    username: call.req.query('username'),
    password: call.req.query('password'),
  });
}

/** 402 for a code that no facility has, 403 for another facility's. */
export async function ownFacility(
  server: ServerContext,
  session: Session,
  code: string,
): Promise<RegisteredFacility> {
  const facility = await server.facilities(code);
  if (facility === undefined) throw new Refusal('402');
  if (facility.code !== session.account.facility || facility.status !== 'active') throw new Refusal('403');
  return facility;
}
