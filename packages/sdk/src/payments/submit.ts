import { indexElements } from '@bhxh/xml';
import type { BhxhError } from '../errors/bhxh-error.ts';
import { openSpecifications, type Specifications } from '../specifications/index.ts';
import type { HeldDocument, SendOptions, SubmissionTarget, TargetOffers } from '../submission/target.ts';
import type { ItemReceipt } from '../submission/item.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import { messageNamespace, messageProfiles } from './message-profile.ts';

/**
 * The line to a bank or to VSS over which payment messages go. No public document describes it, so this is our
 * reference profile: a message is one ISO 20022 `Document`, named by its message id and the hash of its exact bytes.
 * Every call throws BhxhError; `unknown-outcome` when a message may have arrived without an answer.
 */
export interface PaymentChannel {
  readonly host: string;
  readonly environment: string;
  /** Who sends: the code of the bank or of the agency. */
  readonly sender: string;
  offers(signal?: AbortSignal): Promise<TargetOffers>;
  /** `message` is the profile's name, such as `pain.001`. */
  send(
    message: string,
    bytes: Uint8Array,
    options: SendOptions,
  ): Promise<ItemReceipt & { readonly attempts: number }>;
  /** Null when the other side says that it has nothing under this id with these bytes. */
  find(message: string, messageId: string, sha256: string, signal?: AbortSignal): Promise<ItemReceipt | null>;
  list(
    days: { readonly from?: string; readonly to?: string },
    signal?: AbortSignal,
  ): AsyncIterable<HeldDocument>;
}

/** Which message a document is and what it is called. */
export interface MessageIdentity {
  /** `pain.001`. */
  readonly message: string;
  readonly messageId: string;
}

/**
 * Reads the kind and the id of a message that is to be sent; it does not judge the message.
 *
 * @throws BhxhError `input` when there is no profile for it or it has no id; XmlError when it is not XML
 */
export function identifyMessage(bytes: Uint8Array, specifications: Specifications): MessageIdentity {
  const index = indexElements(bytes);
  const { localName, namespace } = index.root;
  const name = namespace.startsWith(messageNamespace) ? namespace.slice(messageNamespace.length) : '';
  const profile = messageProfiles(specifications).find(({ id }) => name.startsWith(`${id}.`));
  if (localName !== 'Document' || profile === undefined) {
    throw input('ERR_KIND_UNKNOWN', { name: (name === '' ? localName : name).slice(0, 60) });
  }
  // Investigations have an assignment instead of a group header.
  const holder = index.elementsNamed('GrpHdr')[0] ?? index.elementsNamed('Assgnmt')[0];
  const named = holder && index.childrenOf(holder).find((child) => idNames.has(child.localName));
  const messageId = named?.text.trim() ?? '';
  if (messageId === '') throw input('ERR_MESSAGE_ID_MISSING', { message: profile.id });
  return { message: profile.id, messageId };
}

const idNames: ReadonlySet<string> = new Set(['MsgId', 'Id']);

/** Lets the submission engine send payment messages: the message id is their business key. */
export function paymentsTarget(
  channel: PaymentChannel,
  options: { readonly specifications?: Specifications } = {},
): SubmissionTarget {
  const specifications = options.specifications ?? openSpecifications();
  return {
    host: channel.host,
    sender: `${channel.environment}/${channel.sender}`,
    identify(bytes) {
      const { message, messageId } = identifyMessage(bytes, specifications);
      return { kind: 'payment-message', route: message, key: messageId };
    },
    offers: (signal) => channel.offers(signal),
    send: (item, bytes, sending) => channel.send(item.route, bytes, sending),
    find: (item, signal) => channel.find(item.route, item.key, item.sha256, signal),
    list: (days, signal) => channel.list(days, signal),
  };
}

function input(code: `ERR_${string}`, values: Readonly<Record<string, string | number>>): BhxhError {
  return gatewayError(code, { category: 'input', retry: 'never', values });
}
