import type { ServerContext } from '../context.ts';
import type { Connection } from '../store/store.ts';
import type { ActingParty } from './parties.ts';
import type { ReceivedEnvelope } from './receive-envelope.ts';
import type { Content, NewRecord, PaymentRecord } from './records.ts';

/** Who asks, and as records name him. */
export interface Actor {
  readonly party: ActingParty;
  readonly name: string;
}

/** A document or message that a step makes; signed before its transaction begins. */
export interface MadeMessage extends Pick<ReceivedEnvelope, 'header' | 'bytes' | 'sha256' | 'at'> {
  readonly id: string;
}

/** What a step does beside changing the state. Everything slow is done before; the rest is one transaction. */
export interface StepOutcome {
  /** Another state than the life cycle's. */
  readonly state?: string;
  readonly action?: string;
  readonly note?: string;
  readonly content?: Content;
  readonly documents?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly messages?: readonly MadeMessage[];
  readonly later?: readonly { readonly step: string; readonly at: Date }[];
  /** In the transaction of the step; gives changes of the content. */
  readonly within?: (connection: Connection, record: PaymentRecord) => Promise<Content | undefined>;
}

export interface StepInput {
  readonly action: string;
  readonly note: string | null;
  readonly code: string | null;
}

/** What one kind of record adds to its life cycle. */
export interface RecordKind {
  readonly kind: string;
  /** Checks what is asked for and says what is to be kept; `later` are steps of the server. */
  open(
    server: ServerContext,
    actor: Actor,
    body: Content,
  ): Promise<NewRecord & Pick<StepOutcome, 'later' | 'documents' | 'within'>>;
  /** Prepares a step that a caller takes. */
  act?(server: ServerContext, record: PaymentRecord, input: StepInput, actor: Actor): Promise<StepOutcome>;
  /** Prepares a step that the server takes at its moment; undefined when it no longer applies. */
  run?(server: ServerContext, record: PaymentRecord, step: string): Promise<StepOutcome | undefined>;
}
