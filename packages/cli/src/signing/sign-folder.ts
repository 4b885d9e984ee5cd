import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  signMany,
  SigningError,
  verify,
  type DocumentToSign,
  type SignatureEngine,
  type SignatureProfile,
  type Signer,
  type StatusCheck,
  type TimeStampSource,
} from '@bhxh/signing';
import { BhxhError } from '@bhxh/sdk/errors';
import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { sweepTemporary, writeWhole } from '../output-folder.ts';
import { readWhole } from '../read-inputs.ts';
import { signingFailure } from '../signing-failure.ts';
import { isSignedCopy } from './signed-copy.ts';
import type { SigningTask } from './signing-places.ts';

/** What became of one document. */
export interface SignedItem {
  readonly path: string;
  readonly out: string;
  readonly state: 'signed' | 'kept' | 'failed';
  readonly error?: BhxhError;
}

export interface SignFolderOptions {
  readonly signer: Signer;
  readonly profile: SignatureProfile;
  readonly party?: string;
  readonly status?: StatusCheck;
  readonly timeStamp?: TimeStampSource;
  readonly engine: SignatureEngine;
  readonly concurrency: number;
  /** Keep what an earlier run has signed. */
  readonly resume: boolean;
  /** Replace what is there and is not kept. */
  readonly force: boolean;
}

/**
 * Signs documents with one login. Each output is verified and then appears whole; a document that cannot be signed is told
 * and passed over. Stopping between two documents loses nothing: the next run keeps what it verifies as signed from the same
 * document by the same certificate.
 *
 * @throws what concerns the key and not one document, after the items that came out before it; AbortError after Ctrl-C.
 */
export async function* signFolder(
  context: CommandContext,
  tasks: AsyncIterable<SigningTask>,
  options: SignFolderOptions,
): AsyncGenerator<SignedItem> {
  const { signer, profile, party, status, engine, timeStamp } = options;
  const parts = {
    profile,
    engine,
    now: context.now,
    ...(party === undefined ? {} : { party }),
  };
  /** Items that need no signature, in the order of the input. */
  const settled: SignedItem[] = [];
  const waiting = new Map<string, string>();
  const swept = new Set<string>();

  const isRight = async (signed: Uint8Array): Promise<boolean> =>
    (
      await verify(signed, {
        ...parts,
        trust: 'not-checked',
        expect: { certificate: signer.certificate },
      })
    ).verdict === 'valid';

  async function* documents(): AsyncGenerator<DocumentToSign> {
    for await (const { input, out } of tasks) {
      const { path } = input;
      try {
        const folder = dirname(out);
        if (!swept.has(folder)) sweepTemporary(folder);
        swept.add(folder);
        const isThere = existsSync(out);
        if (isThere && options.resume) {
          const signed = readFileSync(out);
          if (isSignedCopy(await readWhole(input), signed) && (await isRight(signed))) {
            settled.push({ path, out, state: 'kept' });
            continue;
          }
        }
        if (isThere && !options.force) throw cliError('ERR_OUTPUT_EXISTS', { path: out });
      } catch (error) {
        settled.push({ path, out, state: 'failed', error: known(error) });
        continue;
      }
      waiting.set(out, path);
      yield { id: out, xml: () => readWhole(input) };
    }
  }

  const batch = signMany(documents(), signer, {
    ...parts,
    signal: context.signal,
    concurrency: options.concurrency,
    ...(status === undefined ? {} : { status }),
    ...(timeStamp === undefined ? {} : { timeStamp }),
  });
  try {
    for await (const { id: out, xml, error } of batch) {
      yield* settled.splice(0);
      const path = waiting.get(out) ?? '';
      waiting.delete(out);
      if (xml === undefined) {
        const told =
          error === undefined ? cliError('ERR_BUG', { what: 'sign' }) : signingFailure(error, path);
        yield { path, out, state: 'failed', error: known(told) };
        continue;
      }
      if (!(await isRight(xml))) throw new SigningError('ERR_SIGNATURE_WRONG', { part: 'document' });
      mkdirSync(dirname(out), { recursive: true });
      writeWhole(out, xml, options.force);
      yield { path, out, state: 'signed' };
    }
  } finally {
    yield* settled.splice(0);
  }
}

function known(error: unknown): BhxhError {
  if (error instanceof BhxhError) return error;
  throw error;
}
