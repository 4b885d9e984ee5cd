import { createHash } from 'node:crypto';
import { buildDossier, type Dossier } from '@bhxh/sdk/declarations';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { openContract } from '../src/contract/contract.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { answerOf, type Answer } from './hospital.ts';
import { openUnitOffice, specifications, worker, type UnitOffice } from './unit-office.ts';

const KEY = 'key';
const DESK = 'ZZCN001';
const PERSON = {
  number: '9900000110',
  fullName: 'Nguyễn Thị Thử Nghiệm',
  birthDate: '15/01/1990',
};
const wire = openContract('declarations-gateway.yaml');

let clock: VirtualClock;
let server: BhxhServer;
let office: UnitOffice;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-12T02:00:00Z') });
  server = await createServer({ demo: true, clock, adminKey: KEY });
  office = await openUnitOffice(server, 'ZZ0001A');
  await server.store.write((connection) =>
    connection
      .insertInto('contact')
      .values({ owner: PERSON.number, phone: '0990000110', email: null })
      .onConflict((conflict) => conflict.column('owner').doUpdateSet({ phone: '0990000110' }))
      .execute(),
  );
}, 60_000);
afterAll(() => server.close());
/** The wait between two codes of a person. */
beforeEach(() => clock.advance(61_000));

let place = 0;

/** A card that is to be given again, filed by its holder. */
function lostCard(own: Readonly<Record<string, string>> = {}, procedure = '612'): Dossier {
  place += 1;
  const dossier = office.dossier(procedure, '2026-10', [
    office.form('TK1-TS', '2026-10', [
      {
        HoTen: PERSON.fullName,
        GioiTinh: '0',
        NgaySinh: PERSON.birthDate,
        QuocTich: 'VN',
        DanToc: '01',
        SoCccd: '099000000110',
        KhaiSinhXa: '99001',
        KhaiSinhTinh: '99',
        DiaChiNhan: `${place} Street`,
        DiaChiXa: '99001',
        DiaChiTinh: '99',
        MaSoBhxh: PERSON.number,
        ...own,
      },
    ]),
  ]);
  const mine = { TenDonVi: 'Cá nhân', MaDonVi: DESK };
  return {
    ...dossier,
    unit: { ...dossier.unit, TenDoiTuong: PERSON.fullName, MaSoBHXH: DESK },
    forms: dossier.forms.map((form) => ({ ...form, header: { ...form.header, ...mine } })),
  };
}

const bytesOf = (dossier: Dossier): Promise<Uint8Array> => buildDossier(specifications, dossier, undefined);
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function ask(operation: string, path: string, init: RequestInit): Promise<Answer> {
  const answer = await answerOf(
    await server.fetch(new Request(`http://server/declarations/v1/individuals/${path}`, init)),
  );
  const type = answer.headers.get('content-type');
  const body = type?.includes('json') === true ? answer.body : answer.text;
  expect(wire.get(operation)?.checkReply(answer.status, type, body)).toEqual([]);
  return answer;
}

const requestCode = (sha256: string, question: Readonly<Record<string, string>> = PERSON): Promise<Answer> =>
  ask('requestCode', 'codes', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...question, sha256 }),
  });

/** What the phone shows. */
async function codesOnPhone(): Promise<readonly string[]> {
  const rows = await server.store.read
    .selectFrom('event')
    .select('data')
    .where('type', '=', 'otp.issued')
    .orderBy('id')
    .execute();
  return rows.map(({ data }) => (JSON.parse(data) as { code: string }).code);
}

const send = (
  bytes: Uint8Array,
  codeId: unknown,
  code: string,
  more: { readonly returns?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> =>
  ask('submitIndividualDossier', `dossiers${more.returns === undefined ? '' : `?returns=${more.returns}`}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/xml',
      'X-Bhxh-Code-Id': String(codeId),
      'X-Bhxh-Code': code,
      ...more.headers,
    },
    body: Uint8Array.from(bytes),
  });

async function codeFor(bytes: Uint8Array): Promise<{ codeId: string; code: string }> {
  const { body } = await requestCode(hashOf(bytes));
  return { codeId: String(body['codeId']), code: (await codesOnPhone()).at(-1) ?? '' };
}

const follow = (
  receipt: Readonly<Record<string, unknown>>,
  key = String(receipt['followKey']),
): Promise<Answer> =>
  ask('readIndividualDossier', `dossiers/${String(receipt['maGiaoDich'])}`, {
    headers: { 'X-Bhxh-Follow-Key': key },
  });

async function settle(): Promise<void> {
  clock.advance(14 * 86_400_000);
  await server.idle();
}

async function control(path: string, body?: unknown): Promise<Answer> {
  return await answerOf(
    await server.fetch(
      new Request(`http://server/control/${path}`, {
        method: 'POST',
        headers: { 'x-bhxh-admin-key': KEY, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      { address: '127.0.0.1' },
    ),
  );
}

describe('a one-time code', () => {
  it('stands for the signature of one dossier of its person, which is followed by a key', async () => {
    const bytes = await bytesOf(lostCard());
    const { codeId, code } = await codeFor(bytes);
    expect(code).toMatch(/^\d{6}$/);
    const { status, body } = await send(bytes, codeId, code);
    expect(status).toBe(202);
    await settle();
    const done = await follow(body);
    expect(done.body).toMatchObject({
      state: 'completed',
      reasons: [],
      intake: 'electronic',
      returns: 'electronic',
    });
    const { documents } = done.body as { documents: { id: string }[] };
    const notice = await ask('readIndividualDocument', `documents/${documents[0]?.id ?? ''}`, {
      headers: { 'X-Bhxh-Follow-Key': String(body['followKey']) },
    });
    expect(notice.status).toBe(200);
    expect((await follow(body, 'another')).body['code']).toBe('NOT_YOURS');
    const card = await server.store.read
      .selectFrom('card')
      .select('notice_code')
      .where('bhxh_number', '=', PERSON.number)
      .executeTakeFirst();
    expect(card?.notice_code).toBeNull();
  }, 60_000);

  it('is asked for without learning who is insured', async () => {
    const before = (await codesOnPhone()).length;
    const known = await requestCode('0'.repeat(64));
    const other = await requestCode('0'.repeat(64), { ...PERSON, fullName: 'Somebody Else' });
    const nobody = await requestCode('0'.repeat(64), { ...PERSON, number: '9999999999' });
    expect([known, other, nobody].map(({ status, body }) => [status, Object.keys(body)])).toEqual(
      Array.from({ length: 3 }, () => [202, ['codeId', 'expiresAt', 'digits']]),
    );
    expect((await codesOnPhone()).length).toBe(before + 1);
    expect((await send(await bytesOf(lostCard()), nobody.body['codeId'], '000000')).body['code']).toBe(
      'CODE_WRONG',
    );
  });

  it('is not sent again at once', async () => {
    await requestCode('0'.repeat(64));
    const again = await requestCode('0'.repeat(64));
    expect([again.status, again.body['code'], again.headers.get('retry-after')]).toEqual([
      429,
      'CODE_TOO_SOON',
      '60',
    ]);
  });

  it('expires', async () => {
    const bytes = await bytesOf(lostCard());
    const { codeId, code } = await codeFor(bytes);
    clock.advance(5 * 60_000);
    expect((await send(bytes, codeId, code)).body['code']).toBe('CODE_EXPIRED');
  });

  it('is locked after five wrong attempts, the right one included', async () => {
    const bytes = await bytesOf(lostCard());
    const { codeId, code } = await codeFor(bytes);
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect((await send(bytes, codeId, wrong)).body['code']).toBe('CODE_WRONG');
    expect((await send(bytes, codeId, code)).body['code']).toBe('CODE_LOCKED');
  });

  it('is good once, for the dossier it was sent for', async () => {
    const bytes = await bytesOf(lostCard());
    const other = await bytesOf(lostCard());
    const { codeId, code } = await codeFor(bytes);
    expect((await send(other, codeId, code)).body['code']).toBe('DOSSIER_DIFFERS');
    const sent = await Promise.all([send(bytes, codeId, code), send(bytes, codeId, code)]);
    expect(sent.map(({ status }) => status).toSorted()).toContain(202);
    expect((await send(bytes, codeId, code)).body['code']).toBe('CODE_USED');
    const rows = await server.store.read
      .selectFrom('dossier')
      .select('id')
      .where('sha256', '=', hashOf(bytes))
      .execute();
    expect(rows.length).toBe(1);
  });

  it('gives the same receipt to a repeat under an idempotency key', async () => {
    const bytes = await bytesOf(lostCard());
    const { codeId, code } = await codeFor(bytes);
    const headers = { 'Idempotency-Key': 'lost-answer' };
    const first = await send(bytes, codeId, code, { headers });
    const again = await send(bytes, codeId, code, { headers });
    expect([again.status, again.body]).toEqual([202, first.body]);
  });

  it('files for its own person only, and only what individuals file', async () => {
    const about = await bytesOf(lostCard({ MaSoBhxh: '9900001010' }));
    const first = await codeFor(about);
    expect((await send(about, first.codeId, first.code)).body['code']).toBe('NOT_YOURS');
    clock.advance(61_000);
    const employers = await bytesOf(lostCard({}, '600'));
    const second = await codeFor(employers);
    expect((await send(employers, second.codeId, second.code)).body['code']).toBe('NOT_FOR_INDIVIDUALS');
  });
});

describe('a result', () => {
  it('that goes by post arrives two working days after it was decided', async () => {
    const bytes = await bytesOf(lostCard());
    const { codeId, code } = await codeFor(bytes);
    const { body } = await send(bytes, codeId, code, { returns: 'post' });
    await settle();
    const { decidedAt, handedOverAt } = (await follow(body)).body as Record<string, string>;
    expect(Date.parse(handedOverAt ?? '')).toBeGreaterThan(Date.parse(decidedAt ?? '') + 86_400_000);
  });

  it('of a dossier on paper is handed over at the counter once there is one', async () => {
    const dossier = Buffer.from(await bytesOf(lostCard())).toString('base64');
    const taken = await control('dossiers', { dossier, intake: 'counter', returns: 'counter' });
    expect(taken.status).toBe(200);
    const id = String(taken.body['maGiaoDich']);
    expect((await control(`dossiers/${id}/hand-over`)).body['code']).toBe('NOT_READY');
    await settle();
    expect((await follow(taken.body)).body).toMatchObject({
      state: 'completed',
      intake: 'counter',
      handedOverAt: null,
    });
    const handed = await control(`dossiers/${id}/hand-over`);
    expect(handed.body['handedOverAt']).toBe(clock.now().toISOString());
  });

  it('of a dossier that came by post goes back electronically when that was asked for', async () => {
    const dossier = Buffer.from(await bytesOf(lostCard())).toString('base64');
    const taken = await control('dossiers', { dossier, intake: 'post', returns: 'electronic' });
    await settle();
    expect((await follow(taken.body)).body).toMatchObject({ state: 'completed', intake: 'post' });
    expect((await control(`dossiers/${String(taken.body['maGiaoDich'])}/hand-over`)).body['code']).toBe(
      'NOT_BY_COUNTER',
    );
  });
});

describe('the population database', () => {
  it.each([
    ['confirms', '099190123456', undefined],
    ['has not synchronised', '099190999012', 'identity-not-verified'],
    ['does not know', '099190999112', 'identity-not-found'],
    ['records the death of', '099190999212', 'person-deceased'],
    ['says otherwise of', '099085123456', 'identity-differs'],
  ])('%s a person', async (_what, citizenId, code) => {
    await office.login();
    place += 2;
    const row = worker(8_000 + place * 2, 'TD', { tienLuong: '5310000', Cmnd: citizenId });
    const { body } = await office.file(
      office.dossier('600', '2026-10', [office.form('D02-TS', '2026-10', [row])]),
    );
    await settle();
    await office.login();
    const { state, reasons } = (await office.status(String(body['maGiaoDich']))) as {
      state: string;
      reasons: { code: string }[];
    };
    expect([state, reasons.map((reason) => reason.code)]).toEqual(
      code === undefined ? ['completed', []] : ['rejected', [code]],
    );
  });
});
