// The test laboratory over real sockets: calls are logged and sent again, the store goes back to a snapshot, faults come by rule
// and seed, and what happens is streamed with a heartbeat.
import { generateClaims } from '@bhxh/sdk/synthetic';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openControlCalls } from './control-call.ts';
import { createHospital, type Hospital } from './hospital.ts';

const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T03:00:00Z') });
const files: Uint8Array[] = [];
let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;
let control: ReturnType<typeof openControlCalls>;

beforeAll(async () => {
  for await (const { bytes } of generateClaims({ count: 3, seed: 314 })) files.push(bytes);
  server = await createServer({ demo: true, clock, signaturesFrom: null });
  host = await startNodeServer(server);
  hospital = createHospital(host.url, server.accounts[0]!);
  await hospital.login();
  control = openControlCalls(host.url, server.adminKey);
}, 60_000);
afterAll(() => host.close());

interface Line {
  readonly id: string;
  readonly path: string;
  readonly replayOf?: string;
}
const requests = async (): Promise<readonly Line[]> =>
  (await control('listRequests', 'GET', 'requests')).body['requests'] as readonly Line[];

test('a call is shown without credentials and people, and its very bytes are sent again', async () => {
  const { body: receipt } = await hospital.claim(files[0]!);
  await hospital.ask('/api/egw/KQNhanLichSuKCB2024', {
    maThe: 'DN4999900000000',
    hoTen: 'Nguyễn Thị Thử Nghiệm',
    ngaySinh: '15/01/1990',
    hoTenCb: 'Trần Văn Thí Điểm',
    cccdCb: '099080000001',
  });
  const lines = await requests();
  const claim = lines.find(({ path }) => path.includes('guiHoSoXmlQD3176'))!;
  const shown = await control('readRequest', 'GET', `requests/${claim.id}`);
  expect(shown.problems).toEqual([]);
  expect(JSON.stringify(shown.body)).toContain('loaiHoSo=130');
  const everything = JSON.stringify(
    await Promise.all(
      lines.map(async ({ id }) => (await control('readRequest', 'GET', `requests/${id}`)).text),
    ),
  );
  for (const secret of [
    hospital.md5,
    hospital.tokens().access,
    hospital.tokens().id,
    'Nguyễn Thị Thử Nghiệm',
    '099080000001',
  ])
    expect(everything).not.toContain(secret);

  const again = await control('replayRequest', 'POST', `requests/${claim.id}/replay`);
  expect(again.problems).toEqual([]);
  expect(JSON.stringify(again.body)).toContain(String(receipt['maGiaoDich']));
  expect((await requests())[0]).toMatchObject({ replayOf: claim.id });
  clock.advance(11 * 60_000);
  const late = await control('replayRequest', 'POST', `requests/${claim.id}/replay`);
  // The same bytes: the token in them has ended meanwhile.
  expect(JSON.stringify(late.body['line'])).toContain('"401"');
  expect((await control('replayRequest', 'POST', 'requests/none/replay')).status).toBe(404);
});

test('a snapshot brings back everything the store held, and the clock, while the audit log goes on', async () => {
  await hospital.login();
  const taken = await control('takeSnapshot', 'PUT', 'snapshots/before');
  expect([taken.status, taken.problems]).toEqual([200, []]);
  const before = (await server.store.read.selectFrom('submission').select('id').execute()).length;
  const audited = (await server.store.read.selectFrom('audit_entry').select('place').execute()).length;
  const moment = clock.now().getTime();
  await hospital.claim(files[1]!);
  clock.advance(3_600_000);
  await server.idle();
  expect((await server.store.read.selectFrom('submission').select('id').execute()).length).toBe(before + 1);
  expect((await control('restoreSnapshot', 'POST', 'snapshots/before')).problems).toEqual([]);
  expect((await server.store.read.selectFrom('submission').select('id').execute()).length).toBe(before);
  expect(clock.now().getTime()).toBe(moment);
  // The session of then is good again, and the same document is new again.
  expect((await hospital.claim(files[1]!)).body['maKetQua']).toBe(200);
  await server.idle();
  const list = await control('listSnapshots', 'GET', 'snapshots');
  expect([list.problems, (list.body['snapshots'] as { name: string }[]).map(({ name }) => name)]).toEqual([
    [],
    ['before'],
  ]);
  expect(
    (await server.store.read.selectFrom('audit_entry').select('place').execute()).length,
  ).toBeGreaterThan(audited);
  expect((await control('dropSnapshot', 'DELETE', 'snapshots/before')).status).toBe(200);
  expect((await control('restoreSnapshot', 'POST', 'snapshots/before')).status).toBe(404);
});

test('faults come by rule, probability and seed, a named scenario goes first, and rules end', async () => {
  const set = (faults: unknown, seed = 5): ReturnType<typeof control> =>
    control('setFaults', 'PUT', 'faults', { faults, seed });
  expect((await set([{ scenario: 'nonsense', probability: 1 }])).body['code']).toBe('SCENARIO_UNKNOWN');
  const path = '/.well-known';
  const run = async (): Promise<number[]> => {
    await set([{ scenario: 'service-unavailable', probability: 0.3, path }]);
    const statuses = [];
    for (let call = 0; call < 30; call += 1) statuses.push((await hospital.get('/.well-known/bhxh')).status);
    return statuses;
  };
  const first = await run();
  expect(new Set(first)).toEqual(new Set([200, 503]));
  expect(await run()).toEqual(first);
  await set([{ scenario: 'service-unavailable', probability: 1, times: 2 }]);
  expect((await hospital.claim(files[2]!, {}, { 'x-bhxh-scenario': 'success' })).status).toBe(200);
  const statuses = [1, 2, 3].map(async () => (await hospital.get('/.well-known/bhxh')).status);
  expect((await Promise.all(statuses)).toSorted()).toEqual([200, 503, 503]);
  const shown = await control('listFaults', 'GET', 'faults');
  expect([shown.problems, (shown.body['faults'] as { met: number }[])[0]?.met]).toEqual([[], 2]);
  await set([]);
});

test('what happens is streamed in order from the event that is known on, with a heartbeat, and ends with the server', async () => {
  const from = (await control('listEvents', 'GET', 'events')).body['next'];
  for await (const { bytes } of generateClaims({ count: 1, seed: 2_718 })) await hospital.claim(bytes);
  await server.idle();
  const listed = await control('listEvents', 'GET', `events?after=${String(from)}`);
  expect(listed.problems).toEqual([]);
  const types = (listed.body['events'] as { type: string }[]).map(({ type }) => type);
  expect(types).toEqual(['claim.received', 'claim.adjudicated']);
  const stream = await fetch(
    `${host.url}/control/events/stream?after=${String(from)}&types=claim.adjudicated`,
    {
      headers: { 'x-bhxh-admin-key': server.adminKey ?? '' },
    },
  );
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes(': heartbeat')) text += (await reader.read()).value ?? '';
  expect(text.match(/^event: .*$/gm)).toEqual(['event: claim.adjudicated']);
  expect(text).not.toMatch(/DN4|099\d{9}/);
  const closing = host.close();
  while (!(await reader.read()).done);
  await closing;
}, 60_000);
