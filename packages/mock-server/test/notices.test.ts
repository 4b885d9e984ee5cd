// The outbox of SMS and e-mails, and look-ups by SMS, on a server that really had the cause of each.
import { generateClaims } from '@bhxh/sdk/synthetic';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openControlCalls } from './control-call.ts';
import { createHospital } from './hospital.ts';
import { openUnitOffice, worker, type UnitOffice } from './unit-office.ts';

const DAY = 86_400_000;
const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-12T02:00:00Z') });
let server: BhxhServer;
let host: NodeHost;
let office: UnitOffice;
let control: ReturnType<typeof openControlCalls>;

interface Notice {
  readonly kind: string;
  readonly channel: string;
  readonly owner: string;
  readonly recipient: string | null;
  readonly text: string;
}

const notices = async (query: string): Promise<readonly Notice[]> => {
  const answer = await control('listNotices', 'GET', `notices?${query}`);
  expect(answer.problems).toEqual([]);
  return answer.body['notices'] as readonly Notice[];
};
const sms = async (text: string): Promise<Record<string, unknown>> => {
  const answer = await control('receiveSms', 'POST', 'sms', { from: '0990000999', text });
  expect(answer.problems).toEqual([]);
  return answer.body;
};
const contact = (owner: string, phone: string): ReturnType<typeof control> =>
  control('setContact', 'PUT', `contacts/${owner}`, { phone });

async function file(pa: string, own: Readonly<Record<string, string>> = {}): Promise<string> {
  await office.login();
  const { body } = await office.file(
    office.dossier('600', '2026-10', [
      office.form('D02-TS', '2026-10', [worker(7_001, pa, { tienLuong: '8000000', ...own })]),
    ]),
  );
  return String(body['maGiaoDich']);
}

async function pass(days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    clock.advance(DAY);
    await server.idle();
  }
}

beforeAll(async () => {
  server = await createServer({ demo: true, clock, signaturesFrom: null });
  host = await startNodeServer(server);
  control = openControlCalls(host.url, server.adminKey);
  office = await openUnitOffice(server, 'ZZ0001A');
}, 60_000);
afterAll(() => host.close());

let number = '';

test('a unit is told that its dossier was taken and done, by SMS and by e-mail, each once', async () => {
  const id = await file('TM');
  await pass(12);
  number = String((await (await office.login(), office.status(id)))['soHoSo']);
  const told = await notices('owner=ZZ0001A');
  expect(told.map(({ kind, channel }) => `${kind} ${channel}`).toSorted()).toEqual([
    'dossier.done email',
    'dossier.done sms',
    'dossier.received email',
    'dossier.received sms',
  ]);
  expect(told.every(({ text }) => text.includes(number))).toBe(true);
  expect(told.every(({ recipient }) => recipient?.includes('*') === true)).toBe(true);
  const [open] = await notices('owner=ZZ0001A&channel=sms&reveal=1');
  expect(open?.recipient).toMatch(/^0990000\d{3}$/);
}, 120_000);

test('who leaves is told, and a refused dossier says why', async () => {
  await contact('9900007001', '0990000555');
  await file('GH', { tuThang: '11/2026' });
  await pass(14);
  const [left] = await notices('kind=decrease.reported');
  expect(left).toMatchObject({ owner: '9900007001', recipient: '09*****555' });
  expect(left?.text).toContain('ZZ0001A');
  await office.login();
  await office.send(await office.build(office.dossier('600', '2026-12', []), false));
  await pass(2);
  const refused = await notices('kind=dossier.refused&channel=sms');
  expect(refused.length).toBe(1);
  expect(refused[0]?.text).toMatch(/Ly do: .+\.$/);
}, 120_000);

test('a patient is told what the fund paid for the visit', async () => {
  const hospital = createHospital(host.url, server.accounts[0]!);
  await hospital.login();
  const ids: string[] = [];
  for await (const { bytes } of generateClaims({ count: 3, seed: 8 }))
    ids.push(String((await hospital.claim(bytes)).body['maGiaoDich']));
  await server.idle();
  const told = await notices('kind=visit.paid');
  const results = await Promise.all(ids.map(async (id) => (await hospital.result(id)).body['state']));
  expect(told.length).toBe(results.filter((state) => state === 'adjudicated').length);
  expect(told.length).toBeGreaterThan(0);
  for (const { text } of told) expect(text).toMatch(/thanh toan [\d.]+ dong .* tu \d\d\/\d\d\/\d{4} den/);
});

test('a payment that was received is told to the unit it was for', async () => {
  await server.store.write((connection) =>
    connection
      .insertInto('event')
      .values({
        at: clock.now().getTime(),
        type: 'payment.received',
        facility: null,
        subject: 'FT26325000001',
        data: JSON.stringify({ unit: 'ZZ0002A', amount: '32250000', reference: 'FT26325000001' }),
      })
      .execute(),
  );
  await server.idle();
  const [told] = await notices('kind=payment.received&channel=sms');
  expect(told?.text).toBe('BHXH: da nhan 32.250.000 dong cua don vi ZZ0002A, so tham chieu FT26325000001.');
});

test('cards and voluntary terms that end within thirty days are told once, in the morning of the day', async () => {
  const day = (ahead: number): string =>
    new Date(clock.now().getTime() + 7 * 3_600_000 + ahead * DAY)
      .toISOString()
      .slice(0, 10)
      .replaceAll('-', '');
  await server.store.write(async (connection) => {
    await connection
      .updateTable('card')
      .set({ valid_to: day(31) })
      .where('number', '=', 'DN4999900000000')
      .execute();
    await connection
      .insertInto('voluntary_term')
      .values({ bhxh_number: '9900000001', to_month: `${day(1).slice(0, 4)}-${day(1).slice(4, 6)}` })
      .execute();
  });
  const before = (await notices('kind=card.expiring')).length;
  await pass(1);
  expect((await notices('kind=card.expiring')).length).toBe(before + 1);
  const told = await notices('kind=voluntary.ending');
  expect(told.map(({ owner }) => owner)).toEqual(['9900000001']);
  await pass(3);
  expect((await notices('kind=card.expiring')).length).toBe(before + 1);
  expect((await notices('kind=voluntary.ending')).length).toBe(1);
  const [card] = await notices('kind=card.expiring');
  expect(card?.text).not.toContain('DN4999900000000');
});

test('look-ups by SMS are answered: participation, by months and years, card, dossier, and how to ask', async () => {
  const answers = [
    await sms('TC BHXH 9900007001'),
    await sms('tc  bhxh 9900007001 102026 122026'),
    await sms('TC BHXH 9900007001 2025 2026'),
    await sms('TC THE DN4999900000000'),
    await sms(`TC HS ${number}`),
    await sms('TC BHXH 9900099999'),
    await sms('xin chào'),
  ];
  expect(answers.map(({ kind }) => kind)).toEqual([
    'participation',
    'participation-months',
    'participation-years',
    'card',
    'dossier',
    'participation',
    'unknown',
  ]);
  const text = answers.map((answer) => String(answer['text']));
  expect(text[0]).toBe('Ma so 9900007001: da tham gia 1 thang, gan nhat 10/2026 tai don vi ZZ0001A.');
  expect(text[1]).toBe('Ma so 9900007001: tu 10/2026 den 12/2026 tham gia 1 thang.');
  expect(text[2]).toBe('Ma so 9900007001: tu nam 2025 den nam 2026 tham gia 1 thang.');
  expect(text[3]).toMatch(/^The DN4999900000000: gia tri su dung tu 01\/01\/2025 den \d\d\/\d\d\/2026\.$/);
  expect(text[4]).toMatch(new RegExp(`^Ho so ${number}: Da co ket qua, hen tra \\d\\d/\\d\\d/2026\\.$`));
  expect(text[5]).toBe('Khong tim thay du lieu theo yeu cau.');
  expect(text[6]).toContain('Soan: TC BHXH maso');
  const replies = await notices('kind=reply&owner=0990000999');
  expect(replies.length).toBe(7);
  for (const one of [...text, ...(await notices('channel=sms')).map((notice) => notice.text)])
    expect(one).toMatch(/^[\x20-\x7e…]+$/);
});
