import { createHash } from 'node:crypto';
import { sign, verify, type ProfileName, type Signer } from '@bhxh/signing';
import { fieldLabels } from '@bhxh/sdk/messages';
import { openSpecifications } from '@bhxh/sdk/specifications';
import type { SubmissionSource } from '@bhxh/sdk/submission';
import { createValidator, toJsonFile, type JsonFile } from '@bhxh/sdk/validation';
import type { CommandContext } from '../command-context.ts';
import { overlayFor } from '../overlay.ts';
import { readWhole } from '../read-inputs.ts';
import { signingFailure } from '../signing-failure.ts';
import type { SubmissionInput } from './input-paths.ts';
import type { Submission } from './submission.ts';

/** Documents as they are: read again when they are sent, so that only names are held. */
export async function* plainSources(
  inputs: AsyncIterable<SubmissionInput>,
  { outbox }: Submission,
): AsyncGenerator<SubmissionSource> {
  for await (const { file, ...due } of inputs) {
    if (file.path === '-') {
      const bytes = await readWhole(file);
      const path = outbox.pathOf(hashOf(bytes));
      outbox.put(path, bytes);
      yield { path, shown: file.path, ...due };
    } else if (file.path.includes('!')) yield { path: file.path, read: () => readWhole(file), ...due };
    else yield { path: file.path, ...due };
  }
}

/**
 * Judges, signs and puts each document into the outbox; what is not valid is reported to `refuse` and left out. A
 * document that was signed before is never signed again while its outcome is open or good, because other bytes for the
 * same document would be sent beside the first.
 */
export async function* signedSources(
  inputs: AsyncIterable<SubmissionInput>,
  signer: Signer,
  { context, journal, target, outbox }: Submission,
  refuse: (report: JsonFile) => void,
): AsyncGenerator<SubmissionSource> {
  const judge = judgeOf(context);
  for await (const { file, ...due } of inputs) {
    const bytes = await readWhole(file);
    const path = outbox.pathOf(hashOf(bytes));
    const known = await journal.findByPath(target.sender, path);
    if (known !== null && known.state !== 'rejected') {
      const stored = async (): Promise<Uint8Array> => (await journal.sentBytes(known)) ?? Buffer.alloc(0);
      yield { path, shown: file.path, ...due, ...(outbox.holds(path) ? {} : { read: stored }) };
      continue;
    }
    if (known !== null || !outbox.holds(path)) {
      const report = await judge(file.path, bytes);
      if (report.verdict !== 'valid') {
        refuse(report);
        continue;
      }
      const signed = await sign(bytes, signer, { profile: 'bhxh-xml', now: context.now }).catch(
        (error: unknown) => Promise.reject(signingFailure(error, file.path)),
      );
      outbox.put(path, signed);
      yield { path, shown: file.path, read: async () => signed, ...due };
    } else yield { path, shown: file.path, ...due };
  }
}

function judgeOf(context: CommandContext): (path: string, bytes: Uint8Array) => Promise<JsonFile> {
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const labelOf = fieldLabels(specifications);
  const validator = createValidator({
    specifications,
    now: context.now,
    verifySignature: (xml, { profile }) =>
      verify(xml, { profile: profile as ProfileName, trust: 'not-checked', now: context.now }),
  });
  return async (path, bytes) =>
    toJsonFile(await validator.validateFile({ path, source: bytes, size: bytes.length }), { labelOf });
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
