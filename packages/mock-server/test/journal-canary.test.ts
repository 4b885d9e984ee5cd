// X-21 on the sender's side: nothing that the SDK's journal keeps in the open holds a secret or a personal value.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@bhxh/sdk';
import { claimsTarget, openJournal, planSubmission, runSubmission } from '@bhxh/sdk/submission';
import Libsql from 'libsql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wirePassword } from '../src/accounts/secrets.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { claimPath } from './hospital.ts';

const people = {
  name: 'Người Canary Nhật Ký',
  card: 'DN4990123456789',
  citizenId: '099123456789',
  phone: '0990000987',
  address: '12 Ngõ Canary',
};

const claimOf = (number: number): Buffer => {
  const table = `<TONG_HOP><MA_LK>CANARY-${number}</MA_LK><HO_TEN>${people.name}</HO_TEN><SO_CCCD>${people.citizenId}</SO_CCCD><DIA_CHI>${people.address}</DIA_CHI><DIEN_THOAI>${people.phone}</DIEN_THOAI><MA_THE_BHYT>${people.card}</MA_THE_BHYT></TONG_HOP>`;
  return Buffer.from(
    `<GIAMDINHHS><THONGTINDONVI><MACSKCB>99001</MACSKCB></THONGTINDONVI><THONGTINHOSO><NGAYLAP>20261121</NGAYLAP><SOLUONGHOSO>1</SOLUONGHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>${Buffer.from(table).toString('base64')}</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>`,
  );
};

let folder: string;
let server: BhxhServer;
let host: NodeHost;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-journal-canary-'));
  server = await createServer({ demo: true });
  host = await startNodeServer(server);
}, 60_000);
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A text in every shape in which bytes are commonly kept. */
const shapesOf = (text: string): Buffer[] => [
  Buffer.from(text),
  Buffer.from(text, 'utf16le'),
  Buffer.from(Buffer.from(text).toString('hex')),
  // Whatever stands before it in the file moves base64 by none, one or two bytes.
  ...[0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString('base64');
    return Buffer.from(whole.slice(before === 0 ? 0 : 4, whole.length - 4));
  }),
];

/** Every file that stands in the folder of the journal, byte for byte, and every value of its tables. */
function keptIn(place: string, journal: string): Buffer[] {
  const files = readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  const db = new Libsql(journal, { readonly: true } as never);
  try {
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as {
      name: string;
    }[];
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['items', 'blocks']));
    const rows = tables.flatMap(({ name }) => db.prepare(`SELECT * FROM "${name}"`).all());
    expect(rows.length).toBeGreaterThan(0);
    return [...files, Buffer.from(JSON.stringify(rows))];
  } finally {
    db.close();
  }
}

const leaks = (kept: readonly Buffer[], secrets: readonly string[]): string[] =>
  secrets.filter((secret) =>
    shapesOf(secret).some((shape) => kept.some((content) => content.includes(shape))),
  );

it('the journal and its receipts show no canary after acceptance, refusal, a lost answer and a wrong password', async () => {
  const account = server.accounts.find(({ facility }) => facility === '99001')!;
  const wrong = 'CANARY-password-of-the-journal';
  const place = join(folder, 'journal');
  const path = join(place, 'claims.journal');
  const inputs = join(folder, 'in');
  mkdirSync(place);
  mkdirSync(inputs);
  const sources = [1, 2, 3, 4].map((number) => ({ path: join(inputs, `${number}.xml`) }));
  for (const [at, source] of sources.entries()) writeFileSync(source.path, claimOf(at + 1));
  const tokens: string[] = [];
  let sends = 0;
  const answers: (() => Response)[] = [
    // What a gateway says of a document may repeat what stands in it.
    () =>
      Response.json({
        maKetQua: 205,
        thongDiep: `Thẻ ${people.card} của ${people.name}, CCCD ${people.citizenId}, ĐT ${people.phone}, ${people.address}`,
      }),
    () =>
      Response.json({
        maKetQua: 200,
        maGiaoDich: '99001CANARY',
        thoiGianTiepNhan: '20261121080000',
        thongDiep: `Đã nhận hồ sơ của ${people.name}, thẻ ${people.card}`,
      }),
    () => new Response(`<html>${people.card} ${people.name} ${people.citizenId}</html>`, { status: 200 }),
  ];
  const clientWith = (password: string): ReturnType<typeof createClient> =>
    createClient({
      environment: 'mock',
      url: host.url,
      facility: '99001',
      credentials: { username: account.username, password },
      now: () => new Date(),
      sleep: () => Promise.resolve(),
      fetch: async (request) => {
        const answer = await fetch(request);
        const { pathname } = new URL(request.url);
        if (pathname === '/api/token/take') {
          const said = (await answer.clone().json()) as { APIKey?: Record<string, string> | null };
          tokens.push(said.APIKey?.['access_token'] ?? '', said.APIKey?.['id_token'] ?? '');
        }
        if (pathname !== claimPath) return answer;
        const spoilt = answers[sends];
        sends += 1;
        if (spoilt === undefined) return answer;
        await answer.arrayBuffer();
        return spoilt();
      },
    });
  const journal = await openJournal({ path, keyFile: join(folder, 'journal-key'), now: () => new Date() });
  const good = clientWith(account.password);
  const bad = clientWith(wrong);
  try {
    for await (const event of planSubmission({ journal, target: claimsTarget(good), sources }))
      expect(event.kind).toBe('planned');
    for await (const event of runSubmission({ journal, target: claimsTarget(bad), now: () => new Date() }))
      expect(event.kind).not.toBe('accepted');
    for await (const event of runSubmission({
      journal,
      target: claimsTarget(good),
      now: () => new Date(),
      askAfter: [0],
    }))
      expect(event).toBeDefined();
  } finally {
    await journal.close();
    await good.close();
    await bad.close();
  }
  expect(sends).toBeGreaterThanOrEqual(4);
  const secrets = [
    ...Object.values(people),
    wrong,
    wirePassword(wrong),
    account.password,
    wirePassword(account.password),
    ...tokens.filter((token) => token !== ''),
  ];
  expect(secrets.length).toBeGreaterThan(9);
  expect(leaks(keptIn(place, path), secrets)).toEqual([]);

  // A leak that somebody plants is found, in the open and inside base64.
  const db = new Libsql(path);
  db.prepare('UPDATE items SET problem = ? WHERE id = (SELECT min(id) FROM items)').run(
    JSON.stringify({ note: people.card, more: Buffer.from(`x${people.name}y`).toString('base64') }),
  );
  db.close();
  expect(leaks(keptIn(place, path), secrets)).toEqual([people.name, people.card]);
}, 120_000);
