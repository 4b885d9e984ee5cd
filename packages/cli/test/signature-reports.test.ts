// What people see of a signature: its steps, the HTML report, and the evidence that is kept of it.
import { createHash, createVerify } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoAuthority, demoTaxCode, keyObjectSigner, sign, type DemoAuthority } from '@bhxh/signing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { issueCrl } from '../../signing/test/authority.ts';
import type { CommandContext, CommandRun } from '../src/command-context.ts';
import { run as explain } from '../src/commands/explain.ts';
import { run as verify } from '../src/commands/verify.ts';
import { en } from '../src/messages/en.ts';
import { vi } from '../src/messages/vi.ts';

const today = new Date('2026-11-20T03:00:00Z');
const later = new Date('2026-12-20T03:00:00Z');
const markup = '<script>alert(1)</script>"\'&';
const claim = Buffer.from('<GIAMDINHHS><THONGTINHOSO>Bệnh nhân</THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>');

let folder: string;
let authority: DemoAuthority;
let responder: Server;
let responderHost: string;
let asked = 0;
let list: Uint8Array | undefined;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-signatures-'));
  responder = createServer((_request, response) => {
    asked += 1;
    response.writeHead(list === undefined ? 503 : 200).end(list);
  });
  await new Promise<void>((resolve) => responder.listen(0, '127.0.0.1', resolve));
  responderHost = `127.0.0.1:${(responder.address() as AddressInfo).port}`;
  authority = createDemoAuthority({ now: () => today, name: `CA ${markup}` });
  writeFileSync(at('ca.pem'), authority.certificatePem);
  await writeSigned('good.xml', 'Facility 99001');
  await writeSigned('evil.xml', `Facility ${markup}`);
});
afterAll(() => {
  responder.closeAllConnections();
  responder.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  asked = 0;
  list = issueCrl(authority, { thisUpdate: today, nextUpdate: new Date('2026-11-27T03:00:00Z') });
});

async function writeSigned(name: string, holder: string): Promise<void> {
  const change = { crlUrl: `http://${responderHost}/list.crl` };
  const { key, certificate } = authority.issue({ mst: demoTaxCode(1), name: holder, change });
  const signer = keyObjectSigner({ key, certificate, label: 'test' });
  writeFileSync(at(name), await sign(claim, signer, { profile: 'bhxh-xml', now: () => today }));
}

async function say(
  command: CommandRun,
  words: readonly string[],
  options: Record<string, unknown> = {},
  change: Record<string, unknown> = {},
): Promise<{ code: number; out: string; notes: string }> {
  let out = '';
  let notes = '';
  const code = await command({
    arguments: words,
    options: { force: true, ...options },
    format: 'text',
    language: 'en',
    messages: en,
    configuration: { path: null, accounts: [], remotes: [], warnOnly: [], revocationHosts: [responderHost] },
    environment: { HOME: folder, BHXH_STATE_HOME: at('state') },
    now: () => today,
    elapsed: () => 0,
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

const trust = (): { trust: string[] } => ({ trust: [at('ca.pem')] });
const inVietnamese = { language: 'vi', messages: vi };

describe('bhxh explain --signature', () => {
  test('goes through place, reference, canonical bytes, key, certificate, chain, times and verdict in order', async () => {
    const { out } = await say(explain, [at('good.xml')], { signature: true, out: at('bytes'), ...trust() });
    const heads = [...out.matchAll(/^(\d)\. (.*)$/gm)].map(([, number, text]) => `${number} ${text}`);
    expect(heads.map((head) => head.replace(/ ?[[(].*/, ''))).toEqual([
      '1 Stands in /GIAMDINHHS/CHUKYDONVI/Signature',
      '2 Reference URI=""',
      '3 SignedInfo, inclusive C14N',
      '4 certificate 1',
      '5 Issuers up to a trusted certificate',
      '6 Times',
      expect.stringMatching(/^7 Verdict: /) as unknown,
    ]);
    expect(out).toContain('transforms: enveloped-signature → inclusive C14N');
    expect(out).toMatch(/serial number: [0-9a-f]+/i);
    expect(out).toContain('content unchanged: valid');
  });

  test('gives the bytes with which everything can be repeated elsewhere', async () => {
    const hashOf = (name: string): string =>
      createHash('sha256')
        .update(readFileSync(at(name)))
        .digest('hex');
    await say(explain, [at('good.xml')], { signature: true, out: at('plain') });
    const good = await say(explain, [at('good.xml')], { signature: true }, { format: 'json' });
    const told = JSON.parse(good.out) as {
      references: { expected: string }[];
      signedInfo: { sha256: string };
    };
    expect(hashOf('plain')).toBe(told.references[0]?.expected);
    expect(hashOf('plain.signed-info')).toBe(told.signedInfo.sha256);
    const text = readFileSync(at('good.xml'), 'utf8');
    const part = (name: string): string => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1] ?? '';
    const pem = `-----BEGIN CERTIFICATE-----\n${part('X509Certificate')}\n-----END CERTIFICATE-----\n`;
    const verifier = createVerify('sha256').update(readFileSync(at('plain.signed-info')));
    expect(verifier.verify(pem, part('SignatureValue'), 'base64')).toBe(true);
  });

  test('says in Vietnamese which digest differs, and why the verdict is what it is', async () => {
    writeFileSync(at('altered.xml'), readFileSync(at('good.xml'), 'utf8').replace('Bệnh', 'Benh'));
    const { out, code } = await say(explain, [at('altered.xml')], { signature: true }, inVietnamese);
    expect(code).toBe(1);
    for (const words of [
      'Vị trí',
      'chữ ký cam kết',
      'hồ sơ hiện cho ra',
      '(không khớp)',
      'nội dung không bị thay đổi: không hợp lệ',
    ])
      expect(out).toContain(words);
    expect(out).toContain('chưa kiểm tra; nêu chứng thư tin cậy bằng --trust');
  });
});

describe('the HTML signature report', () => {
  const pageOf = async (name: string, change: Record<string, unknown> = {}, options = {}): Promise<string> =>
    (await say(verify, [at(name)], { ...trust(), reveal: true, ...options }, { format: 'html', ...change }))
      .out;

  test('runs nothing, loads nothing and shows markup in names and paths as text', async () => {
    mkdirSync(at('<img src=x onerror=alert(1)>'), { recursive: true });
    const place = join('<img src=x onerror=alert(1)>', 'evil.xml');
    writeFileSync(at(place), readFileSync(at('evil.xml')));
    for (const language of [{}, inVietnamese]) {
      const page = await pageOf(place, language);
      expect(page).toContain('&lt;script');
      expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
      expect(page).not.toMatch(/<script|<img|<link|<iframe|\son\w+=["']|javascript:|https?:\/\/(?!www\.w3)/i);
      const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      expect(page).toContain(`content="default-src 'none'; style-src 'sha256-${hash}'"`);
      expect(page).not.toMatch(/ style="/);
    }
  });

  test('shows what the circular wants shown, in both languages', async () => {
    const page = await pageOf('good.xml');
    for (const label of [
      'Signature report',
      'Signer',
      'issued by',
      'serial number',
      'valid',
      'certificates judged at',
      'content unchanged',
      'certificate not revoked',
    ])
      expect(page).toContain(label);
    const own = await pageOf('good.xml', inVietnamese);
    expect(own).toContain('<html lang="vi">');
    for (const label of [
      'Báo cáo chữ ký',
      'số sê-ri',
      'hiệu lực',
      'chứng thư không bị thu hồi',
      '2026-11-20T03:00:00.000Z',
    ])
      expect(own).toContain(label);
    expect(own).not.toContain('Signature report');
  });

  test('masks the signer unless asked not to', async () => {
    expect(await pageOf('good.xml', {}, { reveal: false })).not.toContain('SYNTHETIC Facility 99001');
    expect(await pageOf('good.xml')).toContain('SYNTHETIC Facility 99001');
  });
});

describe('revocation and evidence', () => {
  const verdictOf = async (
    options: Record<string, unknown>,
    change: Record<string, unknown> = {},
  ): Promise<string> => {
    const { out } = await say(
      verify,
      [at('good.xml')],
      { ...trust(), ...options },
      { format: 'json', ...change },
    );
    const { files } = JSON.parse(out) as { files: { verdict: string; findings: { code: string }[] }[] };
    return [files[0]?.verdict, ...(files[0]?.findings ?? []).map(({ code }) => code)].join(' ');
  };
  const code = (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'done',
      (error: { code: string }) => error.code,
    );

  test('a listed host is asked; --offline, an unlisted host and a silent one leave the verdict open', async () => {
    expect(await verdictOf({})).toBe('valid');
    expect(asked).toBe(1);
    expect(await verdictOf({ offline: true })).toMatch(/^undetermined /);
    const nobody = {
      configuration: { path: null, accounts: [], remotes: [], warnOnly: [], revocationHosts: ['localhost'] },
    };
    expect(await verdictOf({}, nobody)).toMatch(/^undetermined /);
    expect(asked).toBe(1);
    list = undefined;
    expect(await verdictOf({})).toMatch(/^undetermined /);
  });

  test('what was kept gives the same verdict a month later, asking nobody', async () => {
    const evidence = at('evidence.json');
    expect(await verdictOf({ evidence })).toBe('valid');
    const before = asked;
    list = undefined;
    expect(await verdictOf({ fromEvidence: evidence }, { now: () => later })).toBe('valid');
    expect(asked).toBe(before);
    expect(await verdictOf({}, { now: () => later })).toMatch(/^undetermined /);
  });

  test('evidence of a folder goes to a folder, one file a document', async () => {
    const place = `${at('kept')}/`;
    const paths = [at('good.xml'), at('evil.xml')];
    expect((await say(verify, paths, { ...trust(), evidence: place })).code).toBe(0);
    list = undefined;
    expect((await say(verify, paths, { ...trust(), fromEvidence: place })).code).toBe(0);
  });

  test('evidence is not believed: an altered list, another document, no anchor, or no evidence at all', async () => {
    const evidence = at('evidence.json');
    await verdictOf({ evidence });
    const kept = JSON.parse(readFileSync(evidence, 'utf8')) as { crls: string[] };
    const from = (content: unknown, options = {}): Promise<string> => {
      writeFileSync(evidence, typeof content === 'string' ? content : JSON.stringify(content));
      return verdictOf({ fromEvidence: evidence, ...options });
    };
    expect(await from({ ...kept, crls: [] })).toMatch(/^undetermined /);
    const forged = Buffer.from(kept.crls[0] ?? '', 'base64');
    forged[forged.length - 1]! ^= 1;
    expect(await from({ ...kept, crls: [forged.toString('base64')] })).toMatch(/^undetermined /);
    expect(await from(kept, { trust: [] })).toMatch(/^undetermined /);
    expect(await code(from({ ...kept, documentSha256: '00' }))).toBe('ERR_EVIDENCE_DAMAGED');
    for (const content of ['{', 'null', '[]', '{"schema":"bhxh-evidence/1","crls":"x"}'])
      expect(await code(from(content))).toBe('ERR_INPUT_UNREADABLE');
  });

  test('a document whose trust was not checked leaves no evidence, and that is said', async () => {
    const { notes } = await say(verify, [at('good.xml')], { evidence: at('none.json') });
    expect(notes).toContain('no evidence kept');
    expect(() => readFileSync(at('none.json'))).toThrow('ENOENT');
  });
});
