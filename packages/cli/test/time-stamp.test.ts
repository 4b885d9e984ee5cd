// Signing with a time stamp of a real authority: openssl answers RFC 3161 over a socket.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoIdentity, demoTaxCode, verify } from '@bhxh/signing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandContext, CommandRun } from '../src/command-context.ts';
import { run as explain } from '../src/commands/explain.ts';
import { run as sign } from '../src/commands/sign.ts';
import { readConfiguration } from '../src/config.ts';
import { en } from '../src/messages/en.ts';

let folder: string;
let authority: Server;
let url: string;
let isBroken = false;

const place = (name: string): string => join(folder, name);
const openssl = (...words: string[]): Buffer =>
  execFileSync('openssl', words, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });

function answer(query: Buffer): Buffer {
  writeFileSync(place('query.tsq'), query);
  return openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query.tsq');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-time-stamp-'));
  const identity = createDemoIdentity({ mst: demoTaxCode(1), name: 'Facility 99001', now: () => new Date() });
  writeFileSync(place('key.pem'), identity.keyPem);
  writeFileSync(place('certificate.pem'), identity.certificatePem);
  writeFileSync(place('claim.xml'), '<GIAMDINHHS><THONGTINHOSO>x</THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>');
  writeFileSync(
    place('tsa.cnf'),
    '[tsa]\ndefault_tsa = t\n[t]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\n' +
      'signer_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\ness_cert_id_alg = sha256\n',
  );
  writeFileSync(place('serial'), '01\n');
  const certificate = [
    '-subj',
    '/CN=Test TSA',
    '-days',
    '2',
    '-addext',
    'extendedKeyUsage=critical,timeStamping',
  ];
  const files = ['-keyout', 'tsa.key', '-out', 'tsa.pem'];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...certificate);
  authority = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(isBroken ? 503 : 200, { 'content-type': 'application/timestamp-reply' });
      response.end(isBroken ? '' : answer(Buffer.concat(chunks)));
    });
  });
  await new Promise<void>((resolve) => authority.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(authority.address() as AddressInfo).port}/tsa`;
}, 60_000);

afterAll(() => {
  authority.close();
  rmSync(folder, { recursive: true });
});

async function say(
  command: CommandRun,
  words: readonly string[],
  options: Record<string, string | boolean>,
): Promise<{ readonly code: number; readonly out: string }> {
  let out = '';
  const code = await command({
    arguments: words,
    options,
    format: 'text',
    language: 'en',
    messages: en,
    configuration: await readConfiguration(undefined),
    environment: { HOME: folder, BHXH_STATE_HOME: place('state') },
    now: () => new Date(),
    elapsed: () => performance.now(),
    streams: {
      write: (text: string) => void (out += text),
      note: () => {},
      interactive: false,
      colour: false,
    },
    signal: new AbortController().signal,
  } as unknown as CommandContext);
  return { code, out };
}

const signWith = (tsa: string, name: string): ReturnType<typeof say> =>
  say(sign, [place('claim.xml')], {
    key: `file:${place('key.pem')}`,
    cert: place('certificate.pem'),
    profile: 'xades-t',
    out: place(name),
    tsa,
  });

test('a document is signed with the stamp of the authority that was named', async () => {
  const { code, out } = await signWith(url, 'signed.xml');
  expect(out).toContain('1 files');
  expect(code).toBe(0);
  const signed = readFileSync(place('signed.xml'));
  expect(signed.includes('<xades:EncapsulatedTimeStamp>')).toBe(true);
  const options = { profile: 'xades-t', trust: 'not-checked', now: () => new Date() } as const;
  expect((await verify(signed, options)).verdict).toBe('valid');
}, 60_000);

test('the signature of a document is explained by the profile that is named', async () => {
  await signWith(url, 'explained.xml');
  const named = await say(explain, [place('explained.xml')], { signature: true, profile: 'xades-t' });
  expect(named.code).toBe(0);
  const usual = await say(explain, [place('explained.xml')], { signature: true });
  expect(usual.code).not.toBe(0);
}, 60_000);

test('an authority that gives nothing fails the document and not the program', async () => {
  isBroken = true;
  try {
    const { code, out } = await signWith(url, 'broken.xml');
    expect(out).toContain('ERR_TIME_STAMP');
    expect(code).not.toBe(0);
  } finally {
    isBroken = false;
  }
}, 60_000);

test('what is no web address is refused before the key is asked for', async () => {
  for (const tsa of ['tsa.example', 'file:///etc/hostname', 'ftp://127.0.0.1/', 'http://me@127.0.0.1/'])
    await expect(signWith(tsa, 'refused.xml')).rejects.toMatchObject({ code: 'ERR_OPTION_INVALID' });
});
