// P8, T-01, T-02 and T-05: what the reference server takes in and answers, on the embedded store and on PostgreSQL.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, runOnce } from './measure.mjs';
import { signedClaims } from './signed-claims.mjs';
import { startProcess } from './start-process.mjs';
import { startServer } from './start-server.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const CONNECTIONS = 16;
/** Claims that a store is given: one burst to warm up and others that count, then seconds at a rate, then as many at three times the rate. */
const plan = (small) =>
  small
    ? { rounds: 1, burst: 80, seconds: 1, rate: 150 }
    : { rounds: 3, burst: 1_600, seconds: 20, rate: 150 };
const claimsOf = ({ rounds, burst, seconds, rate }) => (1 + rounds) * burst + seconds * (rate + 3 * rate);

export async function measureServer({ bhxh, node, small }) {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-bench-'));
  const population = small ? 10_000 : 10_000_000;
  const postgres = await startProcess(node, ['--import', 'tsx', script('server-postgres.ts')]);
  try {
    const results = [];
    for (const { name, store } of [
      { name: 'SQLite', store: undefined },
      { name: 'PostgreSQL', store: postgres.said },
    ]) {
      const server = await startServer(folder, bhxh, node, { store, population });
      try {
        const claims = signedClaims(join(folder, name), {
          bhxh,
          node,
          server,
          count: claimsOf(plan(small)),
        });
        results.push(...(await loads({ node, small, name, server, claims, population })));
      } finally {
        await server.stop();
      }
    }
    return results;
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loads({ node, small, name, server, claims, population }) {
  const account = server.account;
  let used = 0;
  const load = async (options) => {
    const run = await runOnce(
      node,
      [script('server-load.mjs'), JSON.stringify({ urls: [server.url], account, ...options })],
      { capture: true },
    );
    if (run.status !== 0) throw new Error(`the load ended with ${run.status}`);
    return JSON.parse(run.text);
  };
  /** Claims that were not sent before. */
  const claimLoad = async (count, options) => {
    const from = used;
    used += count;
    if (used > claims.count) throw new Error('too few claims were signed');
    return await load({ kind: 'claim', folder: claims.folder, from, count, ...options });
  };
  const accepted = (run) => run.answers['200 200'] ?? 0;

  const { rounds, burst, seconds, rate } = plan(small);
  const unchecked = await startProcess(node, [script('server-unchecked.mjs')]);
  const handler = JSON.parse(unchecked.said);
  const ratios = [];
  const rates = [];
  try {
    // What runs for days is compiled in its first seconds.
    for (let round = -1; round < rounds; round += 1) {
      const begun = performance.now();
      const run = await claimLoad(burst, { connections: CONNECTIONS });
      if (accepted(run) !== burst) throw new Error(`not every claim was taken: ${JSON.stringify(run)}`);
      const answered = burst / ((performance.now() - begun) / 1000);
      await server.untilChecked();
      const checked = burst / ((performance.now() - begun) / 1000);
      const peer = await load({
        urls: [handler.url],
        account: handler.account,
        kind: 'claim',
        folder: claims.folder,
        from: 0,
        count: burst,
        connections: CONNECTIONS,
      });
      if (accepted(peer) !== burst) throw new Error(`the peer refused claims: ${JSON.stringify(peer)}`);
      if (round < 0) continue;
      rates.push({ answered, checked, peer: burst / peer.seconds, own: burst / run.seconds });
      ratios.push(burst / run.seconds / (burst / peer.seconds));
    }
  } finally {
    await unchecked.stop();
  }
  const middle = (field) => Math.round(median(rates.map((rate) => rate[field])));

  const steady = await claimLoad(rate * seconds, { connections: CONNECTIONS, rate, seconds });
  const good = accepted(steady) / seconds;
  await server.untilChecked();
  const over = await claimLoad(3 * rate * seconds, { connections: 256, rate: 3 * rate, seconds });
  const kept = accepted(over) / seconds;
  const refused = (over.answers['503'] ?? 0) + (over.answers['429'] ?? 0);
  await server.untilChecked();
  // The first calls of a kind are compiled while they are answered; a sustained rate begins behind them.
  await load({ kind: 'card', population, connections: CONNECTIONS, rate: 1_000, seconds: small ? 1 : 5 });
  const looked = await load({ kind: 'card', population, connections: CONNECTIONS, rate: 1_000, seconds });
  const found = (looked.answers['200 000'] ?? 0) / seconds;

  return [
    {
      id: 'P8',
      work: `take in ${burst} distinct signed claims of ${claims.kilobytes} KB, ${name}; signature judged and durable before the reply; the checks end at ${middle('checked')}/s`,
      peer: 'the same handler, which verifies no signature and keeps no document',
      figure: `${middle('own')}/s against ${middle('peer')}/s`,
      value: median(ratios),
      bound: '≥ 0.4 x its rate',
      good: median(ratios) >= 0.4,
    },
    {
      id: 'T-01',
      work: `${rate} signed claims of ${claims.kilobytes} KB a second for ${seconds} s, durable before the reply, ${name}`,
      peer: '–',
      figure: `${good.toFixed(0)}/s, p99 ${steady.p99} ms, ${steady.lost} lost`,
      value: steady.p99,
      bound: '≥ 150/s, p99 < 250 ms, 0 errors',
      good: good >= 149 && steady.p99 < 250 && steady.lost === 0,
    },
    {
      id: 'T-02',
      work: `1,000 card look-ups a second for ${seconds} s among ${population} cards, ${name}`,
      peer: '–',
      figure: `${found.toFixed(0)}/s, p99 ${looked.p99} ms, ${looked.lost} lost`,
      value: looked.p99,
      bound: '≥ 1,000/s, p99 < 50 ms',
      good: found >= 990 && looked.p99 < 50 && looked.lost === 0,
    },
    {
      id: 'T-05',
      work: `three times that many claims, ${name}`,
      peer: `${rate}/s`,
      figure: `${kept.toFixed(0)}/s taken, ${refused} refused, 99 % of them within ${over.slowestRefusal.toFixed(0)} ms, ${over.lost} lost`,
      value: kept / rate,
      bound: '≥ 0.8, refusals within 50 ms',
      good: kept >= 120 && over.slowestRefusal <= 50 && over.lost === 0,
    },
  ];
}
