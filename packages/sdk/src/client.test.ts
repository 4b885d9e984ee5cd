import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  type HostileServer,
  json,
  raw,
  received,
  startHostileServer,
  tokenPath,
  uploadPath,
} from '../test/hostile-server.ts';
import { type ClaimsClient, type ClientOptions, createClient } from './client.ts';
import { BhxhError } from './errors/index.ts';
import { UnreadableAnswer } from './transport/failures.ts';

const file = Buffer.from('<GIAMDINHHS>ÿþ>>>???</GIAMDINHHS>', 'latin1');
const password = 'Canary-Pass-99';
const md5 = /[0-9A-F]{32}/;

let server: HostileServer;
let clients: ClaimsClient[] = [];
let waits: number[] = [];

beforeEach(async () => {
  server = await startHostileServer();
  waits = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
  await server.close();
});

function open(options: Partial<ClientOptions> = {}): ClaimsClient {
  const client = createClient({
    environment: 'mock',
    url: server.url,
    facility: '99001',
    credentials: { username: '99001_BV', password },
    now: () => new Date(),
    sleep: async (milliseconds) => void waits.push(milliseconds),
    random: () => 0.5,
    timeLimits: { answer: 300 },
    ...options,
  });
  clients.push(client);
  return client;
}

async function failure(call: Promise<unknown>): Promise<BhxhError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BhxhError);
  return error as BhxhError;
}

const uploads = (): number => server.seen.filter(({ path }) => path === uploadPath).length;

describe('a claim on the wire', () => {
  it('carries the headers and field names of the gateway and the exact bytes', async () => {
    server.script(uploadPath, received);
    const receipt = await open().sendClaim(file);
    expect(receipt).toMatchObject({ maKetQua: '200', thoiGianTiepNhan: '20261121080000', attempts: 1 });
    const { headers, form, text } = server.seen.at(-1)!;
    expect(headers['accesstoken']).toBe('canary-access-1');
    expect(headers['tokenid']).toBe('canary-id-1');
    expect(headers['passwordhash']).toMatch(md5);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
    expect([...form.keys()]).toEqual(['username', 'loaiHoSo', 'maTinh', 'maCSKCB', 'fileHSBase64']);
    expect(form.get('loaiHoSo')).toBe('130');
    expect(form.get('maTinh')).toBe('99');
    expect(Buffer.from(form.get('fileHSBase64')!, 'base64')).toEqual(file);
  });

  it('streams a large file in pieces under its true length', async () => {
    server.script(uploadPath, received);
    const large = Buffer.alloc(3_000_001, 0xfb);
    await open({ timeLimits: { answer: 10_000 } }).sendClaim(large);
    const { headers, form, text } = server.seen.at(-1)!;
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(headers['content-length']).toBe(String(text.length));
    expect(Buffer.from(form.get('fileHSBase64')!, 'base64').equals(large)).toBe(true);
  });

  it('takes the route and the field names of each family', async () => {
    const paths = {
      checkIn: '/api/qd130/checkInKcbQd3176',
      certificates: '/api/chungtugw/GuiHoSoChungTu2025',
      paper: '/api/hososuckhoe/guiGiayToDienTu',
      catalogue: '/api/DanhMucGW/GuiDanhMuc03_DMTHUOC',
    };
    const certificate = json({ MaKetQua: 200, MaGD: 'CT1', ThoiGianTiepNhan: '20261121080000' });
    server.script(paths.checkIn, received);
    server.script(paths.certificates, certificate);
    server.script(paths.paper, certificate);
    server.script(paths.catalogue, received);
    const client = open();
    await client.checkIn(file);
    await client.sendCertificates(file);
    await client.sendBirthCertificate(file);
    await client.sendCatalogue('03', file);
    const bodies = server.seen.slice(1).map(({ form }) => Object.fromEntries(form));
    expect(bodies[0]).toMatchObject({ loaiHoSo: '0', fileHSBase64: file.toString('base64') });
    expect(bodies[1]).toMatchObject({ loaiHs: '39', maCskcb: '99001', token: 'canary-access-1' });
    expect(bodies[1]).toHaveProperty('fileBase64Str', file.toString('base64'));
    expect(bodies[2]).toMatchObject({ loaiHs: '61' });
    expect(bodies[3]).toMatchObject({ loaiHs: '10', fileHsBase64: file.toString('base64') });
  });

  it('passes through a given fetch instead of a socket', async () => {
    const asked: string[] = [];
    const client = open({
      url: 'http://localhost:1',
      fetch: async (request) => {
        asked.push(new URL(request.url).pathname);
        return request.url.endsWith(tokenPath)
          ? Response.json({ maKetQua: '200', APIKey: { access_token: 'a1b2c3', id_token: 'd4e5f6' } })
          : Response.json({ maKetQua: 200, maGiaoDich: 'GD-F', thoiGianTiepNhan: '20261121080000' });
      },
    });
    expect((await client.sendClaim(file)).maGiaoDich).toBe('GD-F');
    expect(asked).toEqual([tokenPath, uploadPath]);
  });
});

describe('tokens', () => {
  it('are taken once for calls that start together', async () => {
    server.script(uploadPath, received);
    const client = open();
    await Promise.all(Array.from({ length: 20 }, () => client.sendClaim(file)));
    expect(server.logins).toBe(1);
  });

  it('are renewed once, and the document sent once more, when HTTP 200 carries 401', async () => {
    server.script(uploadPath, json({ maKetQua: 401 }), received);
    await open().sendClaim(file);
    expect([server.logins, uploads()]).toEqual([2, 2]);
  });

  it('are not renewed a second time in one call', async () => {
    server.script(uploadPath, json({ maKetQua: '401' }));
    const error = await failure(open().sendClaim(file));
    expect(error).toMatchObject({ code: 'ERR_SESSION_EXPIRED', category: 'auth' });
    expect([server.logins, uploads()]).toEqual([2, 2]);
  });

  it('are refreshed a minute before their ten minutes are over', async () => {
    server.script(uploadPath, received);
    let now = Date.now();
    const client = open({ now: () => new Date(now) });
    await client.sendClaim(file);
    now += 8 * 60_000;
    await client.sendClaim(file);
    expect(server.logins).toBe(1);
    now += 61_000;
    await client.sendClaim(file);
    expect(server.logins).toBe(2);
  });

  it('of a refused account are asked for once only, because wrong passwords lock accounts', async () => {
    server.script(tokenPath, json({ maKetQua: '401', APIKey: null }));
    const client = open();
    expect(await failure(client.sendClaim(file))).toMatchObject({
      code: 'ERR_CREDENTIALS',
      category: 'auth',
    });
    await failure(client.sendClaim(file));
    expect(server.seen).toHaveLength(1);
    server.script(tokenPath, json({ maKetQua: 403 }));
    expect(await failure(client.login({ again: true }))).toMatchObject({ code: 'ERR_ACCOUNT_LOCKED' });
  });

  it('with characters that could inject a header are refused', async () => {
    server.script(
      tokenPath,
      json({ maKetQua: 200, APIKey: { access_token: 'a\r\nx: y', id_token: 'bcde' } }),
    );
    expect(await failure(open().sendClaim(file))).toMatchObject({ code: 'ERR_ANSWER_UNREADABLE' });
    expect(uploads()).toBe(0);
  });
});

const reset: Answer = (_request, _response, request) => void request.socket.resetAndDestroy();
const truncated: Answer = (_request, response, request) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
  response.write('{"maKetQua":"200","maGiaoDich":"GD');
  setTimeout(() => request.socket.destroy(), 5);
};
const slowDrip: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const drip = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(drip));
};
const endless: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const piece = Buffer.alloc(65_536, 0x20);
  const pour = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', pour);
  pour();
};

describe('an answer that is not the gateway’s leaves the outcome unknown', () => {
  const answers: readonly (readonly [string, Answer])[] = [
    ['HTML', raw('<html><body>login</body></html>', 200, { 'content-type': 'text/html' })],
    ['an empty body', raw('')],
    ['a JSON array', json([{ maKetQua: '200' }])],
    ['a JSON string', json('200')],
    ['no code', json({ maGiaoDich: 'GD1' })],
    ['an unknown code', json({ maKetQua: '299', maGiaoDich: 'GD1' })],
    ['a code of a wrong type', json({ maKetQua: true, maGiaoDich: 'GD1' })],
    ['200 without a receipt', json({ maKetQua: '200', maGiaoDich: '' })],
    ['a body without end', endless],
    ['a body drop by drop', slowDrip],
    ['a reset after the request was read', reset],
    ['a truncated body', truncated],
    ['invalid UTF-8', raw(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))],
    ['HTTP 500 with a page', raw('<h1>Server Error</h1>', 500)],
    ['HTTP 502', raw('Bad Gateway', 502)],
    ['maKetQua 500', json({ maKetQua: 500, thongDiep: 'loi' })],
  ];
  it.each(answers)('%s', async (_name, answer) => {
    server.script(uploadPath, answer);
    const error = await failure(open().sendClaim(file));
    expect(error).toMatchObject({ category: 'unknown-outcome', retry: 'after-check' });
    expect(uploads()).toBe(1);
  });

  it('keeps the beginning of it for support, masked', async () => {
    server.script(uploadPath, raw(`<p>Nguyen Van An 0990000123 canary-access-1</p>`));
    const { cause } = await failure(open().sendClaim(file));
    expect(cause).toBeInstanceOf(UnreadableAnswer);
    const { excerpt } = cause as UnreadableAnswer;
    expect(excerpt).toContain('<p>N…');
    expect(excerpt).not.toMatch(/Nguyen|0990000123|canary/);
  });
});

describe('refusals', () => {
  it('of the gateway keep its code and words and are not repeated', async () => {
    server.script(uploadPath, json({ maKetQua: '205', thongDiep: 'Sai tham so' }));
    const error = await failure(open().sendClaim(file));
    expect(error).toMatchObject({
      code: 'ERR_PARAMETERS_REFUSED',
      category: 'rejected',
      official: { code: '205', text: 'Sai tham so' },
    });
    expect(uploads()).toBe(1);
  });

  it('by status 4xx are not repeated', async () => {
    for (const status of [400, 403, 404, 405, 409, 413, 415, 422]) {
      server.script(uploadPath, raw('', status));
      const before = uploads();
      const error = await failure(open().sendClaim(file));
      expect(['rejected', 'auth']).toContain(error.category);
      expect(uploads()).toBe(before + 1);
    }
  });

  it.each([301, 302, 307, 308])(
    'by redirect %d are not followed and take no credentials along',
    async (status) => {
      const other = await startHostileServer();
      server.script(uploadPath, raw('', status, { location: `${other.url}/steal` }));
      const error = await failure(open().sendClaim(file));
      expect(error).toMatchObject({ code: 'ERR_REDIRECT_REFUSED', category: 'network', retry: 'never' });
      expect(other.seen).toHaveLength(0);
      await other.close();
    },
  );

  it('by a proxy are a matter of configuration', async () => {
    server.script(uploadPath, raw('', 407, { 'proxy-authenticate': 'Basic' }));
    expect(await failure(open().sendClaim(file))).toMatchObject({
      code: 'ERR_PROXY_AUTH',
      category: 'usage',
    });
  });
});

describe('a server that is not available', () => {
  it('is tried again with growing, jittered waits', async () => {
    server.script(uploadPath, raw('', 503), raw('', 503), raw('', 503), received);
    const receipt = await open().sendClaim(file);
    expect(receipt.attempts).toBe(4);
    expect(waits).toEqual([100, 200, 400]);
  });

  it('says how long to wait; negative numbers and past dates mean now', async () => {
    const past = new Date(Date.now() - 3_600_000).toUTCString();
    server.script(
      uploadPath,
      raw('', 503, { 'retry-after': '-1' }),
      raw('', 429, { 'retry-after': past }),
      raw('', 503, { 'retry-after': '7' }),
      received,
    );
    await open().sendClaim(file);
    expect(waits.slice(0, 2)).toEqual([0, 0]);
    expect(waits[2]).toBe(7_000);
  });

  it('that asks for a day is left alone at once', async () => {
    server.script(uploadPath, raw('', 503, { 'retry-after': '86400' }));
    const error = await failure(open().sendClaim(file));
    expect(error).toMatchObject({ category: 'unavailable' });
    expect(error.message).toContain('86400 s');
    expect(waits).toEqual([]);
    expect(uploads()).toBe(1);
  });

  it('does not cost more than the retry budget allows', async () => {
    server.script(uploadPath, raw('', 503));
    const client = open();
    for (let call = 0; call < 40; call++) await failure(client.sendClaim(file));
    expect(uploads()).toBeLessThanOrEqual(40 * 1.5);
  });

  it('because nothing listens is a network error that is safe to repeat', async () => {
    await server.close();
    const error = await failure(open({ retryPolicy: { attempts: 2 } }).sendClaim(file));
    expect(error).toMatchObject({ code: 'ERR_UNREACHABLE', category: 'network', retry: 'safe' });
  });
});

describe('look-ups', () => {
  const card = { maThe: 'DN4990000000001', hoTen: 'Nguyen Van Thu', ngaySinh: '01/01/1990' };

  it('give the advice of the code, because a bad card is an answer', async () => {
    server.script(
      '/api/egw/KQNhanLichSuKCB2024',
      json({ maKetQua: '010', ghiChu: 'het han', dsLichSuKCB2018: 7 }),
    );
    const answer = await open().lookUpCard(card);
    expect(answer).toMatchObject({ code: '010', advice: 'reject', body: { dsLichSuKCB2018: null } });
    const { query, text } = server.seen.at(-1)!;
    expect(Object.keys(Object.fromEntries(query))).toEqual(['token', 'id_token', 'username', 'password']);
    expect(JSON.parse(text)).toEqual(card);
  });

  it('report an unregistered officer as configuration', async () => {
    server.script('/api/egw/KQNhanLichSuKCB2024', json({ maKetQua: '054' }));
    expect(await failure(open().lookUpCard(card))).toMatchObject({
      category: 'usage',
      official: { code: '054' },
    });
  });

  it('are repeated after a lost answer, since nothing is stored', async () => {
    server.script('/api/egw/Lskcb2025', reset, json({ maKetQua: '000', dsLichSuKCB2025: null }));
    const answer = await open().lookUpHistory(card);
    expect(answer.code).toBe('000');
    expect(server.seen.at(-1)!.form.get('maThe')).toBe(card.maThe);
  });

  it('of the co-payment accumulator renew the session on a 401 with an empty body', async () => {
    server.script('/api/TraCuuCCT/TraCuuTienMCCT', raw('', 401), json({ MaKetQua: 204, DataCCT: null }));
    expect((await open().lookUpCoPayment(card)).code).toBe('204');
    expect(server.logins).toBe(2);
  });
});

describe('secrets', () => {
  it('are in no error, event or inspected object', async () => {
    const { inspect } = await import('node:util');
    const events: unknown[] = [];
    const client = open({ onEvent: (event) => events.push(event) });
    const leak = (text: string): Answer => json({ maKetQua: '205', thongDiep: text });
    const found: string[] = [];
    const hash = (await import('./transport/session.ts')).passwordHash(password);
    const answers = [
      leak(`canary-access-1 canary-id-1 ${password} ${hash}`),
      raw(`<p>${password} ${hash.toLowerCase()} canary-access-1</p>`),
      reset,
      raw('', 302, { location: `http://127.0.0.1:9/?token=canary-access-1` }),
      raw('', 503, { 'retry-after': '86400' }),
    ];
    for (const answer of answers) {
      server.script(uploadPath, answer);
      const error = await failure(client.sendClaim(file));
      found.push(inspect(error, { depth: 10 }), JSON.stringify(error.sentences), String(error.stack));
    }
    found.push(inspect(client, { depth: 10, showHidden: true }), JSON.stringify(events));
    expect(found.join('\n')).not.toMatch(/canary-(access|id)|Canary-Pass/);
    expect(found.join('\n').toUpperCase()).not.toContain(hash);
  });
});
