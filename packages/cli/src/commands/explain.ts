import type { ProfileName } from '@bhxh/signing';
import { kindById } from '@bhxh/sdk/documents';
import { fieldLabels, sentenceOfCode } from '@bhxh/sdk/messages';
import { openSpecifications, type Specifications } from '@bhxh/sdk/specifications';
import { toJsonFile, type JsonFile } from '@bhxh/sdk/validation';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { overlayFor } from '../overlay.ts';
import { readInputs, readWhole, type InputCount } from '../read-inputs.ts';
import { profileOption } from '../signature-profile.ts';
import { explainSignatureSteps } from '../signature-steps.ts';
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
    if (flagOption(context.options, 'signature')) {
      const usual = (kindById(file.kind ?? '')?.signatureProfile ?? 'bhxh-xml') as ProfileName;
      const named = textOption(context.options, 'profile') !== undefined;
      const profile = named ? profileOption(context.options, 'explain') : usual;
      code = await explainSignatureSteps(context, file.path, bytes, profile);
      continue;
    }
    if (context.format === 'json')
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
