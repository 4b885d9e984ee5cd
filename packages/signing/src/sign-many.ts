import { checkSigningCertificate } from './certificates/signing-certificate.ts';
import { SigningError } from './errors.ts';
import type { SigningErrorCode } from './errors.ts';
import type { SignOptions } from './sign-xml.ts';
import { sign } from './sign-xml.ts';
import type { Signer } from './types.ts';

export interface DocumentToSign {
  /** How the caller knows the document again, a path for instance. */
  readonly id: string;
  readonly xml: Uint8Array;
}

/** One document of a batch: signed, or the reason why not. */
export type SignedDocument =
  | { readonly id: string; readonly xml: Uint8Array; readonly error?: undefined }
  | { readonly id: string; readonly xml?: undefined; readonly error: SigningError };

export interface SignManyOptions extends SignOptions {
  /** Documents in work at one time; default 1. A token gains nothing from more, an HSM with several sessions does. */
  readonly concurrency?: number;
}

/** What concerns the key and not the document: going on would fail every time, or cost PIN attempts. */
const fatal: ReadonlySet<SigningErrorCode> = new Set([
  'ERR_TOKEN_GONE',
  'ERR_TOKEN_MISSING',
  'ERR_TOKEN',
  'ERR_KEY_MISSING',
  'ERR_CERTIFICATE_EXPIRED',
  'ERR_CERTIFICATE_NOT_YET_VALID',
  'ERR_CERTIFICATE_NOT_FOR_SIGNING',
  'ERR_CERTIFICATE_REVOKED',
  'ERR_CERTIFICATE_REFUSED',
  'ERR_CERTIFICATE_STATUS_UNKNOWN',
  'ERR_ALGORITHM_NOT_AVAILABLE',
  'ERR_PROFILE_UNKNOWN',
  'ERR_PARTY_UNKNOWN',
  'ERR_SIGNATURE_WRONG',
  'ERR_SIGNING_CANCELLED',
  'ERR_TIME_STAMP_SOURCE',
]);

/**
 * Signs a stream of documents with one opened key, in their order. The next document is asked for only when there is room,
 * so memory is bounded by `concurrency` documents. A document that cannot be signed is reported and passed over; a failure
 * of the key ends the batch. The certificate's status is asked for once, before the first document. To resume, give the documents that did not come out signed.
 *
 * @throws SigningError of the key, and the reason of `signal`.
 * @example
 * for await (const { id, xml, error } of signMany(readFolder('out'), signer, { profile: 'bhxh-xml', now })) await store(id, xml, error);
 */
export async function* signMany(
  documents: Iterable<DocumentToSign> | AsyncIterable<DocumentToSign>,
  signer: Signer,
  options: SignManyOptions,
): AsyncGenerator<SignedDocument, void, undefined> {
  const concurrency = options.concurrency ?? 1;
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new SigningError('ERR_BATCH_SIZE');
  const { status, ...each } = options;
  if (status !== undefined) await checkSigningCertificate(signer, status, options.now());
  const inWork: Promise<SignedDocument>[] = [];
  try {
    for await (const document of documents) {
      options.signal?.throwIfAborted();
      inWork.push(signOne(document, signer, each));
      if (inWork.length >= concurrency) yield await inWork.shift()!;
    }
    while (inWork.length > 0) yield await inWork.shift()!;
  } finally {
    // Whoever stops early must not be surprised by a rejection later.
    await Promise.allSettled(inWork);
  }
}

async function signOne(
  { id, xml }: DocumentToSign,
  signer: Signer,
  options: SignOptions,
): Promise<SignedDocument> {
  try {
    return { id, xml: await sign(xml, signer, options) };
  } catch (error) {
    if (!(error instanceof SigningError) || error.category === 'auth' || fatal.has(error.code)) throw error;
    return { id, error };
  }
}
