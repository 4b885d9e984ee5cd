// What was answered is there after the server's process was killed: the ledger, the receipt and the life of a record.
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BankClient } from '@bhxh/sdk/payments';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DemoAccount } from '../src/seed/demo.ts';
import { credit, openParty } from './bank-parties.ts';

let folder: string;
let child: ChildProcess | undefined;

async function start(): Promise<{ readonly bank: BankClient; readonly office: BankClient }> {
  const own = fork(fileURLToPath(new URL('bank-child.ts', import.meta.url)), [join(folder, 'store.db')], {
    execArgv: ['--conditions=@bhxh/source', '--import', 'tsx'],
  });
  child = own;
  const { url, accounts } = await new Promise<{ url: string; accounts: readonly DemoAccount[] }>(
    (resolve, reject) => {
      own.once('message', (ready) => resolve(ready as { url: string; accounts: readonly DemoAccount[] }));
      own.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}`)));
    },
  );
  const place = { url, accounts, now: () => new Date() };
  return { bank: await openParty(place, 'VCB_TTV'), office: await openParty(place, '09901_TTV') };
}

async function kill(): Promise<void> {
  const own = child;
  if (own === undefined) return;
  const ended = new Promise((resolve) => own.once('exit', resolve));
  own.kill('SIGKILL');
  await ended;
  child = undefined;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-bank-'));
});
afterAll(async () => {
  await kill();
  await rm(folder, { recursive: true });
});

it(
  'has every credit and record that was answered after kill -9, and the same message posts nothing again',
  { timeout: 180_000 },
  async () => {
    const message = {
      messageId: 'M-1',
      office: '09901',
      account: '9999203001',
      businessDate: '2026-10-12',
      createdAt: new Date('2026-10-12T02:00:00Z'),
      credits: [credit('K1', 700), credit('K2', 800)],
    };
    const before = await start();
    const first = await before.bank.notifyCredits(message);
    const trace = await before.office.traces.open({ reason: 'duplicate', content: 'TRUNG', bank: 'VCB' });
    await kill();
    const after = await start();
    expect(await after.bank.notifyCredits(message)).toMatchObject({
      id: first.id,
      isReplay: true,
      credits: first.credits,
    });
    const { balance, entries } = await after.office.explainAccount('carried:ZZ0001A');
    expect([balance, entries.length]).toEqual(['1500', 2]);
    const read = await after.office.traces.read(trace.id);
    expect(read).toMatchObject({ state: 'DRAFT', version: 1 });
    expect((await after.office.traces.act(read, { action: 'submit' })).state).toBe('PENDING_APPROVAL');
    await Promise.all([...Object.values(before), ...Object.values(after)].map((client) => client.close()));
  },
);
