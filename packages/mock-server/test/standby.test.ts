// A standby on a second store is promoted under load; what was lost (the recovery point) and how long it took are printed.
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHospital } from './hospital.ts';
import { startNodeProcess, type NodeProcess } from './node-process.ts';
import { startPostgres, type StandbyPostgres, type TestPostgres } from './postgres.ts';
import { readHeld, startLoad } from './steady-load.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
const between = long ? 5_000 : 80;

let primary: TestPostgres;
let standby: StandbyPostgres | undefined;
let nodes: NodeProcess[];

beforeEach(async () => {
  primary = await startPostgres();
  standby = undefined;
  nodes = [];
}, 120_000);
afterEach(async () => {
  for (const node of nodes) node.kill();
  await standby?.stop();
  await primary.stop();
});

async function waitForStandby(): Promise<void> {
  const admin = new pg.Client({ connectionString: primary.address });
  await admin.connect();
  try {
    await admin.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
    await admin.query('SELECT pg_reload_conf()');
    for (;;) {
      const { rows } = await admin.query("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'");
      if (rows.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await admin.end();
  }
}

it(
  'is promoted when the primary dies under load, and holds everything that was answered for, once',
  { timeout: long ? 1_200_000 : 240_000 },
  async () => {
    const first = await startNodeProcess(primary.address, 'demo');
    nodes.push(first);
    let url = first.url;
    const hospital = createHospital(() => url, first.account);
    await hospital.login();
    const follower = await primary.standby();
    standby = follower;
    await waitForStandby();

    const load = startLoad(hospital, long ? 8 : 4, 5);
    await load.more(between);
    const died = performance.now();
    const before = new Map(load.answered);
    await primary.kill();
    await follower.promote();
    const second = await startNodeProcess(follower.address, 'plain');
    nodes.push(second);
    const ready = performance.now();
    url = second.url;
    await load.more(between);
    await load.stop();

    const held = await readHeld(follower.address);
    const lost = [...before.keys()].filter((number) => !load.isHeld(number, held));
    process.stdout.write(
      `standby promoted under load: recovery point ${lost.length} of ${before.size} answered claims lost, recovery time ${Math.round(ready - died)} ms to the next node ready, longest silence ${Math.round(load.longestSilence())} ms, ${load.answered.size} claims in all\n`,
    );
    expect(lost).toEqual([]);
    expect(held).toEqual(load.answeredFor());
  },
);
