// Abnormal look-up volume locks a facility's look-ups, and only the two levels of the real system open them again.
import { keyObjectSigner, sign } from '@bhxh/signing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { reservedCard } from '../src/seed/reserved-cards.ts';
import type { DemoAccount } from '../src/seed/demo.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openAccountOffice, type AccountOffice } from './account-office.ts';
import { openControlCalls, type ControlAnswer } from './control-call.ts';
import { createHospital, type Answer, type Hospital } from './hospital.ts';

const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T03:00:00Z') });
let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;
let other: Hospital;
let facility: AccountOffice;
let province: AccountOffice;
let centre: AccountOffice;
let lock = '';
let control: ReturnType<typeof openControlCalls>;

const accountOf = (fits: (account: DemoAccount) => boolean): DemoAccount => server.accounts.find(fits)!;

beforeAll(async () => {
  server = await createServer({ demo: true, clock, lookupLimits: { perHour: 5, missesPerHour: 3 } });
  host = await startNodeServer(server);
  const own = accountOf(({ facility: code }) => code === '99001');
  hospital = createHospital(host.url, own);
  other = createHospital(
    host.url,
    accountOf(({ facility: code }) => code === '99002'),
  );
  await hospital.login();
  await other.login();
  facility = openAccountOffice(host.url, own);
  province = openAccountOffice(
    host.url,
    accountOf(({ scope }) => scope === '99'),
  );
  centre = openAccountOffice(
    host.url,
    accountOf(({ scope }) => scope === 'centre'),
  );
  for (const office of [facility, province, centre]) expect((await office.login()).problems).toEqual([]);
  control = openControlCalls(host.url, server.adminKey);
}, 60_000);
afterAll(() => host.close());

const lookUp = (who: Hospital, card = reservedCard('000')): Promise<Answer> =>
  who.ask('/api/egw/KQNhanLichSuKCB2024', {
    maThe: card,
    hoTen: 'Nguyễn Thị Thử Nghiệm',
    ngaySinh: '15/01/1990',
    hoTenCb: 'Trần Văn Thí Điểm',
    cccdCb: '099080000001',
  });

const notices = async (kind: string): Promise<ControlAnswer> =>
  await control('listNotices', 'GET', `notices?kind=${kind}`);

async function explanation(text: string, id = lock, code = '99001'): Promise<Uint8Array> {
  const authority = server.authority();
  const identity = authority.issue({
    mst: accountOf(({ facility: own }) => own === code).mst ?? '',
    name: code,
  });
  await server.registerCertificate(code, identity.certificate);
  const signer = keyObjectSigner({
    key: identity.key,
    certificate: identity.certificate,
    chain: identity.chain,
    label: code,
  });
  const document = `<GIAITRINH><MACSKCB>${code}</MACSKCB><MAKHOA>${id}</MAKHOA><NOIDUNG>${text}</NOIDUNG><Cky/></GIAITRINH>`;
  return await sign(Buffer.from(document), signer, { profile: 'declaration-xml', now: () => clock.now() });
}

const REASON = 'Đợt khám sức khỏe cho 2.000 công nhân trong một buổi sáng.';

test('the look-ups of a facility that asks too much are locked, and nothing else of it or of others', async () => {
  for (let call = 0; call < 5; call += 1) expect((await lookUp(hospital)).body['maKetQua']).toBe('000');
  await server.idle();
  expect((await lookUp(hospital)).body['maKetQua']).toBe('000');
  await server.idle();
  const locked = await lookUp(hospital);
  expect([locked.status, locked.body['maKetQua'], locked.body['maThe']]).toEqual([200, '403', undefined]);
  lock = /KTC-99001-[0-9a-f]{8}/.exec(String(locked.body['ghiChu']))?.[0] ?? '';
  expect(lock).not.toBe('');
  expect((await lookUp(other)).body['maKetQua']).toBe('000');
  expect((await hospital.claim(Buffer.from('<a/>'))).body['maKetQua']).toBe(200);
  const told = await notices('lookup.locked');
  expect(told.problems).toEqual([]);
  expect(told.body['notices']).toMatchObject([
    { owner: '99001', text: expect.stringContaining(lock) as unknown },
    { owner: '99001' },
  ]);
  const channels = (told.body['notices'] as { channel: string; recipient: string }[]).map(
    ({ channel, recipient }) => [channel, recipient.includes('*')],
  );
  expect(channels.toSorted()).toEqual([
    ['email', true],
    ['sms', true],
  ]);
});

test('somebody who tries numbers is locked sooner', async () => {
  for (let miss = 0; miss < 4; miss += 1) await lookUp(other, `DN49977000000${miss}0`);
  await server.idle();
  expect((await lookUp(other)).body['maKetQua']).toBe('403');
});

test('no level can be left out, and nobody does the work of another', async () => {
  const explain = async (document: Uint8Array): Promise<unknown> => {
    const answer = await facility.put('explainLookupLock', `lookup-locks/${lock}/explanation`, document);
    expect(answer.problems).toEqual([]);
    return answer.body['code'] ?? answer.body['state'];
  };
  const letter = (office: AccountOffice): ReturnType<AccountOffice['call']> =>
    office.call('forwardLookupLock', 'PUT', `lookup-locks/${lock}/letter`, { number: '123/BHXH-CNTT' });
  const end = (office: AccountOffice): ReturnType<AccountOffice['call']> =>
    office.call('endLookupLock', 'DELETE', `lookup-locks/${lock}`);

  expect(await explain(await explanation(REASON))).toBe('PASSWORD_NOT_CHANGED');
  expect((await letter(province)).body['code']).toBe('LOCK_STATE');
  expect((await end(centre)).body['code']).toBe('LOCK_STATE');

  const account = accountOf(({ facility: code }) => code === '99001');
  const next = 'một câu dài không ai đoán được';
  const change = (current: string, wanted: string): ReturnType<AccountOffice['call']> =>
    facility.call('changePassword', 'PUT', 'password', { current, new: wanted });
  expect((await change(account.password, 'ngắn')).body['code']).toBe('PASSWORD_TOO_SHORT');
  expect((await change(account.password, 'matkhau123456')).body['code']).toBe('PASSWORD_BREACHED');
  expect((await change('wrong', next)).body['code']).toBe('CREDENTIALS');
  expect((await change(account.password, next)).status).toBe(200);
  // The old password and every session it opened are worth nothing any more.
  expect((await hospital.token()).body['maKetQua']).toBe('401');
  expect((await lookUp(hospital)).body['maKetQua']).toBe('401');
  expect((await facility.call('findLookupLocks', 'GET', 'lookup-locks')).status).toBe(401);
  await facility.login(next);

  const good = await explanation(REASON);
  expect(await explain(Buffer.from('<GIAITRINH/>'))).toBe('EXPLANATION');
  expect(await explain(await explanation(REASON, 'KTC-99001-00000000'))).toBe('EXPLANATION');
  expect(await explain(await explanation(REASON, lock, '99002'))).toBe('EXPLANATION');
  expect(await explain(await explanation('quá ngắn'))).toBe('EXPLANATION');
  const changed = Buffer.from(Buffer.from(good).toString('utf8').replace('2.000', '3.000'));
  expect(await explain(changed)).toBe('EXPLANATION');
  expect(await explain(good)).toBe('explained');
  expect(await explain(good)).toBe('LOCK_STATE');

  expect((await end(centre)).body['code']).toBe('LOCK_STATE');
  expect((await letter(facility)).body['code']).toBe('ROLE');
  expect((await letter(centre)).body['code']).toBe('ROLE');
  const read = await province.call('readLookupExplanation', 'GET', `lookup-locks/${lock}/explanation`);
  expect([read.text.includes(REASON), read.problems]).toEqual([true, []]);
  const forwarded = await letter(province);
  expect([forwarded.body['state'], forwarded.body['letter'], forwarded.problems]).toEqual([
    'forwarded',
    '123/BHXH-CNTT',
    [],
  ]);
  expect((await end(facility)).body['code']).toBe('ROLE');
  expect((await end(province)).body['code']).toBe('ROLE');
  expect((await end(centre)).body['state']).toBe('unlocked');

  hospital = createHospital(host.url, { ...account, password: next });
  await hospital.login();
  expect((await lookUp(hospital)).body['maKetQua']).toBe('000');
  await server.idle();
  expect((await notices('lookup.unlocked')).body['notices']).toHaveLength(2);
});

test('a facility sees its own locks only, an officer those of the province, and every step is in the audit log', async () => {
  const seen = async (office: AccountOffice): Promise<unknown> =>
    ((await office.call('findLookupLocks', 'GET', 'lookup-locks')).body['locks'] as { facility: string }[])
      .map((one) => one.facility)
      .toSorted();
  expect(await seen(facility)).toEqual(['99001']);
  expect(await seen(province)).toEqual(['99001', '99002']);
  expect(await seen(centre)).toEqual(['99001', '99002']);
  const foreign = await facility.call(
    'readLookupExplanation',
    'GET',
    'lookup-locks/KTC-99002-00000000/explanation',
  );
  expect([foreign.status, foreign.problems]).toEqual([403, []]);
  const audit = await control('readAudit', 'GET', 'audit?limit=1000');
  expect(audit.problems).toEqual([]);
  const deeds = (audit.body['entries'] as { actor: string; action: string; data: { lock?: string } }[])
    .filter(({ data }) => data.lock === lock)
    .map(({ actor, action }) => `${actor} ${action}`);
  expect(deeds).toEqual([
    'server lookup.locked',
    '99001_BV lookup.explained',
    'CANBO_99 lookup.forwarded',
    'CANBO_TTCNTT lookup.unlocked',
  ]);
  expect(audit.text).not.toMatch(/đoán|[0-9A-F]{32}"/);
});
