import { checkSigningCertificate } from './certificates/signing-certificate.ts';
import { SigningError } from './errors.ts';
import type { SigningErrorCode } from './errors.ts';
import type { SignOptions } from './sign-xml.ts';
import { signValue } from './sign-xml.ts';
import type { Signer } from './types.ts';

export interface DocumentToSign {
  /** How the caller knows the document again, a path for instance. */
  readonly id: string;
  /** The bytes, or what reads them when their turn has come. */
  readonly xml: Uint8Array | (() => Promise<Uint8Array>);
}

/** One document of a batch: signed, signed in an earlier run, or the reason why not. */
export type SignedDocument =
  | { readonly id: string; readonly xml: Uint8Array; readonly kept?: undefined; readonly error?: undefined }
  | { readonly id: string; readonly xml?: undefined; readonly kept: true; readonly error?: undefined }
  | {
      readonly id: string;
      readonly xml?: undefined;
      readonly kept?: undefined;
      readonly error: SigningError;
    };

/** How far a batch is, told after each document that has come out. */
export interface SigningProgress {
  readonly signed: number;
  readonly kept: number;
  readonly failed: number;
}

export interface SignManyOptions extends SignOptions {
  /**
   * Documents in work at one time; default 1. Two keep a token busy while the next document is made ready, eight for each
   * of its sessions an HSM.
   */
  readonly concurrency?: number;
  /**
   * Resumes a batch: says whether an earlier run has signed this document, best after verifying what it left. Such a
   * document is neither read nor signed again.
   */
  readonly isDone?: (id: string) => boolean | Promise<boolean>;
  readonly progress?: (state: SigningProgress) => void;
}

/** What concerns one document and not the key; after anything else, going on would fail every time or cost PIN attempts. */
const passing: ReadonlySet<SigningErrorCode> = new Set([
  'ERR_TIME_STAMP',
  'ERR_REMOTE_REFUSED',
  'ERR_REMOTE_EXPIRED',
  'ERR_REMOTE_TIMEOUT',
  'ERR_REMOTE_UNAVAILABLE',
  'ERR_REMOTE_UNREACHABLE',
]);

/**
 * Signs a stream of documents with one opened key, in their order. The next document is asked for only when there is room,
 * so memory is bounded by `concurrency` documents. A document that cannot be signed is reported and passed over; a failure
 * of the key ends the batch, after what was signed before it. The certificate's status is asked for once, before the first
 * document.
 *
 * @throws SigningError of the key, what reading a document threw, and the reason of `signal`.
 * @example
 * for await (const { id, xml, error } of signMany(readFolder('out'), signer, { profile: 'bhxh-xml', now })) await store(id, xml, error);
 */
export async function* signMany(
  documents: Iterable<DocumentToSign> | AsyncIterable<DocumentToSign>,
  signer: Signer,
  options: SignManyOptions,
): AsyncGenerator<SignedDocument, void, undefined> {
  const { status, concurrency = 1, isDone, progress, ...each } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new SigningError('ERR_BATCH_SIZE');
  if (status !== undefined) await checkSigningCertificate(signer, status, options.now());
  const half = Math.ceil(concurrency / 2);
  const inWork: Promise<() => SignedDocument>[] = [];
  const state = { signed: 0, kept: 0, failed: 0 };
  const told = (finish: () => SignedDocument): SignedDocument => {
    const document = finish();
    state[document.error !== undefined ? 'failed' : document.kept === true ? 'kept' : 'signed']++;
    progress?.({ ...state });
    return document;
  };
  // Never rejects: what comes of a document is heard in its turn, and until then nothing must count as unheard.
  const work = async ({ id, xml }: DocumentToSign): Promise<() => SignedDocument> => {
    try {
      if (isDone !== undefined && (await isDone(id))) return () => ({ id, kept: true });
      const bytes = typeof xml === 'function' ? await xml() : xml;
      const finish = await signValue(bytes, signer, each);
      return () => ({ id, xml: finish() });
    } catch (error) {
      return () => ({ id, error: passingError(error) });
    }
  };
  // Half of the room is emptied and refilled in one go: documents that are verified, and others that are made ready, one
  // right after the other take half the time of each alone between two answers of a token.
  const firstHalf = () => Promise.all(inWork.splice(0, half));
  try {
    for await (const document of documents) {
      options.signal?.throwIfAborted();
      inWork.push(work(document));
      if (inWork.length < concurrency) continue;
      for (const finish of await firstHalf()) yield told(finish);
    }
    // Nothing is left to be made ready, so each is verified while those behind it are signed.
    while (inWork.length > 0) yield told(await inWork.shift()!);
  } finally {
    await Promise.all(inWork);
  }
}

/** Gives back what concerns one document alone, and throws what does not. */
function passingError(error: unknown): SigningError {
  if (error instanceof SigningError && (error.category === 'input' || passing.has(error.code))) return error;
  throw error;
}
