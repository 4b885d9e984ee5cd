import { explainSignature, verify, type ProfileName } from '@bhxh/signing';
import { kindById } from '@bhxh/sdk/documents';
import { fieldLabels, sentenceOfCode, signatureReason, maskValue } from '@bhxh/sdk/messages';
import { openSpecifications, type Specifications } from '@bhxh/sdk/specifications';
import { toJsonFile, type JsonFile } from '@bhxh/sdk/validation';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { writeWhole } from '../output-folder.ts';
import { overlayFor } from '../overlay.ts';
import { readInputs, readWhole, type InputCount } from '../read-inputs.ts';
import { openValidator } from './validate.ts';

/** Tells why a document is judged as it is: the standard and its article, each step, each finding; or what its signature covers. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const validator = openValidator(context, specifications);
  const count: InputCount = { usable: 0, skipped: [] };
  let code: ExitCode = exitCodes.done;
  for await (const input of readInputs(context, context.arguments, count)) {
    const bytes = await readWhole(input);
    const report = await validator.validateFile({ path: input.path, source: bytes, size: bytes.length });
    const file = toJsonFile(report, {
      reveal: flagOption(context.options, 'reveal'),
      labelOf: fieldLabels(specifications),
    });
    if (flagOption(context.options, 'signature')) code = await showSignature(context, file, bytes);
    else if (context.format === 'json')
      context.streams.write(`${JSON.stringify({ schema: 'bhxh-explain/1', file, why: why(file) })}\n`);
    else explainText(context, specifications, file);
    if (file.verdict === 'invalid' || file.verdict === 'undetermined') code = exitCodes.findings;
  }
  return code;
}

function why(
  file: JsonFile,
): readonly { readonly ruleset: string; readonly vi: string; readonly en: string }[] {
  return (file.rulesets ?? []).map((use) => ({
    ruleset: use.id,
    vi: sentenceOfCode(use.reason.code, use.reason.values, 'vi').message,
    en: sentenceOfCode(use.reason.code, use.reason.values, 'en').message,
  }));
}

function explainText(context: CommandContext, specifications: Specifications, file: JsonFile): void {
  const { streams, language, messages } = context;
  const { words } = messages;
  streams.write(`${file.path}: ${file.kind ?? '?'} · ${words.verdict}: ${words[file.verdict]}\n`);
  for (const use of file.rulesets ?? []) {
    const sentence = sentenceOfCode(use.reason.code, use.reason.values, language);
    streams.write(`${words.ruleset} ${use.id}: ${sentence.message}\n`);
    for (const { text, at } of use.legal) {
      const law = specifications.legal(text);
      streams.write(`  ${words.legal}: ${law?.number ?? text} ${at}`.trimEnd() + '\n');
    }
  }
  streams.write(`${words.steps}:\n`);
  for (const step of file.steps) streams.write(`  ${step.name}: ${words[step.verdict]}\n`);
  for (const finding of file.findings) {
    streams.write(
      `\n${words[finding.severity]} ${finding.ruleId} ${finding.path}${finding.line === null ? '' : ` (${words.line} ${finding.line}:${finding.column ?? 0})`}\n`,
    );
    streams.write(`  ${finding.message[language]}\n`);
    if (finding.hint[language] !== '') streams.write(`  → ${finding.hint[language]}\n`);
    for (const { text, at } of finding.legal)
      streams.write(`  ${words.legal}: ${specifications.legal(text)?.number ?? text} ${at}`.trimEnd() + '\n');
    streams.write(`  ${words.origin}: ${finding.origin}\n`);
  }
}

async function showSignature(context: CommandContext, file: JsonFile, bytes: Uint8Array): Promise<ExitCode> {
  const { streams, language, messages, options } = context;
  const { words, signature: say } = messages;
  const profile = (kindById(file.kind ?? '')?.signatureProfile ?? 'bhxh-xml') as ProfileName;
  const taken = explainSignature(bytes, { profile });
  const result = await verify(bytes, { profile, trust: 'not-checked', now: context.now });
  const out = textOption(options, 'out');
  const canonical = taken.references[0]?.bytes;
  if (out !== undefined && canonical !== undefined) writeWhole(out, canonical, flagOption(options, 'force'));
  const shown = (text: string): string => (flagOption(options, 'reveal') ? text : maskValue(text));
  const certificates = taken.certificates.map((certificate) => ({
    subject: shown(certificate.subject.replaceAll('\n', ', ')),
    issuer: certificate.issuer.replaceAll('\n', ', '),
    serial: certificate.serial,
    fingerprint: certificate.fingerprint,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    fitsValue: certificate.fitsValue,
  }));
  if (context.format === 'json') {
    const references = taken.references.map((reference) => ({ ...reference, bytes: reference.bytes.length }));
    const { path, range, algorithm, canonicalization, claimedTime, timeStamps, refusal } = taken;
    const document = {
      path: file.path,
      verdict: result.verdict,
      reasons: result.reasons,
      profile: taken.profile,
      place: path,
      range,
      algorithm,
      canonicalization,
      references,
      certificates,
      claimedTime,
      timeStamps,
      refusal,
    };
    streams.write(`${JSON.stringify({ schema: 'bhxh-explain-signature/1', ...document })}\n`);
    return result.verdict === 'valid' ? exitCodes.done : exitCodes.findings;
  }
  const line = (label: string, text: string): void => streams.write(`  ${label}: ${text}\n`);
  const yesNo = (good: boolean): string => (good ? say.fits : say.fitsNot);
  streams.write(`${file.path}: ${words.signature} ${taken.profile} · ${words[result.verdict]}\n`);
  if (taken.path !== undefined)
    line(
      say.place,
      `${taken.path}${taken.range === undefined ? '' : ` [${taken.range.start}, ${taken.range.end})`}`,
    );
  if (taken.algorithm !== undefined)
    line(say.algorithm, `${taken.algorithm}, ${taken.canonicalization ?? ''} C14N`);
  for (const reference of taken.references) {
    line(say.reference, `URI="${reference.uri}" → ${reference.path}`);
    line(`  ${say.covers}`, reference.covers.map(({ start, end }) => `[${start}, ${end})`).join(' '));
    line(
      `  ${say.transforms}`,
      [...(reference.isEnveloped ? ['enveloped-signature'] : []), `${reference.canonicalization} C14N`].join(
        ' → ',
      ),
    );
    line(`  ${reference.hash}`, `${reference.expected} ${yesNo(reference.isRight)}`);
    if (!reference.isRight) line(`  ${say.now}`, reference.actual);
    line(`  ${say.canonical}`, `${reference.bytes.length} B${out === undefined ? '' : ` → ${out}`}`);
  }
  for (const certificate of certificates) {
    line(words.signer, `${certificate.subject} ${yesNo(certificate.fitsValue)}`);
    line(`  ${say.issuer}`, certificate.issuer);
    line(`  ${say.validity}`, `${certificate.notBefore} – ${certificate.notAfter}`);
    line('  SHA-256', certificate.fingerprint);
  }
  if (taken.claimedTime !== undefined) line(say.claimed, taken.claimedTime.toISOString());
  for (const stamp of taken.timeStamps) line(say.timeStamp, stamp.time?.toISOString() ?? stamp.problem ?? '');
  for (const reason of result.reasons) line(reason.code, signatureReason(reason.code)[language]);
  return result.verdict === 'valid' ? exitCodes.done : exitCodes.findings;
}
