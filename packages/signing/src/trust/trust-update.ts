import { createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../base64.ts';
import { SigningError } from '../errors.ts';
import type { TrustAnchor, TrustList } from './trust-list.ts';
import { isMoment, parse, readAnchor } from './trust-list.ts';

/** What an update says: the whole set of published anchors, in place of those of the update before it. */
export interface TrustUpdate {
  /** Counts up; a list never goes back to a smaller one. */
  readonly sequence: number;
  /** Moments in UTC, `yyyy-MM-ddThh:mm:ssZ`. */
  readonly issuedAt: string;
  /** After this the update is not taken any more, so that nobody is kept on an old one. */
  readonly expiresAt: string;
  readonly anchors: readonly Omit<TrustAnchor, 'addedBy'>[];
}

/** Stands before the signed bytes, so that this signature can be mistaken for no other. */
const prefix = Buffer.from('bhxh-trust-update/1\n');
const maxBytes = 4 * 1024 * 1024;

/** The file of an update, signed with the publisher's Ed25519 key. */
export function signTrustUpdate(update: TrustUpdate, key: KeyObject): string {
  const content = Buffer.from(JSON.stringify(update));
  const signature = sign(null, Buffer.concat([prefix, content]), key);
  return `${JSON.stringify({
    schema: 'bhxh-trust-update/1',
    content: encodeBase64(content),
    signature: encodeBase64(signature),
  })}\n`;
}

/**
 * The list after an update. Anchors of earlier updates give way to the new ones; what the user added stays. The first
 * update needs its publisher's key, had by another way; the list then keeps it.
 *
 * @throws SigningError `ERR_TRUST_UPDATE_KEY`, `ERR_TRUST_UPDATE_DAMAGED`, `ERR_TRUST_UPDATE_SIGNATURE`, or
 * `ERR_TRUST_UPDATE_OLD` for one that has expired or that is not newer than the last.
 */
export function applyTrustUpdate(
  list: TrustList,
  file: string,
  options: {
    /** The publisher's Ed25519 public key; default the one the list keeps. A key that differs from the kept one is refused. */
    readonly key?: KeyObject;
    readonly now: () => Date;
  },
): TrustList {
  const updateKey = keyOf(list, options.key);
  const content = open(file, updateKey);
  const update = readUpdate(content);
  const now = options.now().toISOString();
  const { updated } = list;
  const isOlder =
    updated !== undefined && (update.sequence <= updated.sequence || update.issuedAt < updated.issuedAt);
  if (isOlder || update.expiresAt < now) {
    throw new SigningError('ERR_TRUST_UPDATE_OLD', {
      sequence: update.sequence,
      known: updated?.sequence ?? 0,
      expiresAt: update.expiresAt,
    });
  }
  if (update.issuedAt > now) throw damaged('issuedAt');
  const published = update.anchors.map((one) => readAnchor(one, 'update'));
  const isPublished = new Set(published.map(({ fingerprint }) => fingerprint));
  if (isPublished.size < published.length) throw damaged('anchors');
  const kept = list.anchors.filter(
    ({ addedBy, fingerprint }) => addedBy === 'user' && !isPublished.has(fingerprint),
  );
  return {
    schema: 'bhxh-trust/1',
    anchors: [...kept, ...published],
    updateKey: encodeBase64(updateKey.export({ type: 'spki', format: 'der' })),
    updated: { sequence: update.sequence, issuedAt: update.issuedAt },
  };
}

function keyOf(list: TrustList, given: KeyObject | undefined): KeyObject {
  if (list.updateKey === undefined) {
    if (given?.asymmetricKeyType !== 'ed25519') throw new SigningError('ERR_TRUST_UPDATE_KEY');
    return given;
  }
  const raw = decodeBase64(list.updateKey);
  let kept: KeyObject;
  try {
    kept = createPublicKey({ key: raw ?? Buffer.alloc(0), type: 'spki', format: 'der' });
  } catch (cause) {
    throw new SigningError('ERR_TRUST_LIST_DAMAGED', { part: 'updateKey' }, cause);
  }
  if (given !== undefined && !kept.equals(given)) throw new SigningError('ERR_TRUST_UPDATE_KEY');
  return kept;
}

/** The content, once its signature is known to be right: nothing else of the file is read before. */
function open(file: string, key: KeyObject): string {
  if (file.length > maxBytes) throw damaged('size');
  const envelope = parse(file);
  const { schema, content, signature } = envelope ?? {};
  if (schema !== 'bhxh-trust-update/1' || typeof content !== 'string' || typeof signature !== 'string')
    throw damaged('schema');
  const [bytes, value] = [decodeBase64(content), decodeBase64(signature)];
  if (bytes === undefined || value === undefined) throw damaged('base64');
  if (!verify(null, Buffer.concat([prefix, bytes]), key, value))
    throw new SigningError('ERR_TRUST_UPDATE_SIGNATURE');
  return bytes.toString('utf8');
}

function readUpdate(content: string): TrustUpdate {
  const { sequence, issuedAt, expiresAt, anchors } = parse(content) ?? {};
  const isWhole =
    Number.isSafeInteger(sequence) && isMoment(issuedAt) && isMoment(expiresAt) && Array.isArray(anchors);
  if (!isWhole) throw damaged('content');
  const moment = (text: string): string => new Date(text).toISOString();
  return {
    sequence: sequence as number,
    issuedAt: moment(issuedAt),
    expiresAt: moment(expiresAt),
    anchors: anchors as TrustUpdate['anchors'],
  };
}

const damaged = (part: string): SigningError => new SigningError('ERR_TRUST_UPDATE_DAMAGED', { part });
