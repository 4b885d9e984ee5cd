import type { Specifications } from '../../specifications/specifications.ts';
import type { RestCall, RestPipeline } from '../../transport/rest-pipeline.ts';
import {
  readEnvelope,
  writeEnvelope,
  type EnvelopedMessage,
  type MessageHeader,
} from '../message-envelope.ts';
import { messageProfile, type MessageProfile } from '../message-profile.ts';
import { refusalOf } from './refusal.ts';

/** Signs an envelope with the profile `payment-message`. */
export type SignMessage = (envelope: Uint8Array) => Promise<Uint8Array>;
/**
 * Checks who signed an envelope and gives the bytes that were signed. Throws when the signature does not hold: nothing
 * that was not signed by its sender is ever read.
 */
export type CheckMessage = (envelope: Uint8Array, sender: string) => Promise<Uint8Array>;

export interface SendOptions {
  readonly signal?: AbortSignal;
  /** Sent as Idempotency-Key, where the call makes a record. */
  readonly idempotencyKey?: string;
  /** Sent as X-Bhxh-Scenario to a reference server. */
  readonly scenario?: string;
  /** Awaited right before each send; nothing leaves when it fails. */
  readonly onSend?: () => void | Promise<void>;
  readonly onPushBack?: () => void;
}

/** What every function of the bank side is made of. */
export interface Exchange {
  readonly party: string;
  readonly specifications: Specifications;
  readonly now: () => Date;
  profile(id: string): MessageProfile;
  read<T>(operation: string, target: string, signal?: AbortSignal): Promise<T>;
  content(operation: string, target: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Sends JSON; a write unless it only asks. */
  post<T>(
    operation: string,
    target: string,
    body: unknown,
    options?: SendOptions & { readonly effect?: 'read' | 'write'; readonly version?: number },
  ): Promise<T>;
  /** Wraps, signs and sends a message; gives the answer's JSON and bytes. */
  send<T>(
    operation: string,
    target: string,
    message: { readonly header: Omit<MessageHeader, 'from'>; readonly document: Uint8Array },
    options?: SendOptions & { readonly effect?: 'read' | 'write' },
  ): Promise<{ readonly body: T; readonly content: Uint8Array; readonly attempts: number }>;
  /** Sends bytes that are signed already. */
  sendSigned<T>(
    operation: string,
    target: string,
    bytes: Uint8Array,
    options?: SendOptions & { readonly version?: number },
  ): Promise<T>;
  /** Reads a signed envelope of another party. */
  open(bytes: Uint8Array, sender: string): Promise<EnvelopedMessage>;
}

export interface ExchangeOptions {
  readonly party: string;
  readonly specifications: Specifications;
  readonly now: () => Date;
  readonly sign?: SignMessage;
  readonly check?: CheckMessage;
}

/** Throws `RangeError` where a message is to be signed and the client was opened without a signer. */
export function createExchange(pipeline: RestPipeline, options: ExchangeOptions): Exchange {
  const { party, specifications, now } = options;
  const headersOf = (sending: SendOptions & { readonly version?: number }): Record<string, string> => ({
    ...(sending.idempotencyKey === undefined ? {} : { 'Idempotency-Key': sending.idempotencyKey }),
    ...(sending.scenario === undefined ? {} : { 'X-Bhxh-Scenario': sending.scenario }),
    ...(sending.version === undefined ? {} : { 'If-Match': `"${sending.version}"` }),
  });
  const follow = (sending: SendOptions): Partial<RestCall> => ({
    ...(sending.signal === undefined ? {} : { signal: sending.signal }),
    ...(sending.onSend === undefined ? {} : { onSend: sending.onSend }),
    ...(sending.onPushBack === undefined ? {} : { onPushBack: sending.onPushBack }),
  });
  const sendBytes = (
    operation: string,
    target: string,
    bytes: Uint8Array,
    sending: SendOptions & { readonly effect?: 'read' | 'write'; readonly version?: number },
  ): ReturnType<RestPipeline['call']> =>
    pipeline.call({
      operation,
      effect: sending.effect ?? 'write',
      method: 'POST',
      target,
      body: { type: 'application/xml', bytes },
      headers: headersOf(sending),
      onProblem: refusalOf,
      ...follow(sending),
    });
  const get = (
    operation: string,
    target: string,
    signal: AbortSignal | undefined,
  ): ReturnType<RestPipeline['call']> =>
    pipeline.call({
      operation,
      effect: 'read',
      method: 'GET',
      target,
      onProblem: refusalOf,
      ...(signal === undefined ? {} : { signal }),
    });
  return {
    party,
    specifications,
    now,
    profile: (id) => messageProfile(specifications, id),
    read: async <T>(operation: string, target: string, signal?: AbortSignal) =>
      (await get(operation, target, signal)).body as unknown as T,
    content: async (operation, target, signal) => (await get(operation, target, signal)).content,
    async post<T>(
      operation: string,
      target: string,
      body: unknown,
      sending: SendOptions & { readonly effect?: 'read' | 'write'; readonly version?: number } = {},
    ) {
      const answer = await pipeline.call({
        operation,
        effect: sending.effect ?? 'write',
        method: 'POST',
        target,
        body: { type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) },
        headers: headersOf(sending),
        onProblem: refusalOf,
        ...follow(sending),
      });
      return answer.body as unknown as T;
    },
    async send<T>(
      operation: string,
      target: string,
      message: { readonly header: Omit<MessageHeader, 'from'>; readonly document: Uint8Array },
      sending: SendOptions & { readonly effect?: 'read' | 'write' } = {},
    ) {
      if (options.sign === undefined) throw new RangeError('the client was opened without a signer');
      const envelope = writeEnvelope({ ...message.header, from: party }, message.document);
      const { body, content, attempts } = await sendBytes(
        operation,
        target,
        await options.sign(envelope),
        sending,
      );
      return { body: body as unknown as T, content, attempts };
    },
    sendSigned: async <T>(
      operation: string,
      target: string,
      bytes: Uint8Array,
      sending: SendOptions & { readonly version?: number } = {},
    ) => (await sendBytes(operation, target, bytes, sending)).body as unknown as T,
    async open(bytes, sender) {
      if (options.check === undefined) throw new RangeError('the client was opened without a check');
      return readEnvelope(await options.check(bytes, sender));
    },
  };
}

/** `2026-01-05T10:00:00+07:00` of a moment. */
export function vietnamMoment(moment: Date): string {
  return `${new Date(moment.getTime() + 7 * 3_600_000).toISOString().slice(0, 19)}+07:00`;
}
