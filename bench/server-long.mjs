// T-03 and T-04, X-12, X-14 and X-15: load for longer than a bench lasts. Run by hand on a quiet machine; prints what RELIABILITY.md records.
//
//   node bench/server-long.mjs soak [minutes]         mixed load on one server
//   node bench/server-long.mjs nodes [seconds]        four nodes over one PostgreSQL
//   node bench/server-long.mjs steady [minutes]       claims, then look-ups, at a constant rate; SQLite, then PostgreSQL
//   node bench/server-long.mjs facilities [minutes]   13,000 facilities log in and send, then one makes noise
//   node bench/server-long.mjs slow                   1,000 slow senders and 5,000 idle sockets
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { runOnce } from './measure.mjs';
import { signedClaims } from './signed-claims.mjs';
import { startProcess } from './start-process.mjs';
import { startServer } from './start-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;
const bhxh = `${root}packages/cli/bin/bhxh.mjs`;
const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const [what = 'soak', amount] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'bhxh-bench-'));

async function load(options) {
  const run = await runOnce(node, [script('server-load.mjs'), JSON.stringify(options)], { capture: true });
  if (run.status !== 0) throw new Error(`the load ended with ${run.status}`);
  return JSON.parse(run.text);
}

const residentOf = (pid) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);

/** T-03: 60 claims, 150 look-ups and 150 polls a second; the memory after the tenth minute against the end. */
async function soak(minutes) {
  const population = 100_000;
  const server = await startServer(folder, bhxh, node, { population });
  try {
    const seconds = 60;
    const claims = signedClaims(folder, { bhxh, node, server, count: 60 * seconds * minutes });
    const { url, account } = server;
    const sizes = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      const common = { urls: [url], account, connections: 8, seconds };
      const runs = await Promise.all([
        load({
          ...common,
          kind: 'claim',
          folder: claims.folder,
          from: minute * 60 * seconds,
          count: 60 * seconds,
          rate: 60,
        }),
        load({ ...common, kind: 'card', population, rate: 150 }),
        load({ ...common, kind: 'poll', rate: 150 }),
      ]);
      sizes.push(residentOf(server.pid));
      console.log(
        `minute ${minute + 1}: ${sizes.at(-1)} MB; ${runs.map((run) => `p99 ${run.p99} ms, ${run.lost} lost, ${JSON.stringify(run.answers)}`).join(' | ')}`,
      );
    }
    const early = sizes[Math.min(9, sizes.length - 1)];
    console.log(
      `T-03 ${minutes} minutes: ${early} MB after the tenth, ${sizes.at(-1)} MB at the end: ${((sizes.at(-1) / early - 1) * 100).toFixed(1)} %`,
    );
  } finally {
    await server.stop();
  }
}

/** T-04: every request to another node. */
async function nodes(seconds) {
  const postgres = await startProcess(node, ['--import', 'tsx', script('server-postgres.ts')]);
  const servers = [];
  try {
    for (let number = 0; number < 4; number += 1) {
      const own = join(folder, `node-${number}`);
      servers.push(await startServer(own, bhxh, node, { store: postgres.said, demo: number === 0 }));
    }
    const [first] = servers;
    const connections = 32;
    // As many for each connection.
    const count = Math.ceil((600 * seconds) / connections) * connections;
    const claims = signedClaims(folder, { bhxh, node, server: first, count });
    const common = { urls: servers.map(({ url }) => url), account: first.account, connections };
    const sent = await load({ ...common, kind: 'claim', folder: claims.folder, from: 0, count });
    const polled = await load({ ...common, kind: 'poll', rate: 1_000, seconds });
    console.log(
      `T-04 4 nodes: ${Math.round((sent.answers['200 200'] ?? 0) / sent.seconds)} claims/s, p99 ${sent.p99} ms, ${sent.lost} lost, ${JSON.stringify(sent.answers)}; polls p99 ${polled.p99} ms, ${JSON.stringify(polled.answers)} in ${polled.seconds} s`,
    );
  } finally {
    for (const server of servers) await server.stop();
    await postgres.stop();
  }
}

/** X-12: a minute at the rate to get warm, then minutes that count. */
async function steady(minutes) {
  const seconds = 60;
  const perSecond = { claim: 150, card: 1_000 };
  const population = 1_000_000;
  const postgres = await startProcess(node, ['--import', 'tsx', script('server-postgres.ts')]);
  try {
    for (const [name, store] of [
      ['SQLite', undefined],
      ['PostgreSQL', postgres.said],
    ]) {
      const own = join(folder, name);
      const server = await startServer(own, bhxh, node, { store, population });
      try {
        const count = perSecond.claim * seconds;
        const claims = signedClaims(own, { bhxh, node, server, count: count * (minutes + 1) });
        const common = { urls: [server.url], account: server.account, connections: 16, seconds, population };
        for (const kind of ['claim', 'card']) {
          const runs = [];
          for (let minute = 0; minute <= minutes; minute += 1) {
            const run = await load({
              ...common,
              kind,
              rate: perSecond[kind],
              folder: claims.folder,
              from: minute * count,
              count,
            });
            const good = run.answers[kind === 'claim' ? '200 200' : '200 000'] ?? 0;
            console.log(
              `X-12 ${name} ${kind} ${minute === 0 ? 'warm-up' : `minute ${minute}`}: ${Math.round(good / run.seconds)}/s, p50 ${run.p50} ms, p99 ${run.p99} ms, p99.9 ${run.p999} ms, ${run.lost} lost, ${JSON.stringify(run.answers)}, ${residentOf(server.pid)} MB`,
            );
            if (minute > 0) runs.push({ ...run, good });
          }
          const worst = (field) => Math.max(...runs.map((run) => run[field]));
          const all = runs.reduce(
            (sum, { answers }) => sum + Object.values(answers).reduce((a, b) => a + b, 0),
            0,
          );
          const good = runs.reduce((sum, run) => sum + run.good, 0);
          const lost = runs.reduce((sum, run) => sum + run.lost, 0);
          console.log(
            `X-12 ${name} ${kind} ${minutes} minutes: ${(good / (seconds * minutes)).toFixed(1)}/s of ${perSecond[kind]}/s, ${all - good + lost} errors; worst minute p50 ${worst('p50')} ms, p99 ${worst('p99')} ms, p99.9 ${worst('p999')} ms`,
          );
        }
      } finally {
        await server.stop();
      }
    }
  } finally {
    await postgres.stop();
  }
}

/** The programmes of X-14 and X-15 are those of the tests, at full length. */
const programme = (name) => tsImport(`../packages/mock-server/test/${name}.ts`, import.meta.url);

async function facilities(minutes) {
  const { holdManyFacilities } = await programme('hold-many-facilities');
  const { lines } = await holdManyFacilities({
    facilities: 13_000,
    seconds: 60 * minutes,
    claims: 3,
    turns: 10,
    secondsOfTurn: 15,
    perSecond: 60,
    noise: 200,
  });
  console.log(lines.join('\n'));
}

async function slow() {
  const { holdSlowSenders } = await programme('hold-slow-senders');
  const { line } = await holdSlowSenders({
    slow: 1_000,
    idle: 5_000,
    gap: 1_000,
    perSecond: 40,
    before: 2_400,
  });
  console.log(line);
}

const programmes = {
  soak: () => soak(Number(amount ?? 60)),
  nodes: () => nodes(Number(amount ?? 60)),
  steady: () => steady(Number(amount ?? 10)),
  facilities: () => facilities(Number(amount ?? 10)),
  slow,
};

try {
  if (!Object.hasOwn(programmes, what)) throw new Error(`${what}: ${Object.keys(programmes).join(', ')}`);
  await programmes[what]();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
