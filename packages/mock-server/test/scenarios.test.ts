// Every scenario name and every reserved identifier of the documentation is exercised by a test that names it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import type { Scenario } from '../src/scenarios/scenario.ts';
import { reservedBhxhNumber, reservedCard, reservedCitizenId } from '../src/seed/reserved-cards.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { answerOf, createHospital, type Answer } from './hospital.ts';
import { openUnitOffice, worker, type UnitOffice } from './unit-office.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const scenarios = readdirSync(join(root, 'specs/scenarios'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => parse(readFileSync(join(root, 'specs/scenarios', name), 'utf8')) as Scenario);
const dossierScenarios = scenarios.filter(({ effect }) => effect.dossier !== undefined);
const english = readFileSync(join(root, 'docs/mock-server.md'), 'utf8');
const vietnamese = readFileSync(join(root, 'docs/mock-server.vi.md'), 'utf8');

const DAY = 86_400_000;

let server: BhxhServer;
let office: UnitOffice;
const receipts = new Map<string, string>();

beforeAll(async () => {
  const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-12T02:00:00Z') });
  server = await createServer({ demo: true, clock });
  office = await openUnitOffice(server, 'ZZ0001A');
  await office.login();
  for (const [index, { id }] of dossierScenarios.entries()) {
    const row = worker(3001 + index, 'TD', { tienLuong: '5310000' });
    const dossier = office.dossier('600', '2026-10', [office.form('D02-TS', '2026-10', [row])]);
    const answer = await office.file(dossier, { 'x-bhxh-scenario': id });
    receipts.set(id, String(answer.body['maGiaoDich']));
  }
  clock.advance(20 * DAY);
  await server.idle();
  await office.login();
}, 120_000);
afterAll(() => server.close());

describe('the scenario of a dossier', () => {
  it.each(dossierScenarios.map(({ id, effect }) => [id, effect.dossier!] as const))(
    '%s does what its file says',
    async (id, { reason, stuckIn, late, populationDown }) => {
      const status = await office.status(receipts.get(id)!);
      if (reason !== undefined) {
        expect(['refused', 'rejected']).toContain(status['state']);
        expect((status['reasons'] as { code: string }[]).map(({ code }) => code)).toContain(reason);
      }
      if (stuckIn !== undefined) expect(status['state']).toBe(stuckIn);
      if (populationDown !== undefined) {
        expect(status).toMatchObject({ state: 'completed', reasons: [] });
        expect((status['steps'] as { state: string }[]).map(({ state }) => state)).toEqual([
          'recorded',
          'recorded',
          'accepted',
          'processing',
          'approval',
          'completed',
        ]);
      }
      if (late !== undefined) {
        const steps = status['steps'] as { step: string; at: string }[];
        expect(status['state']).toBe('completed');
        expect(steps.at(-1)!.at.slice(0, 10) > String(status['dueOn'])).toBe(true);
      }
    },
  );
});

/** The codes as the documentation lists them. */
const codes = /Codes: ([\d, ]+)\./.exec(english)![1]!.split(', ');

describe('the reserved person of card code', () => {
  const ask = async (maThe: string): Promise<Answer> => {
    const account = server.accounts.find(({ facility }) => facility === '99001')!;
    const hospital = createHospital('http://server', account);
    const post = async (path: string, fields: Record<string, string>) =>
      await answerOf(
        await server.fetch(
          new Request(`http://server${path}`, { method: 'POST', body: new URLSearchParams(fields) }),
          { address: '127.0.0.1' },
        ),
      );
    const login = await post('/api/token/take', { username: account.username, password: hospital.md5 });
    const key = login.body['APIKey'] as { access_token: string; id_token: string };
    const query = new URLSearchParams({
      token: key.access_token,
      id_token: key.id_token,
      username: account.username,
      password: hospital.md5,
    });
    return await post(`/api/egw/KQNhanLichSuKCB2024?${query.toString()}`, {
      maThe,
      hoTen: 'Nguyễn Thị Thử Nghiệm',
      ngaySinh: '15/01/1990',
      hoTenCb: 'Trần Văn Thí Điểm',
      cccdCb: '099080000001',
    });
  };

  it.each(codes)('%s is answered with it', async (code) => {
    expect((await ask(reservedCard(code))).body['maKetQua']).toBe(code);
    expect(english).toContain('`DN49999` and `00000` and the code');
    expect([reservedCard(code), reservedBhxhNumber(code), reservedCitizenId(code)]).toEqual([
      `DN4999900000${code}`,
      `9900000${code}`,
      `099000000${code}`,
    ]);
  });

  const facilities = /Facilities ([\d, and]+) exist/.exec(english)![1]!.match(/\d{5}/g)!;
  it.each(facilities)('and the reserved facility %s has an account', (facility) => {
    expect(server.accounts.map(({ username }) => username)).toContain(`${facility}_BV`);
  });
});

/** Where tests stand. */
function* testFiles(place: string): Generator<string> {
  for (const entry of readdirSync(place, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name.startsWith('dist')) continue;
    const path = join(place, entry.name);
    if (entry.isDirectory()) yield* testFiles(path);
    else if (/\.test\.ts$|scripts\/.*\.txt$/.test(path)) yield path;
  }
}

describe('the documentation', () => {
  it('names every scenario in both languages, and no other', () => {
    const named = (page: string): Set<string> =>
      new Set(
        page
          .split('\n')
          .filter((line) => line.startsWith('| `'))
          .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z][a-z-]+)`/g)])
          .map((match) => match[1]!),
      );
    const ids = scenarios.map(({ id }) => id).sort();
    for (const page of [english, vietnamese])
      expect([...named(page)].filter((name) => name !== 'postgres').sort()).toEqual(ids);
  });

  it('names no scenario that no test names', () => {
    const tests = [...testFiles(join(root, 'packages'))]
      .filter((path) => !path.endsWith('scenarios.test.ts'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const here = new Set(dossierScenarios.map(({ id }) => id));
    const unnamed = scenarios
      .map(({ id }) => id)
      .filter((id) => !here.has(id) && !new RegExp(`['" .]${id}['" .]`).test(tests));
    expect(unnamed).toEqual([]);
  });
});
