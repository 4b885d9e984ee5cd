import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { complete, prepare, readCertificates, SigningError, type SigningJob } from '@bhxh/signing';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openSigner } from '../open-signer.ts';
import { writeWhole } from '../output-folder.ts';
import { profileOption } from '../signature-profile.ts';
import { signingFailure } from '../signing-failure.ts';
import { timeStampSource } from '../time-stamp-source.ts';

/** No signature of any algorithm is longer in base64, and no job but its document. */
const valueLimit = 16_384;

/**
 * Signing in halves, for keys that no network reaches: `--prepare JOB` writes what is to be signed, `--answer JOB` signs it
 * where the key is, and `--complete JOB` puts the value in. Undefined when none of them was asked for.
 */
export function twoPhase(context: CommandContext): (() => Promise<ExitCode>) | undefined {
  const phases = [
    ['prepare', prepareJob],
    ['answer', answerJob],
    ['complete', completeJob],
  ] as const;
  const asked = phases.filter(([option]) => textOption(context.options, option) !== undefined);
  if (asked.length > 1) throw refused('--complete', asked.map(([option]) => `--${option}`).join(' '), '1');
  const [first] = asked;
  if (first === undefined) return undefined;
  const [option, work] = first;
  return () =>
    work(context, textOption(context.options, option) ?? '').catch((error: unknown) =>
      Promise.reject(signingFailure(error)),
    );
}

async function prepareJob(context: CommandContext, place: string): Promise<ExitCode> {
  const [path, more] = context.arguments;
  if (path === undefined || more !== undefined) throw refused('--prepare', place, 'FILE');
  const certificate = textOption(context.options, 'cert');
  const key = textOption(context.options, 'key');
  const profile = profileOption(context.options, 'sign');
  const xml = await read(path);
  const identity =
    certificate !== undefined
      ? chainOf(await read(certificate))
      : key !== undefined
        ? await openSigner(context, key)
        : undefined;
  if (identity === undefined) throw refused('--cert', '', 'PEM');
  const job = await prepare(xml, identity, { profile, now: context.now });
  writeWhole(place, `${JSON.stringify(job)}\n`, flagOption(context.options, 'force'));
  return tell(context, { phase: 'prepare', path, out: place, hash: job.hash }, `bhxh sign --answer ${place}`);
}

async function answerJob(context: CommandContext, place: string): Promise<ExitCode> {
  const key = textOption(context.options, 'key');
  const out = textOption(context.options, 'out');
  if (key === undefined) throw refused('--key', '', 'file:x.p12, pkcs11:…');
  if (out === undefined) throw refused('--out', '', 'FILE');
  const force = flagOption(context.options, 'force');
  if (!force && existsSync(out)) throw cliError('ERR_OUTPUT_EXISTS', { path: out });
  const job = await readJob(place);
  const signer = await openSigner(context, key);
  try {
    if (signer.certificate.raw.toString('base64') !== job.certificate)
      throw new SigningError('ERR_CERTIFICATE_KEY_MISMATCH');
    const value = await signer.sign(Buffer.from(job.toSign, 'base64'), job.algorithm, context.signal);
    // Whoever carries a job is not believed: with its document inside, the whole of it is checked before the value leaves.
    if (job.document !== undefined && job.timeStamp === undefined) await complete(job, value);
    writeWhole(out, `${Buffer.from(value).toString('base64')}\n`, force);
  } finally {
    await signer.close();
  }
  return tell(
    context,
    { phase: 'answer', path: place, out, hash: job.hash },
    `bhxh sign --complete ${place} --value ${out}`,
  );
}

async function completeJob(context: CommandContext, place: string): Promise<ExitCode> {
  const out = textOption(context.options, 'out');
  const file = textOption(context.options, 'value');
  if (file === undefined) throw refused('--value', '', 'FILE');
  if (out === undefined) throw refused('--out', '', 'FILE');
  const [path, more] = context.arguments;
  if (more !== undefined) throw refused('--complete', place, 'FILE');
  const job = await readJob(place);
  const document = path === undefined ? {} : { document: await read(path) };
  const timeStamp = timeStampSource(context, 'sign');
  const signed = await complete(job, readValue(await read(file)), {
    ...document,
    ...(timeStamp === undefined ? {} : { timeStamp }),
  });
  writeWhole(out, signed, flagOption(context.options, 'force'));
  return tell(context, { phase: 'complete', path: place, out, hash: job.hash }, `bhxh verify ${out}`);
}

function tell(
  { format, streams, messages }: CommandContext,
  item: { readonly phase: string; readonly path: string; readonly out: string; readonly hash: string },
  next: string,
): ExitCode {
  if (format === 'json') streams.write(`${JSON.stringify({ schema: 'bhxh-sign-phase/1', ...item })}\n`);
  else streams.write(`${item.path} → ${item.out}\n${item.hash}\n`);
  streams.note(`${messages.words.hint}: ${next}\n`);
  return exitCodes.done;
}

/** The leaf first, as certificate files have it. */
function chainOf(pem: Uint8Array): {
  readonly certificate: ReturnType<typeof readCertificates>[number];
  readonly chain: ReturnType<typeof readCertificates>;
} {
  const [certificate, ...chain] = readCertificates(pem);
  if (certificate === undefined) throw new SigningError('ERR_CERTIFICATE_MISSING');
  return { certificate, chain };
}

async function readJob(path: string): Promise<SigningJob> {
  let job: unknown;
  try {
    job = JSON.parse((await read(path)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new SigningError('ERR_JOB_DAMAGED', { part: 'JSON' });
    throw error;
  }
  const { schema, toSign, hash, certificate, insertion } = (job ?? {}) as Partial<SigningJob>;
  const isJob =
    schema === 'bhxh-signing-job/1' &&
    [toSign, hash, certificate].every((part) => typeof part === 'string') &&
    typeof insertion?.before === 'string' &&
    typeof insertion.after === 'string';
  if (!isJob) throw new SigningError('ERR_JOB_DAMAGED', { part: 'schema' });
  return job as SigningJob;
}

/** Base64 as `--answer` writes it, or the raw bytes that a token's own tool gives. */
function readValue(bytes: Buffer): Uint8Array {
  const text = bytes.length <= valueLimit ? bytes.toString('latin1').trim() : '';
  return /^[A-Za-z0-9+/\s]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : bytes;
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? '';
    throw cliError('ERR_INPUT_UNREADABLE', { path, why }, cause);
  }
}

const refused = (option: string, value: string, why: string): Error =>
  cliError('ERR_OPTION_INVALID', { option, value, why, command: 'sign' });
