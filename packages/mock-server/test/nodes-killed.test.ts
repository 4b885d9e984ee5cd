// nodes over one PostgreSQL; one is killed, then every connection to the database is cut. What was answered for is there, once.
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHospital } from './hospital.ts';
import { startNodeProcess, type NodeProcess } from './node-process.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { readHeld, startLoad } from './steady-load.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
const nodeCount = long ? 4 : 2;
const clients = long ? 16 : 4;
const between = long ? 3_000 : 60;

let postgres: TestPostgres;
let nodes: NodeProcess[];

beforeEach(async () => {
  postgres = await startPostgres();
  nodes = [];
}, 120_000);
afterEach(async () => {
  for (const node of nodes) node.kill();
  await postgres.stop();
});

it(
  'keeps serving when a node dies and when the database drops everybody, and holds each claim once',
  { timeout: long ? 1_200_000 : 600_000 },
  async () => {
    nodes.push(await startNodeProcess(postgres.address, 'demo'));
    while (nodes.length < nodeCount) nodes.push(await startNodeProcess(postgres.address, 'plain'));
    let turn = 0;
    const hospital = createHospital(() => nodes[(turn += 1) % nodes.length]!.url, nodes[0]!.account);
    await hospital.login();

    const load = startLoad(hospital, clients, 5);
    const more = (count: number) => Promise.race([load.more(count), ...nodes.map(({ lost }) => lost)]);
    await more(between);
    nodes[0]!.kill();
    await more(between);
    const admin = new pg.Client({ connectionString: postgres.address });
    await admin.connect();
    const cut = await admin.query<{ cut: string }>(
      'SELECT count(pg_terminate_backend(pid)) AS cut FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
    );
    await admin.end();
    await more(between);
    await load.stop();

    const connections = Number(cut.rows[0]?.cut);
    expect(connections).toBeGreaterThan(0);
    expect(load.failures()).toBeGreaterThan(0);
    expect(await readHeld(postgres.address)).toEqual(load.answeredFor());
    process.stdout.write(
      `X-13 ${nodeCount} nodes, one killed, ${connections} connections cut: ${load.answered.size} claims, ${load.failures()} failed calls, longest silence ${Math.round(load.longestSilence())} ms, 0 lost, 0 doubled\n`,
    );
  },
);
