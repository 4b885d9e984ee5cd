import type { Environment } from '../environments.ts';
import type { Bilingual } from '../errors/bhxh-error.ts';
import type { components } from '../generated/claims-gateway.ts';
import { type ReplyShape, readText } from '../transport/classify.ts';
import { encodeForm, fileForm } from '../transport/form-body.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import { formHeaders, type Pipeline } from '../transport/pipeline.ts';
import type { Token } from '../transport/session.ts';
import type { WireBody } from '../transport/wire.ts';
import {
  type CatalogueNumber,
  catalogueOperation,
  certificatesOperation,
  checkInOperation,
  claimOperation,
  deathOrBirthOperation,
  type GatewayStandard,
  medicalAssessmentOperation,
  monthlySummaryOperation,
  type UploadOperation,
} from './operations.ts';
import { createStatusCalls, type StatusCalls } from './status.ts';

type Schemas = components['schemas'];
export type CardRequest = Schemas['CardRequest'];
export type CardReply = Schemas['CardReply'];
export type HistoryReply = Schemas['HistoryReply'];
export type CoPaymentRequest = Omit<Schemas['CoPaymentRequest'], 'username'>;
export type CoPaymentReply = Schemas['CoPaymentReply'];
export type DriverCertificate = Schemas['DriverCertificate'];
export type DriverCertificateReply = Schemas['DriverCertificateReply'];

/** The gateway has the document; its check comes later. Keep it for ever. */
export interface Receipt {
  readonly maKetQua: string;
  readonly maGiaoDich: string;
  /** yyyyMMddHHmmss, the gateway's clock. */
  readonly thoiGianTiepNhan: string;
  readonly thongDiep: string;
  readonly attempts: number;
}

/** An answer of a look-up: the code decides what to do, the fields are the gateway's own. */
export interface LookUpAnswer<T> {
  readonly code: string;
  /** `ok`, `manual-check`, `switch-card`, `warn`, `reject`, `reenter` … from `specs/responses`. */
  readonly advice: string;
  readonly meaning: Bilingual;
  readonly hint: Bilingual | undefined;
  readonly body: T;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Sent as Idempotency-Key; only for a server that announces it. */
  readonly idempotencyKey?: string;
  /** Most sends of this call; the client's policy when absent. */
  readonly attempts?: number;
  /** Awaited right before each send, after the token is there; nothing leaves when it fails. */
  readonly onSend?: () => void | Promise<void>;
  /** Called when the server or the line refused a send that may be repeated. */
  readonly onPushBack?: () => void;
}

export interface ClaimsGateway extends StatusCalls {
  /** Sends one prepared upload; the named calls below choose the operation. */
  upload(operation: UploadOperation, file: Uint8Array, options?: CallOptions): Promise<Receipt>;
  /** A claim file GIAMDINHHS of exactly one episode. */
  sendClaim(
    file: Uint8Array,
    options?: CallOptions & { readonly standard?: GatewayStandard },
  ): Promise<Receipt>;
  /** A check-in document XML0. */
  checkIn(
    file: Uint8Array,
    options?: CallOptions & { readonly standard?: GatewayStandard },
  ): Promise<Receipt>;
  /** XML12; the facility is the assessment centre. */
  sendMedicalAssessment(file: Uint8Array, options?: CallOptions): Promise<Receipt>;
  /** The era of QĐ 4210; the route is kept for late corrections. */
  sendClaim4210(file: Uint8Array, loaiHoSo: string, options?: CallOptions): Promise<Receipt>;
  sendCertificates(file: Uint8Array, options?: CallOptions): Promise<Receipt>;
  sendDeathNotice(file: Uint8Array, options?: CallOptions): Promise<Receipt>;
  sendBirthCertificate(file: Uint8Array, options?: CallOptions): Promise<Receipt>;
  sendDriverCertificate(
    certificate: DriverCertificate,
    options?: CallOptions,
  ): Promise<LookUpAnswer<DriverCertificateReply>>;
  sendCatalogue(number: CatalogueNumber, file: Uint8Array, options?: CallOptions): Promise<Receipt>;
  sendMonthlySummary(file: Uint8Array, options?: CallOptions): Promise<Receipt>;
  lookUpCard(card: CardRequest, options?: CallOptions): Promise<LookUpAnswer<CardReply>>;
  lookUpHistory(card: CardRequest, options?: CallOptions): Promise<LookUpAnswer<HistoryReply>>;
  lookUpCoPayment(card: CoPaymentRequest, options?: CallOptions): Promise<LookUpAnswer<CoPaymentReply>>;
}

export interface GatewayParts {
  readonly environment: Environment;
}

const uploadShape = {
  effect: 'write',
  codeMember: 'maKetQua',
  textMember: 'thongDiep',
  receiptMembers: ['maGiaoDich'],
} as const;
const certificateShape = {
  effect: 'write',
  codeMember: 'MaKetQua',
  textMember: 'ThongDiep',
  receiptMembers: ['MaGD'],
} as const;
const lookUpShape = {
  effect: 'read',
  codeMember: 'maKetQua',
  textMember: 'ghiChu',
  receiptMembers: [],
} as const;

export function createClaimsGateway(pipeline: Pipeline): ClaimsGateway {
  const { facility, username } = pipeline;
  const maTinh = facility.slice(0, 2);

  const tokenHeaders = async (token: Token): Promise<Record<string, string>> => ({
    accessToken: token.accessToken,
    tokenId: token.idToken,
    passwordHash: await pipeline.passwordHash(),
  });
  const tokenQuery = async (token: Token) => ({
    token: token.accessToken,
    id_token: token.idToken,
    username,
    password: await pipeline.passwordHash(),
  });

  const upload = async (
    operation: UploadOperation,
    file: Uint8Array,
    options: CallOptions = {},
  ): Promise<Receipt> => {
    const inForm = operation.carries === 'form';
    const shape: ReplyShape = { ...(inForm ? certificateShape : uploadShape), family: operation.family };
    // The headers variant has no token in its body, so one encoding serves every attempt.
    const body = inForm ? undefined : fileForm(uploadFields(operation), operation.fileField, file);
    const done = await pipeline.perform({
      operation: operation.id,
      shape,
      needsToken: true,
      bytes: file.length,
      ...passOn(options),
      send: async (token) => {
        const wire = body ?? fileForm(await certificateFields(operation, token!), operation.fileField, file);
        const headers = inForm ? {} : await tokenHeaders(token!);
        await options.onSend?.();
        return pipeline.send({
          method: 'POST',
          target: operation.path,
          headers: { ...headers, ...formHeaders, ...keyHeader(options) },
          body: wire,
          ...(options.signal ? { signal: options.signal } : {}),
        });
      },
    });
    return receiptOf(done, inForm);
  };

  const uploadFields = (operation: UploadOperation): Record<string, string> => ({
    username,
    [operation.typeField]: operation.type,
    maTinh,
    maCSKCB: facility,
  });
  const certificateFields = async (
    operation: UploadOperation,
    token: Token,
  ): Promise<Record<string, string>> => ({
    maCskcb: facility,
    ...(await tokenQuery(token)),
    [operation.typeField]: operation.type,
  });

  const lookUp = async <T>(
    operation: string,
    shape: ReplyShape,
    options: CallOptions,
    send: (token: Token) => ReturnType<Pipeline['build']>,
  ): Promise<LookUpAnswer<T>> => {
    const done = await pipeline.perform({
      operation,
      shape,
      needsToken: true,
      bytes: 0,
      ...passOn(options),
      send: (token) => send(token!),
    });
    return answerOf<T>(done);
  };

  return {
    ...createStatusCalls(pipeline),
    upload,
    sendClaim: (file, options = {}) => upload(claimOperation(options.standard ?? '3176'), file, options),
    checkIn: (file, options = {}) => upload(checkInOperation(options.standard ?? '3176'), file, options),
    sendMedicalAssessment: (file, options) => upload(medicalAssessmentOperation, file, options),
    sendCertificates: (file, options) => upload(certificatesOperation, file, options),
    sendDeathNotice: (file, options) => upload(deathOrBirthOperation('60'), file, options),
    sendBirthCertificate: (file, options) => upload(deathOrBirthOperation('61'), file, options),
    sendCatalogue: (number, file, options) => upload(catalogueOperation(number), file, options),
    sendMonthlySummary: (file, options) => upload(monthlySummaryOperation, file, options),

    async sendClaim4210(file, loaiHoSo, options = {}) {
      const body = byteArrayBody(file);
      const done = await pipeline.perform({
        operation: 'sendClaim4210',
        shape: { ...uploadShape, family: 'upload' },
        needsToken: true,
        bytes: file.length,
        ...passOn(options),
        send: async (token) => {
          const query = encodeForm({ ...(await tokenQuery(token!)), loaiHoSo, maTinh, maCSKCB: facility });
          await options.onSend?.();
          return pipeline.send({
            method: 'POST',
            target: `/api/egw/guiHoSoGiamDinh4210?${query}`,
            headers: { 'Content-Type': 'application/json', ...keyHeader(options) },
            body,
            ...(options.signal ? { signal: options.signal } : {}),
          });
        },
      });
      return receiptOf(done, false);
    },

    lookUpCard: (card, options = {}) =>
      lookUp('lookUpCard', { ...lookUpShape, family: 'card' }, options, async (token) => {
        const query = await tokenQuery(token);
        return pipeline.build(
          (builder) => builder.POST('/api/egw/KQNhanLichSuKCB2024', { params: { query }, body: card }),
          options.signal,
        );
      }),

    lookUpHistory: (card, options = {}) =>
      lookUp('lookUpHistory', { ...lookUpShape, family: 'history' }, options, async (token) => {
        const query = await tokenQuery(token);
        return pipeline.build(
          (builder) =>
            builder.POST('/api/egw/Lskcb2025', {
              params: { query },
              body: card,
              headers: formHeaders,
              bodySerializer: (fields) => encodeForm(fields as Record<string, string>),
            }),
          options.signal,
        );
      }),

    lookUpCoPayment: (card, options = {}) =>
      lookUp(
        'lookUpCoPayment',
        { ...lookUpShape, codeMember: 'MaKetQua', textMember: 'GhiChu', family: 'co-payment' },
        options,
        async (token) => {
          const header = {
            accessToken: token.accessToken,
            tokenId: token.idToken,
            passwordHash: await pipeline.passwordHash(),
          };
          return pipeline.build(
            (builder) =>
              builder.POST('/api/TraCuuCCT/TraCuuTienMCCT', {
                params: { header },
                body: { username, ...card },
              }),
            options.signal,
          );
        },
      ),

    async sendDriverCertificate(certificate, options = {}) {
      const done = await pipeline.perform({
        operation: 'sendDriverCertificate',
        shape: {
          effect: 'write',
          family: 'driver-certificate',
          codeMember: 'MSG_STATE',
          textMember: 'MSG_TEXT',
          receiptMembers: [],
        },
        needsToken: false,
        bytes: certificate.SIGNDATA.length,
        ...passOn(options),
        send: async () => {
          const header = { Username: username, Password: await pipeline.passwordHash() };
          await options.onSend?.();
          return pipeline.build(
            (builder) =>
              builder.POST('/api/hssk/gksk', {
                params: { header },
                body: certificate,
                headers: keyHeader(options),
              }),
            options.signal,
          );
        },
      });
      return answerOf<DriverCertificateReply>(done);
    },
  };
}

function passOn(options: CallOptions): Pick<CallOptions, 'signal' | 'attempts' | 'onPushBack'> {
  return {
    ...(options.onPushBack ? { onPushBack: options.onPushBack } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.attempts === undefined ? {} : { attempts: options.attempts }),
  };
}

function keyHeader(options: CallOptions): Record<string, string> {
  return options.idempotencyKey === undefined ? {} : { 'Idempotency-Key': options.idempotencyKey };
}

type DoneCall = Awaited<ReturnType<Pipeline['perform']>>;

function receiptOf(done: DoneCall, pascalCase: boolean): Receipt {
  const { body } = done;
  return {
    maKetQua: done.code,
    maGiaoDich: readText(body[pascalCase ? 'MaGD' : 'maGiaoDich']).slice(0, 100),
    thoiGianTiepNhan: readText(body[pascalCase ? 'ThoiGianTiepNhan' : 'thoiGianTiepNhan']).slice(0, 20),
    thongDiep: readText(body[pascalCase ? 'ThongDiep' : 'thongDiep']),
    attempts: done.attempts,
  };
}

/** Members of a wrong type become null, so that a hostile answer cannot break a caller who trusts the types. */
function answerOf<T>(done: DoneCall): LookUpAnswer<T> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(done.body)) {
    if (lists.has(name))
      body[name] = Array.isArray(value) ? value.filter(isPlainObject).slice(0, 10_000) : null;
    else if (objects.has(name)) body[name] = isPlainObject(value) ? value : null;
    else body[name] = typeof value === 'object' ? null : value;
  }
  return {
    code: done.code,
    advice: done.meaning.category,
    meaning: done.meaning.meaning,
    hint: done.meaning.hint,
    body: body as T,
  };
}

const lists: ReadonlySet<string> = new Set([
  'dsLichSuKCB2018',
  'dsLichSuKT2018',
  'dsLichSuKCB2025',
  'DataCCT',
]);
const objects: ReadonlySet<string> = new Set(['ThongTinSoThe']);

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `[60,63,120,…]`: the QĐ 4210 route takes the file as a JSON array of byte values. */
function byteArrayBody(file: Uint8Array): WireBody {
  if (file.length > 20 * 1024 * 1024) {
    throw gatewayError('ERR_TOO_LARGE', {
      category: 'input',
      retry: 'never',
      sentence: 'ERR_LEGACY_FILE_TOO_LARGE',
    });
  }
  const bytes = Buffer.from(`[${file.join(',')}]`, 'latin1');
  return { length: bytes.length, whole: () => bytes };
}
