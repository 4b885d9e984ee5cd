import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { generateClaims, type GeneratedClaim } from '@bhxh/sdk/synthetic';
import { openKey, sign } from '@bhxh/signing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { materializeVector } from '../../sdk/test/materialize-vector.ts';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import type { Adjudication } from '../src/lifecycle/outcome.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { createHospital, type Hospital } from './hospital.ts';

/** A Friday evening, outside the gateway's office hours. */
const START = new Date('2026-11-20T13:00:00Z');

let folder: string;
let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;
let other: Hospital;
let claims: GeneratedClaim[];
let signBytes: (bytes: Uint8Array) => Promise<Uint8Array>;
let signAsOther: typeof signBytes;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-server-'));
  server = await createServer({ demo: true, clock: createVirtualClock(undefined, { frozenAt: START }) });
  host = await startNodeServer(server, { readyFile: join(folder, 'ready.json') });
  const ready = JSON.parse(await readFile(join(folder, 'ready.json'), 'utf8')) as {
    url: string;
    keys: { facility: string; ref: string; pinFile: string }[];
  };
  const [first, second] = server.accounts;
  hospital = createHospital(ready.url, first!);
  other = createHospital(ready.url, second!);
  const signing = async (index: number): Promise<typeof signBytes> => {
    const key = ready.keys[index]!;
    const signer = await openKey(key.ref, { pin: () => readFile(key.pinFile) });
    return (bytes) => sign(bytes, signer, { profile: 'bhxh-xml', now: () => server.clock.now() });
  };
  signBytes = await signing(0);
  signAsOther = await signing(1);
  claims = [];
  for await (const claim of generateClaims({ count: 16, seed: 11 })) claims.push(claim);
}, 60_000);

afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

async function decided(id: unknown): Promise<Record<string, unknown>> {
  await server.idle();
  return (await hospital.result(String(id))).body;
}

/** Its certificate is withdrawn from the register between receipt and check, an hour later. */
async function withdrawnMeanwhile(bytes: Uint8Array): Promise<Record<string, unknown>> {
  await hospital.login();
  const sent = await hospital.claim(bytes, {}, { 'x-bhxh-scenario': 'slow-checking' });
  const setStatus = (status: 'active' | 'revoked'): Promise<unknown> =>
    server.store.write((connection) =>
      connection.updateTable('certificate').set({ status }).where('facility', '=', '99001').execute(),
    );
  await setStatus('revoked');
  try {
    server.clock.advance(3_600_000);
    await server.idle();
    await hospital.login();
    return (await hospital.result(String(sent.body['maGiaoDich']))).body;
  } finally {
    await setStatus('active');
  }
}

describe('a signed claim', () => {
  it('is received at once and adjudicated with exact totals', async () => {
    await hospital.login();
    const sent = await hospital.claim(await signBytes(claims[0]!.bytes));
    expect(sent.body).toMatchObject({ maKetQua: 200, thoiGianTiepNhan: '20261120200000' });
    const claim = await decided(sent.body['maGiaoDich']);
    expect(claim).toMatchObject({
      state: 'adjudicated',
      MA_LK: claims[0]!.key,
      revision: 1,
      signature: { verdict: 'valid' },
    });
    const { lines, totals } = claim['adjudication'] as Adjudication;
    expect(lines.length).toBe(
      (claims[0]!.tables['XML2']?.length ?? 0) + (claims[0]!.tables['XML3']?.length ?? 0),
    );
    expect(totals.rejected).toBe('0');
    for (const [name, column] of Object.entries(totals.columns)) {
      expect([name, column.stated], name).toEqual([name, column.summed]);
    }
  });

  it('loses the lines whose price was altered, by rule id, and its total shrinks by exactly them', async () => {
    await hospital.login();
    const isPaid = (row: Readonly<Record<string, string | undefined>>): boolean => Number(row['T_BHTT']) > 0;
    const claim = claims.slice(4).find(({ tables }) => tables['XML3']?.some(isPaid) === true)!;
    const line = claim.tables['XML3']!.find(isPaid)!;
    const altered = alter(
      claim.bytes,
      'XML3',
      `<DON_GIA_BH>${line['DON_GIA_BH']}</DON_GIA_BH>`,
      '<DON_GIA_BH>7</DON_GIA_BH>',
    );
    const whole = await decided((await hospital.claim(await signBytes(claim.bytes))).body['maGiaoDich']);
    const cut = await decided((await hospital.claim(await signBytes(altered))).body['maGiaoDich']);
    expect(cut).toMatchObject({ state: 'adjudicated', revision: 2 });
    const before = whole['adjudication'] as Adjudication;
    const after = cut['adjudication'] as Adjudication;
    expect(before.totals.rejected).toBe('0');
    expect(Number(after.totals.accepted)).toBeLessThan(Number(before.totals.accepted));
    expect(after.deductions.map(({ ruleId }) => ruleId)).toContain('R053');
    const refused = after.lines.filter(({ decision }) => decision === 'rejected');
    expect(refused.every(({ reasons }) => reasons.length > 0)).toBe(true);
    expect(refused.reduce((sum, { rejected }) => sum + Number(rejected), 0)).toBeCloseTo(
      Number(after.totals.rejected),
      3,
    );
    const first = await hospital.get(`/bhxh/v1/claims?maCSKCB=99001&MA_LK=${claim.key}`);
    expect((first.body['claims'] as { state: string }[]).map(({ state }) => state)).toEqual([
      'adjudicated',
      'replaced',
    ]);
  });

  it('gets the same maGiaoDich when the same bytes come again', async () => {
    await hospital.login();
    const bytes = await signBytes(claims[2]!.bytes);
    const [one, two] = await Promise.all([hospital.claim(bytes), hospital.claim(bytes)]);
    expect(one.body['maGiaoDich']).toBe(two.body['maGiaoDich']);
  });

  it('is rejected when the key of another facility signed it', async () => {
    await hospital.login();
    const claim = await decided(
      (await hospital.claim(await signAsOther(claims[3]!.bytes))).body['maGiaoDich'],
    );
    expect(claim).toMatchObject({ state: 'rejected', signature: { verdict: 'invalid' } });
    expect((claim['signature'] as { reasons: string[] }).reasons).toContain('CERTIFICATE_NOT_REGISTERED');
  });

  it('is rejected when a byte was changed after signing', async () => {
    await hospital.login();
    const bytes = Buffer.from(await signBytes(claims[3]!.bytes));
    const text = bytes.toString('utf8').replace(/<NGAYLAP>\d{8}</, '<NGAYLAP>20260101<');
    const claim = await decided((await hospital.claim(Buffer.from(text))).body['maGiaoDich']);
    expect(claim).toMatchObject({ state: 'rejected', signature: { verdict: 'invalid' } });
    expect((claim['findings'] as { ruleId: string }[]).map(({ ruleId }) => ruleId)).toContain(
      'DIGEST_MISMATCH',
    );
  });

  it('is rejected without a signature when the episode ended in 2026, and taken when it ended before', async () => {
    await hospital.login();
    const now = await decided((await hospital.claim(claims[3]!.bytes)).body['maGiaoDich']);
    expect(now).toMatchObject({ state: 'rejected', findings: [{ ruleId: 'SIGNATURE_REQUIRED' }] });
    for await (const old of generateClaims({ count: 1, seed: 5, date: '2025-03-10' })) {
      const then = await decided((await hospital.claim(old.bytes)).body['maGiaoDich']);
      expect(then).toMatchObject({
        state: 'adjudicated',
        ruleset: 'qd3176-2024',
        signature: { verdict: 'skipped' },
      });
    }
  });

  it('is not shown to another facility, which is told the same as about a claim that does not exist', async () => {
    await hospital.login();
    await other.login();
    const mine = await hospital.claim(await signBytes(claims[0]!.bytes));
    const theirs = await other.result(String(mine.body['maGiaoDich']));
    const nothing = await other.result('99002000');
    expect([theirs.status, theirs.text]).toEqual([403, nothing.text]);
    expect((await other.get('/bhxh/v1/claims?maCSKCB=99001')).status).toBe(403);
  });

  it('keeps the verdict of its receipt, whatever becomes of the certificate before the check', async () => {
    expect(await withdrawnMeanwhile(await signBytes(claims[15]!.bytes))).toMatchObject({
      state: 'adjudicated',
      signature: { verdict: 'valid' },
    });
    const forged = Buffer.from(await signBytes(claims[15]!.bytes))
      .toString()
      .replace('<NGAYLAP>', '<NGAYLAP> ');
    expect(await withdrawnMeanwhile(Buffer.from(forged))).toMatchObject({
      state: 'rejected',
      signature: { verdict: 'invalid' },
    });
  });
});

describe('the register', () => {
  it('knows the patient of an adjudicated claim: his card, his visit and what he co-paid', async () => {
    await hospital.login();
    const claim = claims.slice(8).find(({ tables }) => tables['XML1']![0]!['MA_THE_BHYT']?.length === 15)!;
    const summary = claim.tables['XML1']![0]!;
    const sent = await hospital.claim(await signBytes(claim.bytes));
    expect((await decided(sent.body['maGiaoDich']))['state']).toBe('adjudicated');
    const birth = summary['NGAY_SINH']!;
    const person = {
      maThe: summary['MA_THE_BHYT']!,
      hoTen: summary['HO_TEN']!,
      ngaySinh: `${birth.slice(6, 8)}/${birth.slice(4, 6)}/${birth.slice(0, 4)}`,
    };
    const officer = { hoTenCb: 'Trần Văn Thí Điểm', cccdCb: '099080000001' };
    const card = await hospital.ask('/api/egw/KQNhanLichSuKCB2024', { ...person, ...officer });
    expect(card.body).toMatchObject({ maThe: person.maThe, hoTen: person.hoTen });
    const history = await hospital.ask('/api/egw/Lskcb2025', { ...person, ...officer });
    expect(history.body['dsLichSuKCB2025']).toMatchObject([
      { maHoSo: sent.body['maGiaoDich'], maCSKCB: '99001', ngayRa: summary['NGAY_RA'] },
    ]);
    const { access, id } = hospital.tokens();
    const response = await fetch(`${host.url}/api/TraCuuCCT/TraCuuTienMCCT`, {
      method: 'POST',
      headers: {
        accessToken: access,
        tokenId: id,
        passwordHash: hospital.md5,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ username: hospital.username, ...person }),
    });
    const coPayment = (await response.json()) as { MaKetQua: number; DataCCT: { tBNCCTMCCT: string }[] };
    expect(coPayment.MaKetQua).toBe(200);
    expect(Number(coPayment.DataCCT[0]!.tBNCCTMCCT)).toBe(Number(summary['T_BNCCT']));
  });
});

describe('a check-in', () => {
  it('is accepted when it is right, and rejected when a rule objects', async () => {
    await hospital.login();
    const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
    for (const [expected, state] of [
      ['pass', 'accepted'],
      ['fail', 'rejected'],
    ] as const) {
      const vector = specifications
        .vectors('R163')
        .flatMap((file) => file.cases)
        .find((entry) => entry.kind === 'check-in' && entry.expect === expected)!;
      const { bytes } = materializeVector(vector, specifications.ruleset(vector.ruleset));
      const sent = await hospital.claim(bytes, { loaiHoSo: '0' }, {}, '/api/qd130/checkInKcbQd3176');
      expect(sent.body['maKetQua']).toBe(200);
      await server.idle();
      const list = await hospital.get(`/bhxh/v1/submissions?maCSKCB=99001&kind=check-in&limit=1000`);
      const mine = (list.body['submissions'] as { maGiaoDich: string; state: string }[]).find(
        ({ maGiaoDich }) => maGiaoDich === sent.body['maGiaoDich'],
      );
      expect(mine?.state).toBe(state);
    }
  });
});

describe('a claim the gateway cannot use', () => {
  it('is received when it is not well-formed, and fails afterwards', async () => {
    await hospital.login();
    const sent = await hospital.claim(Buffer.from('<GIAMDINHHS><THONGTINDONVI></GIAMDINHHS>'));
    expect(sent.body['maKetQua']).toBe(200);
    const claim = await decided(sent.body['maGiaoDich']);
    expect(claim).toMatchObject({ state: 'rejected', MA_LK: null });
    expect((claim['findings'] as { message: { vi: string; en: string } }[])[0]!.message.vi).not.toBe('');
  });

  it('is refused at once with XML_DTD_FORBIDDEN when it declares a document type', async () => {
    await hospital.login();
    const sent = await hospital.claim(
      Buffer.from('<!DOCTYPE a [<!ENTITY b "c">]><GIAMDINHHS>&b;</GIAMDINHHS>'),
    );
    expect([sent.status, sent.body['maKetQua']]).toEqual([400, 205]);
    expect(sent.body['thongDiep']).toContain('XML_DTD_FORBIDDEN');
  });

  it('is rejected under R013 when its facility is not the sender', async () => {
    await hospital.login();
    for await (const foreign of generateClaims({ count: 1, seed: 8, facility: '99002' })) {
      const claim = await decided((await hospital.claim(await signBytes(foreign.bytes))).body['maGiaoDich']);
      expect(claim).toMatchObject({ state: 'rejected' });
      expect((claim['findings'] as { ruleId: string }[]).map(({ ruleId }) => ruleId)).toContain('R013');
    }
  });
});

/** Changes one table inside the envelope, as somebody with an editor and a base64 tool would. */
function alter(file: Uint8Array, table: string, from: string, to: string): Buffer {
  const text = Buffer.from(file).toString('utf8');
  return Buffer.from(
    text.replace(
      new RegExp(`(<LOAIHOSO>${table}</LOAIHOSO>\\s*<NOIDUNGFILE>)([^<]+)`),
      (_match, head: string, content: string) => {
        const inner = Buffer.from(content, 'base64').toString('utf8');
        if (!inner.includes(from)) throw new Error(`${from} is not in ${table}`);
        return head + Buffer.from(inner.replace(from, to)).toString('base64');
      },
    ),
  );
}
