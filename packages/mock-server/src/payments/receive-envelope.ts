import { randomUUID } from 'node:crypto';
import { readEnvelope, type MessageHeader } from '@bhxh/sdk/payments/read';
import { BhxhError } from '@bhxh/sdk/errors';
import { verify } from '@bhxh/signing';
import { XmlError } from '@bhxh/xml';
import type { ServerContext } from '../context.ts';
import { sha256Of } from '../lifecycle/receive.ts';
import type { PartyTable } from '../store/payment-tables.ts';
import type { Connection } from '../store/store.ts';
import { findParty, partyCertificates } from './parties.ts';
import { refusePayment } from './refuse.ts';

/** A message whose signature and header are in order. */
export interface ReceivedEnvelope {
  readonly header: MessageHeader;
  /** The message itself, from the bytes that were signed. */
  readonly document: Uint8Array;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly at: Date;
}

/**
 * Checks a signed envelope: form, sender, receiver, kind, then the signature by a certificate registered for the sender.
 * What is read afterwards is what was signed.
 */
export async function receiveEnvelope(
  server: ServerContext,
  sender: PartyTable,
  bytes: Uint8Array,
  definitions: readonly string[],
): Promise<ReceivedEnvelope> {
  const anchors = await partyCertificates(server.store, sender.code);
  if (anchors.length === 0) throw refusePayment('CERTIFICATE_NOT_REGISTERED');
  const now = (): Date => server.clock.now();
  const outcome = await verify(bytes, { profile: 'payment-message', trust: { anchors }, now });
  if (outcome.verdict !== 'valid') {
    const isForeign = outcome.reasons.some(({ code }) => code === 'CERTIFICATE_ISSUER_UNKNOWN');
    throw refusePayment(isForeign ? 'CERTIFICATE_NOT_REGISTERED' : 'SIGNATURE_INVALID', {
      detail: outcome.reasons[0]?.code ?? outcome.verdict,
    });
  }
  const signer = outcome.signer?.certificate;
  if (signer === undefined || !anchors.some((one) => one.raw.equals(signer.raw)))
    throw refusePayment('CERTIFICATE_NOT_REGISTERED');
  const { header, document } = opened(outcome.signedBytes ?? bytes);
  if (header.from !== sender.code) throw refusePayment('ENVELOPE_SENDER');
  const receiver = await findParty(server.store.read, header.to);
  if (receiver === undefined || receiver.side === sender.side) throw refusePayment('ENVELOPE_RECEIVER');
  const isExpected = definitions.some((one) => header.definition.startsWith(`${one}.`));
  if (!isExpected || !namesDocument(document, header.definition))
    throw refusePayment('MESSAGE_UNEXPECTED', { detail: header.definition.slice(0, 40) });
  return { header, document, bytes, sha256: sha256Of(bytes), at: now() };
}

function opened(bytes: Uint8Array): ReturnType<typeof readEnvelope> {
  try {
    return readEnvelope(bytes);
  } catch (error) {
    if (error instanceof BhxhError || error instanceof XmlError)
      throw refusePayment('ENVELOPE_WRONG', { detail: error.code });
    throw error;
  }
}

/** A header that promises another message than the document is would let one function's message into another. */
function namesDocument(document: Uint8Array, definition: string): boolean {
  return Buffer.from(document.subarray(0, 300)).toString('latin1').includes(`tech:xsd:${definition}"`);
}

export interface MessageReceipt {
  readonly id: string;
  readonly messageId: string;
  readonly sha256: string;
  readonly receivedAt: string;
  readonly isReplay: boolean;
}

export function newReceipt({ header, sha256, at }: ReceivedEnvelope): MessageReceipt {
  return {
    id: `TD${randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase()}`,
    messageId: header.messageId,
    sha256,
    receivedAt: at.toISOString(),
    isReplay: false,
  };
}

/**
 * The answer that these very bytes got before, or nothing. Throws 409 where the sender gave the id to another content:
 * a message id names one content for ever.
 */
export async function findReceipt(
  connection: Connection,
  { header, sha256 }: ReceivedEnvelope,
): Promise<string | undefined> {
  const known = await connection
    .selectFrom('payment_message')
    .select(['sha256', 'receipt'])
    .where('sender', '=', header.from)
    .where('message_id', '=', header.messageId)
    .executeTakeFirst();
  if (known === undefined) return undefined;
  if (known.sha256 !== sha256) throw refusePayment('MESSAGE_ID_REUSED');
  return JSON.stringify({ ...(JSON.parse(known.receipt) as object), isReplay: true });
}

export async function keepMessage(
  connection: Connection,
  message: Pick<ReceivedEnvelope, 'header' | 'bytes' | 'sha256' | 'at'>,
  id: string,
  receipt: string,
): Promise<void> {
  const { header, bytes, sha256, at } = message;
  await connection
    .insertInto('payment_message')
    .values({
      id,
      sender: header.from,
      receiver: header.to,
      message_id: header.messageId,
      definition: header.definition,
      service: header.service ?? null,
      correlation_id: header.correlationId ?? null,
      sha256,
      business_date: header.businessDate,
      received_at: at.getTime(),
      bytes,
      receipt,
    })
    .execute();
}
