import { sign, verify, type ProfileName, type Signer } from '@bhxh/signing';
import { fieldLabels } from '@bhxh/sdk/messages';
import { openSpecifications } from '@bhxh/sdk/specifications';
import type { SubmissionSource } from '@bhxh/sdk/submission';
import { createValidator, toJsonFile, type JsonFile } from '@bhxh/sdk/validation';
import type { CommandContext } from '../command-context.ts';
import type { InputFile } from '../inputs/input-file.ts';
import { overlayFor } from '../overlay.ts';
import { readWhole } from '../read-inputs.ts';
import { signingFailure } from '../signing-failure.ts';
import type { Outbox } from './outbox.ts';

/** Documents as they are: read again when they are sent, so that only names are held. */
export async function* plainSources(
  files: AsyncIterable<InputFile>,
  entries: Map<string, InputFile>,
): AsyncGenerator<SubmissionSource> {
  for await (const file of files) {
    if (file.path === '-' || file.path.includes('!')) {
      entries.set(file.path, file);
      yield { path: file.path, read: () => readWhole(file) };
    } else yield { path: file.path };
  }
}

/** Judges, signs and puts each document into the outbox; what is not valid is reported and left out. */
export async function* signedSources(
  context: CommandContext,
  files: AsyncIterable<InputFile>,
  signer: Signer,
  outbox: Outbox,
  refuse: (report: JsonFile) => void,
): AsyncGenerator<SubmissionSource> {
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const labelOf = fieldLabels(specifications);
  const validator = createValidator({
    specifications,
    now: context.now,
    verifySignature: (xml, { profile }) =>
      verify(xml, { profile: profile as ProfileName, trust: 'not-checked', now: context.now }),
  });
  for await (const file of files) {
    const bytes = await readWhole(file);
    const report = await validator.validateFile({ path: file.path, source: bytes, size: bytes.length });
    if (report.verdict !== 'valid') {
      refuse(toJsonFile(report, { labelOf }));
      continue;
    }
    const signed = await sign(bytes, signer, { profile: 'bhxh-xml', now: context.now }).catch(
      (error: unknown) => Promise.reject(signingFailure(error, file.path)),
    );
    yield { path: outbox.put(file.path, signed) };
  }
}
