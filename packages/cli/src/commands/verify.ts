import { createHash } from 'node:crypto';
import {
  findProfile,
  partiesOf,
  verify,
  verifyFromEvidence,
  verifyParties,
  type ProfileName,
  type SignatureEvidence,
  type TrustStore,
  type VerifyOptions,
  type VerifyResult,
} from '@bhxh/signing';
import { kindOfRoot } from '@bhxh/sdk/documents';
import { maskValue, signatureReason } from '@bhxh/sdk/messages';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { scan, XmlError } from '@bhxh/xml';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { readInputs, readWhole, type InputCount } from '../read-inputs.ts';
import { readTrust } from '../read-trust.ts';
import { revocationFetcher } from '../revocation-fetcher.ts';
import { storedEvidence, storeEvidence } from '../verification-evidence.ts';
import { signingFailure } from '../signing-failure.ts';
import { addToSummary, emptySummary, openReporter, type ReportFile } from '../reporters/reporter.ts';
import { engineOption } from '../signature-engine.ts';
import { profileOption } from '../signature-profile.ts';
import { version } from '../version.ts';

/** Says of each document whether its signature is valid, by whom, and what it covers. Invalid and undetermined both fail. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams } = context;
  const trust = withFetcher(context, readTrust(context, 'verify'));
  const mst = textOption(options, 'expectMst');
  const choice: Omit<VerifyOptions, 'profile'> = {
    now: context.now,
    at: moment(context),
    engine: engineOption(options, 'verify'),
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
      const evidence = storedEvidence(context, input.path);
      const party = textOption(options, 'party');
      const results = await (
        evidence === undefined
          ? verifyEach(bytes, { ...choice, profile }, party)
          : verifyKept(bytes, evidence, { ...choice, profile }, party)
      ).catch((error: unknown) => Promise.reject(signingFailure(error, input.path)));
      storeEvidence(context, input.path, bytes, results);
      const report = reportOf(input.path, bytes, kind?.id ?? null, results, flagOption(options, 'reveal'));
      reporter.file(report);
      addToSummary(summary, report);
    }
  } finally {
    if (count.usable > 0) reporter.end(summary);
  }
  return summary.invalid + summary.undetermined > 0 ? exitCodes.findings : exitCodes.done;
}

/** Services are asked only where the site lists their hosts, and never with `--offline` or from kept evidence. */
function withFetcher(
  { options, configuration }: CommandContext,
  trust: TrustStore | undefined,
): TrustStore | undefined {
  const hosts = configuration.revocationHosts ?? [];
  const isOffline = flagOption(options, 'offline') || textOption(options, 'fromEvidence') !== undefined;
  return trust === undefined || isOffline || hosts.length === 0
    ? trust
    : { ...trust, fetch: revocationFetcher(hosts) };
}

async function verifyKept(
  bytes: Uint8Array,
  evidence: SignatureEvidence,
  { profile, expect, now, trust }: VerifyOptions,
  party: string | undefined,
): Promise<readonly VerifyResult[]> {
  if (trust === undefined || trust === 'not-checked') return [await verify(bytes, { profile, now })];
  const { anchors, timeStampAnchors } = trust;
  const options = {
    profile,
    now,
    anchors,
    ...(timeStampAnchors && { timeStampAnchors }),
    ...(expect && { expect }),
    ...(party !== undefined && { party }),
  };
  return [await verifyFromEvidence(bytes, evidence, options)];
}

/** Every signature a document of this profile must have: one, or one of each party. */
async function verifyEach(
  bytes: Uint8Array,
  options: VerifyOptions,
  party: string | undefined,
): Promise<readonly VerifyResult[]> {
  const profile = typeof options.profile === 'string' ? findProfile(options.profile) : options.profile;
  const parties = profile === undefined ? [] : partiesOf(profile);
  if (party !== undefined || parties.length === 0)
    return [await verify(bytes, { ...options, ...(party === undefined ? {} : { party }) })];
  const expected = Object.fromEntries(parties.map((one) => [one, options]));
  const { results } = await verifyParties(bytes, { ...options, parties: expected });
  return [...results.values()];
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
  results: readonly VerifyResult[],
  reveal: boolean,
): ReportFile {
  const verdicts = results.map((result) => result.verdict);
  const verdict = (['invalid', 'undetermined'] as const).find((worst) => verdicts.includes(worst)) ?? 'valid';
  return {
    path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    kind,
    verdict,
    steps: [{ name: 'signature', verdict }],
    findings: results.flatMap((result) => findingsOf(result)),
    signatures: results.map((result) => signatureOf(result, reveal)),
  };
}

function findingsOf(result: VerifyResult): ReportFile['findings'] {
  return result.reasons.map((reason) => ({
    ruleId: reason.code,
    code: reason.code,
    severity: reason.verdict === 'invalid' ? ('error' as const) : ('warning' as const),
    origin: 'reference' as const,
    ruleset: null,
    record: null,
    path: reason.path ?? result.path ?? '',
    line: null,
    column: null,
    values: {},
    message: signatureReason(reason.code),
    hint: { vi: '', en: '' },
    legal: [],
  }));
}

function signatureOf(result: VerifyResult, reveal: boolean): ReportFile['signatures'][number] {
  const signer = result.signer?.subject.replaceAll('\n', ', ');
  return {
    path: result.path ?? '',
    profile: result.profile,
    verdict: result.verdict,
    reasons: result.reasons.map(({ code, path }) => (path === undefined ? { code } : { code, path })),
    signer: signer === undefined ? null : reveal ? signer : maskValue(signer),
    signedAt: result.signedAt === undefined ? null : result.signedAt.time.toISOString(),
    covers: result.covers,
    ...(result.signer && {
      issuer: result.signer.issuer.replaceAll('\n', ', '),
      serial: result.signer.serial,
      fingerprint: result.signer.fingerprint,
      notBefore: result.signer.notBefore.toISOString(),
      notAfter: result.signer.notAfter.toISOString(),
    }),
    ...(result.signedAt && { timeSource: result.signedAt.source }),
    ...(result.checkedAt && { checkedAt: result.checkedAt.toISOString() }),
    steps: result.steps,
  };
}
