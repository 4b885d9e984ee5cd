// T-03 and T-04: an hour of mixed load on one server, and four nodes over one PostgreSQL. Run by hand; prints what RELIABILITY.md records.
//
//   node bench/server-long.mjs soak [minutes]
//   node bench/server-long.mjs nodes [seconds]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOnce } from './measure.mjs';
import { signedClaims } from './signed-claims.mjs';
import { startProcess } from './start-process.mjs';
import { startServer } from './start-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;
const bhxh = `${root}packages/cli/bin/bhxh.mjs`;
const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const [what = 'soak', amount = '60'] = process.argv.slice(2);
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
    const count = 600 * seconds;
    const claims = signedClaims(folder, { bhxh, node, server: first, count });
    const common = { urls: servers.map(({ url }) => url), account: first.account, connections: 32 };
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

try {
  if (what === 'soak') await soak(Number(amount));
  else await nodes(Number(amount));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
