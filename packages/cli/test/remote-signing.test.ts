// The command line with keys that a service holds: against the reference server over a socket, the phone answered by its own command.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoIdentity, demoTaxCode, readCertificates, verify } from '@bhxh/signing';
import type { BhxhError } from '@bhxh/sdk/errors';
import { createServer, type BhxhServer } from '@bhxh/mock-server';
import { startNodeServer, type NodeHost } from '@bhxh/mock-server/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CommandContext, CommandRun } from '../src/command-context.ts';
import { run as doctor } from '../src/commands/doctor.ts';
import { run as phone } from '../src/commands/mock-phone.ts';
import { run as scenarios } from '../src/commands/mock-scenarios.ts';
import { run as sign } from '../src/commands/sign.ts';
import { readConfiguration } from '../src/config.ts';
import { en } from '../src/messages/en.ts';
import { vi } from '../src/messages/vi.ts';

const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');
const claim = '<GIAMDINHHS><THONGTINHOSO>Bệnh nhân</THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>';

interface Ready {
  readonly remoteConfiguration: string;
  readonly remotes: readonly { readonly ref: string; readonly pinFile?: string }[];
  readonly trust: readonly string[];
}

let folder: string;
let file: string;
let readyFile: string;
let ready: Ready;
let server: BhxhServer;
let host: NodeHost;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-remote-'));
  readyFile = join(folder, 'ready.json');
  file = join(folder, 'claim.xml');
  writeFileSync(file, claim);
  server = await createServer({ demo: true });
  host = await startNodeServer(server, { readyFile });
  ready = JSON.parse(readFileSync(readyFile, 'utf8')) as Ready;
}, 60_000);
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => void (await say(scenarios, ['success'])));

interface Said {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

async function say(
  command: CommandRun,
  words: readonly string[],
  options: Record<string, string | boolean> = {},
  change: Partial<CommandContext> = {},
): Promise<Said> {
  let out = '';
  let notes = '';
  const code = await command({
    arguments: words,
    options: { readyFile, force: true, ...options },
    format: 'text',
    language: 'en',
    messages: en,
    configuration: await readConfiguration(ready?.remoteConfiguration),
    environment: { HOME: folder, BHXH_STATE_HOME: join(folder, 'state') },
    now: () => new Date(),
    elapsed: () => performance.now(),
    streams: {
      write: (text: string) => void (out += text),
      note: (text: string) => void (notes += text),
      interactive: false,
      colour: false,
    },
    signal: new AbortController().signal,
    ...change,
  } as unknown as CommandContext);
  return { code, out, notes };
}

const signWith = (name: string, change: Partial<CommandContext> = {}): Promise<Said> =>
  say(sign, [file], { key: `remote:${name}`, out: join(folder, `${name}.xml`) }, change);

const failure = (attempt: Promise<unknown>): Promise<BhxhError> =>
  attempt.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: BhxhError) => error,
  );

interface Told {
  readonly code: string;
  readonly category: string;
  readonly message: { readonly vi: string; readonly en: string };
  readonly hint?: { readonly vi: string };
}

/** Why a document was not signed: the key could not be opened, or the item of the report says so. */
async function refusal(name: string): Promise<Told> {
  try {
    const { out } = await signWith(name, { format: 'json' });
    return (JSON.parse(out) as { items: { error: Told }[] }).items[0]!.error;
  } catch (error) {
    if (!(error instanceof Error) || !('sentences' in error)) throw error;
    const { code, category, sentences, hint } = error as BhxhError;
    return { code, category, message: sentences, ...(hint && { hint }) };
  }
}

/** Presses a key on the phone as soon as a request is there. */
async function press(action: 'confirm' | 'refuse'): Promise<string> {
  for (;;) {
    const shown = await say(phone, []);
    if (shown.out.includes('waiting')) return (await say(phone, [action])).out;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function isValid(path: string): Promise<boolean> {
  const trust = { anchors: readCertificates(readFileSync(ready.trust[0]!)) };
  const now = (): Date => new Date();
  return (await verify(readFileSync(path), { profile: 'bhxh-xml', trust, now })).verdict === 'valid';
}

describe('bhxh sign --key remote:NAME', () => {
  test.each(['app', 'smartca', 'sim'])('waits for the phone, and says so: %s', async (name) => {
    const [signed, pressed] = await Promise.all([signWith(name), press('confirm')]);
    expect(signed.code).toBe(0);
    expect(pressed).toContain('confirmed');
    const shown = /compare the code: (\d{4})/.exec(signed.notes)?.[1];
    expect(signed.notes).toContain(`remote:${name}: waiting for confirmation on the phone`);
    expect(shown === undefined).toBe(name !== 'sim');
    if (shown !== undefined) expect(pressed).toContain(shown);
    expect(await isValid(join(folder, `${name}.xml`))).toBe(true);
  });

  test('takes the PIN from a file and the code from the environment', async () => {
    const pinFile = ready.remotes.find(({ ref }) => ref === 'remote:otp')?.pinFile ?? '';
    const out = join(folder, 'otp.xml');
    // The call itself has the code sent, so it is read at the moment it is asked for.
    const environment = {
      get BHXH_OTP() {
        return server.signing.code();
      },
    };
    const attempt = (): Promise<Said> =>
      say(sign, [file], { key: 'remote:otp', out, pinFile }, { environment, format: 'json' });
    expect((await attempt()).code).toBe(0);
    expect(await isValid(out)).toBe(true);
    await say(scenarios, ['signing-wrong-code']);
    expect((await failure(attempt())).code).toBe('ERR_REMOTE_CODE');
  });

  test.each([
    ['signing-refused', 'ERR_REMOTE_REFUSED', 'signing'],
    ['signing-locked', 'ERR_REMOTE_LOCKED', 'signing'],
    ['signing-revoked', 'ERR_CERTIFICATE_REVOKED', 'signing'],
    ['signing-too-many', 'ERR_REMOTE_ANSWER', 'signing'],
    ['service-unavailable', 'ERR_REMOTE_UNAVAILABLE', 'unavailable'],
    ['html-page', 'ERR_REMOTE_ANSWER', 'signing'],
  ])('%s is told in both languages, with what to do next', async (scenario, code, category) => {
    await say(scenarios, [scenario]);
    const running = refusal('smartca');
    if (scenario === 'signing-too-many') await press('confirm');
    const error = await running;
    expect([error.code, error.category]).toEqual([code, category]);
    expect(error.message.vi).not.toBe(error.message.en);
    expect(error.hint?.vi).toMatch(/\p{L}/u);
    expect(JSON.stringify(error)).not.toContain(server.signing.secrets.clientSecret);
  });

  test('a name that the configuration has not is refused before anything is sent', async () => {
    expect((await failure(signWith('nobody'))).code).toBe('ERR_REMOTE_UNKNOWN');
  });

  test('Ctrl-C ends the waiting with 130 and leaves no output', async () => {
    const out = join(folder, 'stopped.xml');
    const child = spawn(
      process.execPath,
      [
        bhxh,
        'sign',
        file,
        '--key',
        'remote:sim',
        '--out',
        out,
        '--config',
        ready.remoteConfiguration,
        '--lang',
        'vi',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const before = said;
      said += chunk.toString();
      const waits = vi.words.waitingOnPhone;
      if (!before.includes(waits) && said.includes(waits)) child.kill('SIGINT');
    });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(130);
    expect(said).toContain('ERR_INTERRUPTED');
    expect(() => readFileSync(out)).toThrow('ENOENT');
  });
});

describe('bhxh doctor', () => {
  test('asks every service of the configuration for its certificate', async () => {
    const well = await say(doctor, []);
    for (const name of ['otp', 'app', 'smartca', 'sim'])
      expect(well.out).toMatch(new RegExp(`✓ Key: remote:${name} · .*SYNTHETIC`));
    await say(scenarios, ['signing-revoked']);
    const ill = await say(doctor, []);
    expect(ill.out).toMatch(/✗ Key remote:app cannot be opened/);
    expect(ill.code).toBe(8);
    expect(ill.out).not.toContain(server.signing.secrets.clientSecret);
  });
});

describe('signing in halves', () => {
  const identity = createDemoIdentity({ mst: demoTaxCode(5), name: 'Air gap', now: () => new Date() });
  const at = (name: string): string => join(folder, name);
  const now = (): Date => new Date();

  test('the document is prepared here, signed where the key is, and completed here', async () => {
    writeFileSync(at('key.pem'), identity.keyPem + identity.certificatePem);
    writeFileSync(at('cert.pem'), identity.certificatePem);
    for (const profile of ['bhxh-xml', 'xades-b'] as const) {
      await say(sign, [file], { prepare: at('job.json'), cert: at('cert.pem'), profile });
      await say(sign, [], { answer: at('job.json'), key: `file:${at('key.pem')}`, out: at('value') });
      const done = await say(sign, [], { complete: at('job.json'), value: at('value'), out: at('done.xml') });
      expect(done.notes).toContain('bhxh verify');
      const result = await verify(readFileSync(at('done.xml')), { profile, trust: 'not-checked', now });
      expect(result.verdict).toBe('valid');
    }
  });

  test('a value of another key, an altered job, and another document are refused', async () => {
    await say(sign, [file], { prepare: at('job.json'), cert: at('cert.pem') });
    const other = createDemoIdentity({ mst: demoTaxCode(6), name: 'Other', now });
    writeFileSync(at('other.pem'), other.keyPem + other.certificatePem);
    const answer = (key: string): Promise<Said> =>
      say(sign, [], { answer: at('job.json'), key: `file:${at(key)}`, out: at('value') });
    expect((await failure(answer('other.pem'))).code).toBe('ERR_CERTIFICATE_KEY_MISMATCH');
    await answer('key.pem');
    const job = JSON.parse(readFileSync(at('job.json'), 'utf8')) as Record<string, unknown>;
    const complete = (words: readonly string[] = []): Promise<Said> =>
      say(sign, words, { complete: at('job.json'), value: at('value'), out: at('done.xml') });
    writeFileSync(at('claim2.xml'), claim.replace('Bệnh', 'Benh'));
    expect((await failure(complete([at('claim2.xml')]))).code).toBe('ERR_DOCUMENT_CHANGED');
    writeFileSync(at('value'), Buffer.alloc(256, 1));
    expect((await failure(complete())).code).toBe('ERR_SIGNATURE_WRONG');
    // What the key is shown must be what the document says, or the machine with the key gives nothing away.
    const forged = Buffer.from('<SignedInfo/>').toString('base64');
    writeFileSync(at('job.json'), JSON.stringify({ ...job, toSign: forged }));
    rmSync(at('value'));
    expect((await failure(answer('key.pem'))).code).toBe('ERR_SIGNATURE_WRONG');
    expect(() => readFileSync(at('value'))).toThrow('ENOENT');
    for (const text of ['{', 'null', '{}', '{"schema":"bhxh-signing-job/1","__proto__":{}}']) {
      writeFileSync(at('job.json'), text);
      expect((await failure(answer('key.pem'))).code).toBe('ERR_JOB_DAMAGED');
    }
  });
});

test('a secret in the configuration is refused, and so is what no protocol has', async () => {
  const place = join(folder, 'bad.yaml');
  const good = {
    protocol: 'sim',
    url: 'https://192.0.2.1',
    client: 'x',
    secretEnv: 'X',
    phone: '0990000001',
  };
  for (const [change, key] of [
    [{ secret: 'x' }, 'secretEnv'],
    [{ protocol: '__proto__' }, 'protocol'],
    [{ phone: undefined }, 'phone'],
    [{ certificate: 'abc' }, 'certificate'],
    [{ patience: -1 }, 'patience'],
    [{ secretEnv: undefined }, 'secretEnv'],
  ] as const) {
    writeFileSync(place, JSON.stringify({ remotes: { unit: { ...good, ...change } } }));
    const error = await failure(readConfiguration(place));
    expect([error.code, error.message.includes(`remotes.unit.${key}`)]).toEqual(['ERR_CONFIGURATION', true]);
  }
});
