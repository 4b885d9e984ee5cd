import type { components } from '../../generated/bank-gateway.ts';
import type { EnvelopedMessage } from '../message-envelope.ts';
import { step, targetOf } from './call-parts.ts';
import type { Exchange, SendOptions } from './exchange.ts';

type Schemas = components['schemas'];
export type MessageList = Schemas['MessageList'];
export type MessageName = Schemas['MessageName'];
export type BankList = Schemas['BankList'];
export type BusinessDay = Schemas['BusinessDay'];
export type Disbursement = Schemas['Disbursement'];
export type Sheet = Schemas['Sheet'];

export interface MessageQuery {
  readonly direction?: 'in' | 'out';
  readonly definition?: string;
  readonly messageId?: string;
  readonly sha256?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly after?: string;
}

/** Messages as such, and what the two sides know of each other. */
export interface MessageCalls {
  findMessages(query?: MessageQuery, signal?: AbortSignal): Promise<MessageList>;
  /** A message byte for byte as it was sent. */
  readMessage(id: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** A message of another party, its signature checked. */
  openMessage(name: Pick<MessageName, 'id' | 'from'>, signal?: AbortSignal): Promise<EnvelopedMessage>;
  /** PEM that the messages of a party are signed with on this server; trusting it is the caller's choice. */
  readCertificate(party: string, signal?: AbortSignal): Promise<string>;
  registerCertificate(pem: string, options?: SendOptions): Promise<{ readonly fingerprint: string }>;
  findBanks(on?: string, signal?: AbortSignal): Promise<BankList>;
  readBusinessDay(signal?: AbortSignal): Promise<BusinessDay>;
  /** The order of a disbursement as its office signed it, checked (pain.001). */
  readOrder(
    disbursement: Pick<Disbursement, 'id' | 'office'>,
    signal?: AbortSignal,
  ): Promise<EnvelopedMessage>;
  /** What a bank did with a batch (pain.002), or what came back of it (pacs.004). */
  reportDisbursement(
    message: {
      readonly kind: 'pain.002' | 'pacs.004';
      readonly office: string;
      readonly messageId: string;
      readonly businessDate: string;
      readonly createdAt: string;
      readonly correlationId?: string;
      readonly document: Uint8Array;
    },
    options?: SendOptions,
  ): Promise<Disbursement>;
  readSheetDocument(id: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Hands in a sheet with the own signature added. */
  signSheet(sheet: Pick<Sheet, 'id' | 'version'>, signed: Uint8Array, options?: SendOptions): Promise<Sheet>;
}

export function createMessageCalls(exchange: Exchange): MessageCalls {
  const readMessage = (id: string, signal?: AbortSignal): Promise<Uint8Array> =>
    exchange.content('readMessage', targetOf(`messages/${step(id)}`), signal);
  return {
    findMessages: (query = {}, signal) =>
      exchange.read('findMessages', targetOf('messages', { ...query }), signal),
    readMessage,
    openMessage: async ({ id, from }, signal) => await exchange.open(await readMessage(id, signal), from),
    readCertificate: async (party, signal) =>
      Buffer.from(
        await exchange.content('readPartyCertificate', targetOf(`certificates/${step(party)}`), signal),
      ).toString('utf8'),
    registerCertificate: (pem, options) =>
      exchange.post('registerPartyCertificate', targetOf('certificates'), { pem }, options),
    findBanks: (on, signal) => exchange.read('findBanks', targetOf('banks', { on }), signal),
    readBusinessDay: (signal) => exchange.read('readBusinessDay', targetOf('business-day'), signal),
    readOrder: async ({ id, office }, signal) =>
      await exchange.open(
        await exchange.content('readDisbursementOrder', targetOf(`disbursements/${step(id)}/order`), signal),
        office,
      ),
    async reportDisbursement(message, options) {
      const { kind, office, messageId, businessDate, createdAt, correlationId, document } = message;
      const { version } = exchange.profile(kind);
      const [operation, path] =
        kind === 'pain.002'
          ? ['sendDisbursementResults', 'disbursement-results']
          : ['sendReturns', 'disbursement-returns'];
      const { body } = await exchange.send<Disbursement>(
        operation,
        targetOf(path),
        {
          header: {
            to: office,
            messageId,
            definition: `${kind}.${version}`,
            createdAt,
            businessDate,
            ...(correlationId === undefined ? {} : { correlationId }),
          },
          document,
        },
        options,
      );
      return body;
    },
    readSheetDocument: (id, signal) =>
      exchange.content('readSheetDocument', targetOf(`sheets/${step(id)}/document`), signal),
    signSheet: ({ id, version }, signed, options) =>
      exchange.sendSigned('signSheet', targetOf(`sheets/${step(id)}/signatures`), signed, {
        ...options,
        version,
      }),
  };
}
