import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { createHospital, type Hospital } from './hospital.ts';

const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') });
let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;

beforeAll(async () => {
  server = await createServer({ demo: true, clock });
  host = await startNodeServer(server);
  hospital = createHospital(host.url, server.accounts[0]!);
  await hospital.login();
}, 60_000);
afterAll(() => host.close());

it('counts calls by described route, status and official code, and shows the queue, without saying whose', async () => {
  await hospital.claim(Buffer.from('<a/>'));
  await hospital.claim(Buffer.from('<a/>'), { maCSKCB: '99002' });
  await hospital.get('/bhxh/v1/claims/99001SECRET');
  await hospital.get('/nowhere/99001SECRET');
  await server.idle();
  await hospital.claim(Buffer.from('<b/>'), {}, { 'x-bhxh-scenario': 'slow-checking' });
  const answer = await hospital.get('/metrics');
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const route = '/api/qd130/guiHoSoXmlQD3176';
  for (const line of [
    `bhxh_requests_total{route="${route}",status="200",result=""} 2`,
    `bhxh_requests_total{route="${route}",status="200",result="403"} 1`,
    'bhxh_requests_total{route="/bhxh/v1/claims/{maGiaoDich}",status="403",result=""} 1',
    'bhxh_requests_total{route="other",status="404",result=""} 1',
    `bhxh_request_seconds_count{route="${route}"} 3`,
    'bhxh_jobs_waiting 1',
    'bhxh_jobs_given_up 0',
    'bhxh_oldest_job_age_seconds 0',
  ]) {
    expect(answer.text.split('\n')).toContain(line);
  }
  expect(answer.text).not.toMatch(/99001|SECRET/);
});

it('is not there for other machines', async () => {
  const far = await server.fetch(new Request('http://server/metrics'), { address: '10.0.0.7' });
  expect(far.status).toBe(404);
});
