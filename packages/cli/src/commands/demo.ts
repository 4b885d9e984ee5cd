import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';
import { createClient, type ClaimsClient } from '@bhxh/sdk';
import { fieldLabels } from '@bhxh/sdk/messages';
import { openSpecifications, type Specifications } from '@bhxh/sdk/specifications';
import { claimsTarget, openJournal, planSubmission, runSubmission } from '@bhxh/sdk/submission';
import { generateClaims } from '@bhxh/sdk/synthetic';
import { createValidator, toJsonFile, type JsonFile } from '@bhxh/sdk/validation';
import { openKey, sign, verify, type ProfileName } from '@bhxh/signing';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { numberOption } from '../number-option.ts';
import { openSigner } from '../open-signer.ts';
import { signingFailure } from '../signing-failure.ts';

const claimCount = 12;
const facility = '99001';

interface ReadyFile {
  readonly accounts: readonly {
    readonly role: string;
    readonly facility: string | null;
    readonly username: string;
    readonly password: string;
  }[];
  readonly keys: readonly { readonly facility: string; readonly ref: string; readonly pinFile: string }[];
}

interface Adjudicated {
  readonly MA_LK: string;
  readonly state: string;
  readonly claimed: string;
  readonly accepted: string;
}

/** The whole claims journey on synthetic data: generate, validate, sign, submit over a socket, adjudicate. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const say = messages.demo;
  const text = context.format === 'text';
  const tell = (line: string): void => {
    if (text) streams.write(`${line}\n`);
  };
  const kept = textOption(options, 'out');
  if (kept !== undefined) mkdirSync(kept, { recursive: true });
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'bhxh-demo-'));
  const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
  const readyFile = join(folder, 'ready.json');
  const server = await createServer({ demo: true });
  const host = await startNodeServer(server, { readyFile });
  let client: ClaimsClient | undefined;
  try {
    const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as ReadyFile;
    const account = ready.accounts.find((candidate) => candidate.facility === facility);
    const key = ready.keys.find((candidate) => candidate.facility === facility);
    if (account === undefined || key === undefined)
      throw cliError('ERR_ACCOUNT_MISSING', { missing: facility });
    tell(`1. ${say.server} ${host.url}`);

    const claims = join(folder, 'claims');
    mkdirSync(claims, { recursive: true });
    const paths: string[] = [];
    const seed = numberOption(options, 'seed', 'demo', { least: 0, most: 4_294_967_295, whole: true }) ?? 1;
    for await (const claim of generateClaims({ count: claimCount, seed, facility, specifications })) {
      const path = join(claims, claim.fileName);
      writeFileSync(path, claim.bytes);
      paths.push(path);
    }
    tell(`2. ${say.generated} ${paths.length} ${messages.words.claims}`);

    const validate = validatorOf(context, specifications);
    const reports = [];
    for (const path of paths) reports.push(await validate(path, readFileSync(path)));
    const valid = reports.filter(({ verdict }) => verdict === 'valid').length;
    tell(
      `3. ${say.validated} ${valid}/${reports.length} ${messages.words.valid} · ${messages.words.specs} ${specifications.hash.slice(0, 16)}`,
    );

    const original = paths[0] ?? '';
    const broken = join(folder, 'broken.xml');
    const price = alterPrice(readFileSync(original));
    writeFileSync(broken, price.bytes);
    const brokenReport = await validate(broken, price.bytes);
    tell(
      `   ${say.broken} ${price.table}.${price.field}: ${price.before} → ${price.after}: ${messages.words[brokenReport.verdict]}`,
    );
    for (const finding of brokenReport.findings.slice(0, 3)) {
      tell(`   ${finding.ruleId} ${finding.path}`);
      tell(`     vi: ${finding.message.vi} ${finding.hint.vi}`.trimEnd());
      tell(`     en: ${finding.message.en} ${finding.hint.en}`.trimEnd());
    }

    const named = textOption(options, 'key');
    const signer =
      named === undefined
        ? await openKey(key.ref, {
            pin: async () => Buffer.from(readFileSync(key.pinFile, 'utf8').trim(), 'utf8'),
          })
        : await openSigner(context, named).catch((error: unknown) => Promise.reject(signingFailure(error)));
    if (named !== undefined) await server.registerCertificate(facility, signer.certificate);
    const signed: string[] = [];
    for (const path of [...paths, broken]) {
      const out = path.replace(/\.xml$/, '.signed.xml');
      writeFileSync(out, await sign(readFileSync(path), signer, { profile: 'bhxh-xml', now: context.now }));
      signed.push(out);
    }
    tell(
      `4. ${say.signed} ${signed.length} · ${signer.label}${named === undefined ? ` (${say.noToken})` : ''}`,
    );
    await signer.close();

    client = createClient({
      environment: 'mock',
      url: host.url,
      facility,
      credentials: { username: account.username, password: account.password },
      now: context.now,
      signal: context.signal,
    });
    // The altered copy carries the MA_LK of its original, so it is sent afterwards, as a correction.
    const receipts = await submit(context, client, folder, signed.slice(0, -1));
    tell(
      `5. ${say.accepted} ${receipts.size}/${paths.length} · maGiaoDich ${[...receipts.values()][0] ?? ''} …`,
    );
    await server.idle();
    const results = await adjudicated(client, [...receipts.values()]);
    tell(`6. ${say.adjudicated}`);
    for (const result of results.slice(0, 5))
      tell(`   ${result.MA_LK} ${result.state}: ${result.claimed} → ${result.accepted} VND`);
    const total = results.reduce((sum, { accepted }) => sum + hundredths(accepted), 0n);
    tell(`   ${messages.words.total}: ${results.length} ${messages.words.claims}, ${decimal(total)} VND`);

    const correction = await submit(context, client, folder, signed.slice(-1));
    await server.idle();
    const [before] = await adjudicated(client, [receipts.get(signed[0] ?? '') ?? '']);
    const [after] = await adjudicated(client, [...correction.values()]);
    tell(
      `7. ${say.altered} ${before?.accepted ?? '?'} → ${after?.state ?? '?'} ${after?.accepted ?? '0'} VND`,
    );

    const good =
      valid === paths.length &&
      brokenReport.verdict === 'invalid' &&
      receipts.size === paths.length &&
      results.every(({ state }) => state === 'adjudicated') &&
      after !== undefined &&
      after.accepted !== before?.accepted;
    if (!text) {
      streams.write(
        `${JSON.stringify({ schema: 'bhxh-demo/1', url: host.url, claims: paths.length, valid, broken: brokenReport, key: signer.label, receipts: [...receipts.values()], results, total: decimal(total), altered: { before, after } })}\n`,
      );
    }
    tell(good ? `${say.done}` : `${say.failed}`);
    if (kept !== undefined || flagOption(options, 'keep')) tell(folder);
    return good ? exitCodes.done : exitCodes.findings;
  } finally {
    await client?.close();
    await host.close();
    if (kept === undefined && !flagOption(options, 'keep')) rmSync(folder, { recursive: true, force: true });
  }
}

function validatorOf(
  context: CommandContext,
  specifications: Specifications,
): (path: string, bytes: Uint8Array) => Promise<JsonFile> {
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

async function submit(
  context: CommandContext,
  client: ClaimsClient,
  folder: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const journal = await openJournal({
    now: context.now,
    path: join(folder, 'demo.journal'),
    keyFile: join(folder, 'receipts.key'),
    env: context.environment,
  });
  const receipts = new Map<string, string>();
  try {
    const target = claimsTarget(client);
    const sources = paths.map((path) => ({ path }));
    for await (const event of planSubmission({ journal, target, sources })) {
      if (event.kind === 'refused')
        throw cliError('ERR_INPUT_UNREADABLE', { path: event.path, why: event.problem.code });
    }
    for await (const event of runSubmission({ journal, target, now: context.now, signal: context.signal })) {
      if (event.kind === 'item' && event.item.receipt !== undefined)
        receipts.set(event.item.path, event.item.receipt.id);
      if (event.kind === 'finished' && event.error !== undefined) throw event.error;
    }
  } finally {
    await journal.close();
  }
  return receipts;
}

async function adjudicated(client: ClaimsClient, ids: readonly string[]): Promise<readonly Adjudicated[]> {
  const results = [];
  for (const id of ids) {
    const claim = await client.readClaim(id);
    results.push({
      MA_LK: claim.MA_LK ?? '',
      state: claim.state,
      claimed: claim.adjudication?.totals.claimed ?? '0',
      accepted: claim.adjudication?.totals.accepted ?? '0',
    });
  }
  return results;
}

interface AlteredPrice {
  readonly bytes: Buffer;
  readonly table: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** Raises the first unit price of the claim's lines, as a typing mistake would, and leaves everything else as it is. */
function alterPrice(file: Buffer): AlteredPrice {
  const text = file.toString('utf8');
  for (const match of text.matchAll(/<LOAIHOSO>(XML[23])<\/LOAIHOSO>\s*<NOIDUNGFILE>([^<]*)</g)) {
    const [, table = '', content = ''] = match;
    const inner = Buffer.from(content, 'base64').toString('utf8');
    const price = /<(DON_GIA(?:_BV)?)>(\d+)(\.\d+)?</.exec(inner);
    if (price === null) continue;
    const [whole, field = '', amount = '0', fraction = ''] = price;
    const after = `${BigInt(amount) * 2n}${fraction}`;
    const changed = inner.replace(whole, `<${field}>${after}<`);
    const bytes = Buffer.from(text.replace(content, Buffer.from(changed, 'utf8').toString('base64')), 'utf8');
    return { bytes, table, field, before: `${amount}${fraction}`, after };
  }
  throw cliError('ERR_BUG', { what: 'no price to alter' });
}

function hundredths(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0').slice(0, 2));
}

function decimal(amount: bigint): string {
  return `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`;
}
