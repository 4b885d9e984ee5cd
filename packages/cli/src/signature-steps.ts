import { createHash } from 'node:crypto';
import {
  explainSignature,
  verify,
  type ProfileName,
  type SignatureProfile,
  type VerifyResult,
} from '@bhxh/signing';
import { signatureReason, maskValue } from '@bhxh/sdk/messages';
import { flagOption, textOption, type CommandContext } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { writeWhole } from './output-folder.ts';
import { readTrust } from './read-trust.ts';

type Explanation = ReturnType<typeof explainSignature>;

/**
 * Takes a document's signature apart step by step: place, references, canonical bytes, SignedInfo and value, certificates,
 * times, verdict. `--out FILE` gets the canonical bytes of the first reference, `FILE.2` … those of the others, and
 * `FILE.signed-info` what the key signed, so that everything can be repeated with openssl.
 */
export async function explainSignatureSteps(
  context: CommandContext,
  path: string,
  bytes: Uint8Array,
  profile: ProfileName | SignatureProfile,
): Promise<ExitCode> {
  const { streams, options } = context;
  const party = textOption(options, 'party');
  const choice = { profile, ...(party === undefined ? {} : { party }) };
  const taken = explainSignature(bytes, choice);
  const trust = readTrust(context, 'explain');
  const result = await verify(bytes, { ...choice, trust: trust ?? 'not-checked', now: context.now });
  const written = writeBytes(context, taken);
  if (context.format === 'json') streams.write(`${JSON.stringify(toJson(context, path, taken, result))}\n`);
  else tell(context, path, taken, result, written);
  return result.verdict === 'valid' ? exitCodes.done : exitCodes.findings;
}

/** Where the bytes of each reference, and at last of SignedInfo, were written. */
function writeBytes({ options }: CommandContext, taken: Explanation): readonly string[] {
  const out = textOption(options, 'out');
  if (out === undefined) return [];
  const force = flagOption(options, 'force');
  const files = taken.references.map(({ bytes }, index) => {
    const place = index === 0 ? out : `${out}.${index + 1}`;
    writeWhole(place, bytes, force);
    return place;
  });
  if (taken.signedInfo === undefined) return files;
  writeWhole(`${out}.signed-info`, taken.signedInfo, force);
  return [...files, `${out}.signed-info`];
}

function certificatesOf({ options }: CommandContext, taken: Explanation) {
  const shown = (text: string): string => (flagOption(options, 'reveal') ? text : maskValue(text));
  return taken.certificates.map((certificate) => ({
    subject: shown(oneLine(certificate.subject)),
    issuer: oneLine(certificate.issuer),
    serial: certificate.serial,
    fingerprint: certificate.fingerprint,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    fitsValue: certificate.fitsValue,
  }));
}

const oneLine = (text: string): string => text.replaceAll('\n', ', ');

/** Issuers as far as they were found; the last one is trusted. */
const chainOf = (result: VerifyResult): readonly string[] =>
  (result.evidence?.certificates ?? []).slice(1).map(({ subject }) => oneLine(subject));

function toJson(context: CommandContext, path: string, taken: Explanation, result: VerifyResult): object {
  const { profile, range, algorithm, canonicalization, claimedTime, timeStamps, refusal, signedInfo } = taken;
  return {
    schema: 'bhxh-explain-signature/1',
    path,
    verdict: result.verdict,
    reasons: result.reasons,
    steps: result.steps,
    profile,
    place: taken.path,
    range,
    algorithm,
    canonicalization,
    references: taken.references.map((reference) => ({ ...reference, bytes: reference.bytes.length })),
    ...(signedInfo && { signedInfo: { bytes: signedInfo.length, sha256: sha256(signedInfo) } }),
    certificates: certificatesOf(context, taken),
    chain: chainOf(result),
    claimedTime,
    timeStamps,
    checkedAt: result.checkedAt,
    refusal,
  };
}

function tell(
  context: CommandContext,
  path: string,
  taken: Explanation,
  result: VerifyResult,
  written: readonly string[],
): void {
  const { streams, language, messages } = context;
  const { words, signature: say, signatureSteps } = messages;
  let step = 0;
  const head = (text: string): void => streams.write(`${++step}. ${text}\n`);
  const line = (label: string, text: string): void => streams.write(`   ${label}: ${text}\n`);
  const fit = (good: boolean): string => (good ? say.fits : say.fitsNot);
  const size = (bytes: Uint8Array, at: number): string =>
    `${bytes.length} B${written[at] === undefined ? '' : ` → ${written[at]}`}`;
  streams.write(`${path}: ${words.signature} ${taken.profile} · ${words[result.verdict]}\n`);
  if (taken.path !== undefined) {
    const { range } = taken;
    head(`${say.place} ${taken.path}${range === undefined ? '' : ` [${range.start}, ${range.end})`}`);
  }
  for (const [index, reference] of taken.references.entries()) {
    head(`${say.reference} URI="${reference.uri}"`);
    line(say.covers, reference.covers.map(({ start, end }) => `[${start}, ${end})`).join(' '));
    const enveloped = reference.isEnveloped ? ['enveloped-signature'] : [];
    line(say.transforms, [...enveloped, `${reference.canonicalization} C14N`].join(' → '));
    line(say.canonical, size(reference.bytes, index));
    line(`${reference.hash}, ${say.promised}`, reference.expected);
    line(`${reference.hash}, ${say.now}`, `${reference.actual} ${fit(reference.isRight)}`);
  }
  const { signedInfo } = taken;
  if (signedInfo !== undefined) {
    const key = taken.certificates.findIndex(({ fitsValue }) => fitsValue);
    head(`SignedInfo, ${taken.canonicalization ?? ''} C14N`);
    line(say.canonical, size(signedInfo, taken.references.length));
    line('sha256', sha256(signedInfo));
    line(say.algorithm, taken.algorithm ?? '');
    line(say.value, key < 0 ? say.fitsNot : `${say.certificate} ${key + 1} ${say.fits}`);
  }
  for (const [index, certificate] of certificatesOf(context, taken).entries()) {
    head(`${say.certificate} ${index + 1} ${fit(certificate.fitsValue)}`);
    line(words.signer, certificate.subject);
    line(say.issuer, certificate.issuer);
    line(say.serial, certificate.serial);
    line(say.validity, `${certificate.notBefore} – ${certificate.notAfter}`);
    line('SHA-256', certificate.fingerprint);
  }
  head(say.chain);
  const chain = chainOf(result);
  for (const subject of chain) streams.write(`   ↑ ${subject}\n`);
  if (result.evidence === undefined) streams.write(`   ${say.trustNotAsked}\n`);
  head(say.times);
  line(say.claimed, taken.claimedTime?.toISOString() ?? '–');
  if (taken.timeStamps.length === 0) line(say.timeStamp, '–');
  for (const stamp of taken.timeStamps)
    line(say.timeStamp, stamp.time?.toISOString() ?? reasonText(context, stamp.problem ?? ''));
  if (result.checkedAt !== undefined) line(say.checkedAt, result.checkedAt.toISOString());
  head(`${words.verdict}: ${words[result.verdict]}`);
  for (const { name, verdict } of result.steps) line(signatureSteps[name], words[verdict]);
  for (const reason of result.reasons) line(reason.code, signatureReason(reason.code)[language]);
}

const reasonText = ({ language }: CommandContext, code: string): string =>
  `${code}: ${signatureReason(code)[language]}`;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
