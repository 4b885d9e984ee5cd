// A hundred failures of one account within a day, a few from each of many addresses.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wirePassword } from '../src/accounts/secrets.ts';
import { createVirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';

const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') });
let server: BhxhServer;
let username: string;
let password: string;

beforeAll(async () => {
  server = await createServer({ demo: true, clock });
  const account = server.accounts.find(({ facility }) => facility === '99001')!;
  username = account.username;
  password = wirePassword(account.password);
}, 60_000);
afterAll(() => server.close());

interface Said {
  readonly status: number;
  readonly code: unknown;
  readonly wait: string | null;
}

async function login(address: string, given: string, name = username): Promise<Said> {
  const answer = await server.fetch(
    new Request('http://server/api/token/take', {
      method: 'POST',
      body: new URLSearchParams({ username: name, password: given }),
    }),
    { address },
  );
  const { maKetQua } = (await answer.json()) as { maKetQua: unknown };
  return { status: answer.status, code: maKetQua, wait: answer.headers.get('retry-after') };
}

const wrong = '1'.repeat(32);
const refused = { status: 200, code: '401', wait: null };
const waits = (seconds: string): Said => ({ status: 429, code: '403', wait: seconds });
const steps = async (): Promise<string[]> =>
  (
    await server.store.read
      .selectFrom('audit_entry')
      .select(['action', 'subject'])
      .where('action', '=', 'login.step-up')
      .execute()
  ).map(({ subject }) => subject);

describe('an account that is tried from many addresses', () => {
  it('has four failures free at each of them until there are a hundred', async () => {
    for (let address = 1; address <= 25; address += 1)
      for (let attempt = 1; attempt <= 4; attempt += 1) {
        expect(await steps()).toEqual([]);
        expect(await login(`10.0.0.${address}`, wrong)).toEqual(refused);
      }
    expect(await steps()).toEqual([username]);
  }, 180_000);

  it('waits from its first failure on at an address that never failed, growing and ending as ever', async () => {
    expect(await login('10.0.1.1', wrong)).toEqual(refused);
    expect(await login('10.0.1.1', wrong)).toEqual(waits('1'));
    expect(await login('10.0.1.1', password)).toEqual(waits('1'));
    clock.advance(1_000);
    expect(await login('10.0.1.1', wrong)).toEqual(refused);
    expect(await login('10.0.1.1', wrong)).toEqual(waits('2'));
    clock.advance(900_000);
    expect((await login('10.0.1.1', password)).code).toBe('200');
  });

  it('lets in whoever knows the password, from anywhere, and leaves other accounts alone', async () => {
    expect((await login('10.0.2.1', password)).code).toBe('200');
    const other = server.accounts.find(({ facility }) => facility === '99002')!;
    for (let attempt = 1; attempt <= 4; attempt += 1)
      expect(await login('10.0.1.2', wrong, other.username)).toEqual(refused);
  });

  it('is forgiven after a day, and is told of once', async () => {
    clock.advance(86_400_000);
    for (let attempt = 1; attempt <= 4; attempt += 1) expect(await login('10.0.3.1', wrong)).toEqual(refused);
    expect(await steps()).toEqual([username]);
  });

  it('counts nothing for names that nobody has', async () => {
    for (let attempt = 1; attempt <= 4; attempt += 1) await login('10.0.4.1', wrong, 'nobody');
    const rows = await server.store.read
      .selectFrom('login_failure')
      .select('address')
      .where('username', '=', 'nobody')
      .execute();
    expect(rows).toEqual([{ address: '10.0.4.1' }]);
  });
});
