// the signer's certificate expires in the middle of `submit --sign-with`, by the clock that the command is given.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';
import { createDemoAuthority, demoTaxCode } from '@bhxh/signing';
import { BhxhError } from '@bhxh/sdk/errors';
import { openJournal } from '@bhxh/sdk/submission';
import { generateClaims } from '@bhxh/sdk/synthetic';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../sdk/test/fault-proxy.ts';
import type { CommandContext } from '../src/command-context.ts';
import { exitCodeOf, type ExitCode } from '../src/exit-codes.ts';
import { en } from '../src/messages/en.ts';
import { send } from '../src/sending/send.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
/** More than are signed ahead of what is sent. */
const files = long ? 1_000 : 40;
const middle = files / 2;
/** Small enough for the server's clock to agree. */
const untilItExpires = 30_000;

let folder: string;
let closing: (() => Promise<unknown>)[];
let proxy: FaultProxy;
let account: { readonly username: string; readonly password: string };

vi.setConfig({ hookTimeout: 180_000 });
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-expires-'));
  closing = [];
  const server = await createServer({
    store: join(folder, 'server.sqlite'),
    demo: true,
    signaturesFrom: null,
  });
  const host = await startNodeServer(server);
  proxy = await startFaultProxy({ target: host.url, seed: 1 });
  closing.push(
    () => host.close(),
    () => proxy.close(),
  );
  account = server.accounts.find(({ facility }) => facility === '99001')!;
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** `bhxh submit in --sign-with KEY` within this process, so that its clock can be set. */
async function submit(
  key: string,
  now: () => Date,
): Promise<{ code: ExitCode; error?: BhxhError; text: string }> {
  let text = '';
  const context: CommandContext = {
    arguments: [join(folder, 'in')],
    options: {
      signWith: `file:${key}`,
      journal: join(folder, 'night.journal'),
      env: 'mock',
      concurrency: '2',
    },
    format: 'text',
    language: 'en',
    messages: en,
    streams: {
      write: (piece) => void (text += piece),
      note: (piece) => void (text += piece),
      interactive: false,
      colour: false,
      spoken: false,
      close() {},
    },
    configuration: { path: null, accounts: [], remotes: [], warnOnly: [] },
    environment: {
      BHXH_STATE_HOME: join(folder, 'state'),
      BHXH_URL: proxy.url,
      BHXH_FACILITY: '99001',
      BHXH_USERNAME: account.username,
      BHXH_PASSWORD: account.password,
    },
    now,
    elapsed: () => performance.now(),
    signal: new AbortController().signal,
    stdin: process.stdin,
  };
  try {
    return { code: await send(context, 'submit'), text };
  } catch (error) {
    if (!(error instanceof BhxhError)) throw error;
    return { code: exitCodeOf(error.category), error, text };
  }
}

test(
  'what was signed in time is sent, nothing is signed afterwards, and a new certificate goes on with the rest',
  async () => {
    const begun = new Date();
    const expiry = new Date(Math.floor(begun.getTime() / 1000) * 1000 + untilItExpires);
    const authority = createDemoAuthority({ now: () => begun });
    const keyOf = (name: string, notAfter?: Date): string => {
      const subject = { mst: demoTaxCode(1), name: 'Facility 99001' };
      const { keyPem, certificatePem } = authority.issue(
        notAfter === undefined ? subject : { ...subject, notAfter },
      );
      const path = join(folder, name);
      writeFileSync(path, `${keyPem}\n${certificatePem}`, { mode: 0o600 });
      return path;
    };
    mkdirSync(join(folder, 'in'));
    for await (const { fileName, bytes } of generateClaims({ count: files, seed: 11, facility: '99001' }))
      writeFileSync(join(folder, 'in', fileName), bytes);

    const frozen = begun.getTime();
    const outbox = join(folder, 'night.journal.outbox');
    const signed = (): number => proxy.passed.length + (existsSync(outbox) ? readdirSync(outbox).length : 0);
    let expired = false;
    const stopped = await submit(keyOf('old.pem', expiry), () => {
      expired ||= signed() >= middle && proxy.passed.length > 0;
      return new Date(expired ? expiry.getTime() + 1 : frozen);
    });
    expect(stopped.error?.code, stopped.text).toBe('ERR_CERTIFICATE_EXPIRED');
    expect(stopped.code, 'the class of keys and certificates').toBe(8);
    expect(stopped.error?.sentences.en).toContain('expired');
    expect(stopped.error?.sentences.vi).toContain('hết hạn');
    expect(proxy.passed.length).toBeGreaterThan(0);
    expect(proxy.passed.length).toBeLessThan(files);
    const journal = await openJournal({
      path: join(folder, 'night.journal'),
      keyFile: join(folder, 'state', 'receipts.key'),
      now: () => begun,
      readOnly: true,
    });
    const { accepted, unknown, rejected, planned } = await journal.counts();
    await journal.close();
    expect({ accepted, unknown, rejected }).toEqual({
      accepted: proxy.passed.length,
      unknown: 0,
      rejected: 0,
    });
    expect(planned, 'what was signed in time does not wait').toBe(0);

    const before = proxy.passed.length;
    const renewed = await submit(keyOf('new.pem'), () => new Date(expiry.getTime() + 1));
    expect(renewed.code, renewed.text).toBe(0);
    expect(proxy.passed).toHaveLength(files);
    expect(new Set(proxy.passed).size).toBe(files);
    process.stdout.write(
      `X-11 certificate: ${before} of ${files} before it expired, the rest with a new one\n`,
    );
  },
  long ? 1_800_000 : 240_000,
);
