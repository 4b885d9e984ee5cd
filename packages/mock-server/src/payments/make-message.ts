import { randomUUID } from 'node:crypto';
import { writeEnvelope, writeMessage, type OutgoingObject } from '@bhxh/sdk/payments/read';
import type { ServerContext } from '../context.ts';
import { vietnamTime } from '../clock/vietnam-time.ts';
import { sha256Of } from '../lifecycle/receive.ts';
import { paymentsOf } from './context.ts';
import type { MadeMessage } from './record-kind.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-01-05T10:00:00+07:00`. */
export function vietnamMoment(moment: Date): string {
  const t = vietnamTime(moment);
  return `${t.year}-${two(t.month)}-${two(t.day)}T${two(t.hour)}:${two(t.minute)}:${two(t.second)}+07:00`;
}

export const newMessageId = (): string => randomUUID().replaceAll('-', '').slice(0, 30).toUpperCase();

export interface MessageToMake {
  readonly from: string;
  readonly to: string;
  /** `camt.053`. */
  readonly kind: string;
  readonly businessDate: string;
  readonly service?: string;
  readonly correlationId?: string;
  readonly messageId?: string;
  /** Content by the profile; the id and the moment of the message are given. */
  content(messageId: string, createdAt: string): OutgoingObject;
  /** Last change of the document before it is signed, for scenarios. */
  readonly spoil?: (document: string) => string;
}

/** A message of the side that this server plays, signed with that party's key. */
export async function makeMessage(server: ServerContext, choice: MessageToMake): Promise<MadeMessage> {
  const { keys, profile } = paymentsOf(server);
  const at = server.clock.now();
  const createdAt = vietnamMoment(at);
  const messageId = choice.messageId ?? newMessageId();
  const written = profile(choice.kind);
  let document = writeMessage(written, choice.content(messageId, createdAt));
  if (choice.spoil !== undefined)
    document = Buffer.from(choice.spoil(Buffer.from(document).toString('utf8')));
  const header = {
    from: choice.from,
    to: choice.to,
    messageId,
    definition: `${choice.kind}.${written.version}`,
    createdAt,
    businessDate: choice.businessDate,
    ...(choice.service === undefined ? {} : { service: choice.service }),
    ...(choice.correlationId === undefined ? {} : { correlationId: choice.correlationId }),
  };
  const bytes = await keys.signMessage(choice.from, writeEnvelope(header, document));
  return { id: `TD${messageId.slice(0, 20)}`, header, bytes, sha256: sha256Of(bytes), at };
}
