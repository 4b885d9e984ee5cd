import { createHash } from 'node:crypto';
import { verify, type ProfileName, type VerifyOptions, type VerifyResult } from '@bhxh/signing';
import { kindOfRoot } from '@bhxh/sdk/documents';
import { maskValue, signatureReason } from '@bhxh/sdk/messages';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { scan, XmlError } from '@bhxh/xml';
import { flagOption, listOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { readInputs, readWhole, type InputCount } from '../read-inputs.ts';
import { readTrust } from '../read-trust.ts';
import { addToSummary, emptySummary, openReporter, type ReportFile } from '../reporters/reporter.ts';
import { profileOption } from '../signature-profile.ts';
import { version } from '../version.ts';

/** Says of each document whether its signature is valid, by whom, and what it covers. Invalid and undetermined both fail. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams } = context;
  const trust = readTrust(listOption(options, 'trust'), {
    crls: listOption(options, 'crl'),
    ocspResponses: listOption(options, 'ocsp'),
  });
  const mst = textOption(options, 'expectMst');
  const choice: Omit<VerifyOptions, 'profile'> = {
    now: context.now,
    at: moment(context),
    ...(trust === undefined ? {} : { trust }),
    ...(mst === undefined ? {} : { expect: { mst } }),
  };
  const named = textOption(options, 'profile') === undefined ? undefined : profileOption(options, 'verify');
  const reporter = await openReporter(context.format, {
    write: streams.write,
    language: context.language,
    messages: context.messages,
    specsHash: openSpecifications().hash,
    toolVersion: version,
    colour: streams.colour,
    now: context.now,
    title: 'verify',
  });
  const summary = emptySummary();
  const count: InputCount = { usable: 0, skipped: [] };
  try {
    for await (const input of readInputs(context, context.arguments, count)) {
      const bytes = await readWhole(input);
      const kind = kindOfRoot(rootOf(bytes) ?? '');
      const profile = named ?? ((kind?.signatureProfile ?? 'bhxh-xml') as ProfileName);
      const result = await verify(bytes, { ...choice, profile });
      const report = reportOf(input.path, bytes, kind?.id ?? null, result, flagOption(options, 'reveal'));
      reporter.file(report);
      addToSummary(summary, report);
    }
  } finally {
    if (count.usable > 0) reporter.end(summary);
  }
  return summary.invalid + summary.undetermined > 0 ? exitCodes.findings : exitCodes.done;
}

function moment(context: CommandContext): 'signing-time' | 'now' | Date {
  const at = textOption(context.options, 'at') ?? 'signing-time';
  if (at === 'signing-time' || at === 'now') return at;
  return new Date(`${dateOption(context.options, 'at', 'verify') ?? ''}T00:00:00+07:00`);
}

class RootFound extends Error {}

/** Name of the root element; undefined when the bytes do not even begin like XML, which the verifier then reports. */
function rootOf(bytes: Uint8Array): string | undefined {
  let root: string | undefined;
  try {
    scan(bytes, {
      startElement(scanner, start, end) {
        root = Buffer.from(scanner.bytes.subarray(start - scanner.base, end - scanner.base)).toString('utf8');
        throw new RootFound();
      },
    });
  } catch (error) {
    if (!(error instanceof RootFound) && !(error instanceof XmlError)) throw error;
  }
  return root;
}

function reportOf(
  path: string,
  bytes: Uint8Array,
  kind: string | null,
  result: VerifyResult,
  reveal: boolean,
): ReportFile {
  const signer = result.signer === undefined ? null : result.signer.subject.replaceAll('\n', ', ');
  const place = kind === null ? '' : `${kind}/CHUKYDONVI`;
  return {
    path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    kind,
    verdict: result.verdict,
    steps: [{ name: 'signature', verdict: result.verdict }],
    findings: result.reasons.map((reason) => ({
      ruleId: reason.code,
      code: reason.code,
      severity: reason.verdict === 'invalid' ? ('error' as const) : ('warning' as const),
      origin: 'reference' as const,
      ruleset: null,
      record: null,
      path: reason.path ?? place,
      line: null,
      column: null,
      values: {},
      message: signatureReason(reason.code),
      hint: { vi: '', en: '' },
      legal: [],
    })),
    signatures: [
      {
        path: place,
        profile: result.profile,
        verdict: result.verdict,
        reasons: result.reasons.map(({ code, path: at }) =>
          at === undefined ? { code } : { code, path: at },
        ),
        signer: signer === null || reveal ? signer : maskValue(signer),
        signedAt: result.signedAt === undefined ? null : result.signedAt.time.toISOString(),
        covers: result.covers,
      },
    ],
  };
}
