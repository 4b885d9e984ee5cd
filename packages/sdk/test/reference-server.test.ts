import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BhxhServer, createServer } from '@bhxh/mock-server';
import { type NodeHost, startNodeServer } from '@bhxh/mock-server/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ClaimsClient, createClient } from '../src/client.ts';
import type { ClientOptions } from '../src/client.ts';
import { generateClaims } from '../src/synthetic/index.ts';
import { randomFrom } from './fault-gateway.ts';

interface Register {
  readonly hoTen: string;
  readonly ngaySinh: string;
  readonly officer: { readonly hoTenCb: string; readonly cccdCb: string };
  readonly cards: readonly { readonly code: string }[];
}

let server: BhxhServer;
let host: NodeHost;
let folder: string;
const clients: ClaimsClient[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-reference-'));
  server = await createServer({ demo: true, signaturesFrom: null });
  host = await startNodeServer(server);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

function accountOf(facility: string) {
  const account = server.accounts.find((one) => one.facility === facility);
  if (!account) throw new Error(`no account of ${facility}`);
  return account;
}

function open(facility: string, options: Partial<ClientOptions> = {}): ClaimsClient {
  const { username, password } = accountOf(facility);
  const client = createClient({
    environment: 'mock',
    url: host.url,
    facility,
    credentials: { username, password },
    now: () => new Date(),
    ...options,
  });
  clients.push(client);
  return client;
}

async function claims(count: number, seed: number): Promise<{ bytes: Uint8Array; facility: string }[]> {
  const found = [];
  for await (const { bytes } of generateClaims({ count, seed })) {
    const facility = /<MACSKCB>(\w{5})</.exec(Buffer.from(bytes).toString('utf8'))?.[1] ?? '';
    found.push({ bytes, facility });
  }
  return found;
}

describe('the client against the reference server', () => {
  it('sends a claim and reads its adjudication', async () => {
    const [claim] = await claims(1, 7);
    const client = open(claim!.facility);
    expect(await client.offers()).toMatchObject({ statusQuery: true });
    const receipt = await client.sendClaim(claim!.bytes);
    expect(receipt.maGiaoDich).not.toBe('');
    await server.idle();
    const sha256 = createHash('sha256').update(claim!.bytes).digest('hex');
    const [found] = (await client.findClaims({ sha256 })).claims;
    expect(found).toMatchObject({ maGiaoDich: receipt.maGiaoDich, sha256 });
    expect(await client.readClaim(receipt.maGiaoDich)).toMatchObject({ state: 'adjudicated' });
    expect((await client.findSubmissions({ sha256 })).submissions).toMatchObject([{ kind: 'claim' }]);
  });

  it('is refused with a wrong password, and learns nothing of another facility’s claim', async () => {
    const [claim] = await claims(1, 7);
    const { maGiaoDich } = await open(claim!.facility).sendClaim(claim!.bytes);
    const other = server.accounts.find(({ facility }) => facility !== null && facility !== claim!.facility)!;
    await expect(open(other.facility!).readClaim(maGiaoDich)).rejects.toMatchObject({ category: 'auth' });
    const wrong = open(claim!.facility, {
      credentials: { username: accountOf(claim!.facility).username, password: 'not-the-password' },
    });
    await expect(wrong.sendClaim(claim!.bytes)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      category: 'auth',
    });
  });

  it('gets every code of the card look-up from the reserved cards', async () => {
    const path = fileURLToPath(new URL('../../../specs/scenarios/register/cards.yaml', import.meta.url));
    const register = parse(await readFile(path, 'utf8')) as Register;
    const client = open('99001', { retryPolicy: { attempts: 1 } });
    const { hoTen, officer } = register;
    const ngaySinh = register.ngaySinh.replace(/^(\d{4})(\d\d)(\d\d)$/, '$3/$2/$1');
    for (const { code } of register.cards) {
      const maThe = `DN4999900000${code}`;
      const found = await client.lookUpCard({ maThe, hoTen, ngaySinh, ...officer }).then(
        (answer) => answer.code,
        (error: { official?: { code: string } }) => error.official?.code,
      );
      expect(`${maThe} ${found}`).toBe(`${maThe} ${code}`);
    }
  });
});

describe('a submission to the reference server, killed with -9', () => {
  it('leaves every claim there exactly once', { timeout: 120_000 }, async () => {
    const generated = await claims(120, 11);
    const facility = generated[0]!.facility;
    const own = generated.filter((claim) => claim.facility === facility);
    await mkdir(join(folder, 'claims'));
    const input = new Set<string>();
    for (const [at, { bytes }] of own.entries()) {
      input.add(createHash('sha256').update(bytes).digest('hex'));
      await writeFile(join(folder, 'claims', `${String(at).padStart(4, '0')}.xml`), bytes);
    }
    const { username, password } = accountOf(facility);
    const random = randomFrom(99);
    let last = '';
    for (let run = 0; run < 5; run++) {
      const child = spawn(
        process.execPath,
        [
          '--conditions=@bhxh/source',
          '--import',
          'tsx',
          fileURLToPath(new URL('./submitting-child.ts', import.meta.url)),
          host.url,
          join(folder, 'claims'),
          join(folder, 'journal'),
          join(folder, 'key'),
          '4',
          '5000',
        ],
        {
          stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
          env: {
            ...process.env,
            BHXH_TEST_FACILITY: facility,
            BHXH_TEST_USER: username,
            BHXH_TEST_PASSWORD: password,
          },
        },
      );
      last = '';
      child.stdout!.on('data', (piece) => (last += piece));
      if (run < 4) child.once('message', () => setTimeout(() => child.kill('SIGKILL'), random() * 250));
      await new Promise((resolve) => child.once('close', resolve));
    }
    expect(last).toContain('"reason":"done"');
    const client = open(facility);
    const held: string[] = [];
    let after: string | undefined;
    do {
      const page = await client.findSubmissions({ kind: 'claim', limit: 50, ...(after ? { after } : {}) });
      held.push(...page.submissions.map(({ sha256 }) => sha256));
      after = page.next ?? undefined;
    } while (after);
    expect(new Set(held)).toEqual(input);
    expect(held).toHaveLength(input.size);
  });
});
