// P7, T-06 and T-09: sending a night's claims against the least that sending can be, in bounded memory, and coming back after a stop.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { median, paired, runOnce } from './measure.mjs';
import { signedClaims } from './signed-claims.mjs';
import { startServer } from './start-server.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const concurrency = '8';

export async function measureSubmission({ bhxh, node, small }) {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-bench-'));
  try {
    const server = await startServer(folder, bhxh, node);
    let claims;
    let real;
    try {
      claims = signedClaims(folder, { bhxh, node, server, count: small ? 100 : 10_000 });
      real = await againstServer(folder, { bhxh, node, claims, server });
    } finally {
      await server.stop();
    }
    return [
      ...(await againstBareLoop(folder, { bhxh, node, small, claims })),
      real,
      ...(await memoryOfMany(folder, { bhxh, node, small })),
      await journalReplay(folder, { node, small }),
      await serverRestart(folder, { bhxh, node, small }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function around(folder, url, account = { username: '99001_BV', password: 'synthetic' }) {
  return {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      BHXH_URL: url,
      BHXH_FACILITY: '99001',
      BHXH_USERNAME: account.username,
      BHXH_PASSWORD: account.password,
    },
  };
}

/** One whole `bhxh submit`, planning included, which must send everything. */
async function submit(folder, { bhxh, node, claims, url, account, name, memory = false }) {
  const report = join(folder, `${name}.json`);
  const journal = join(folder, `${name}.state`, 'night.journal');
  const run = await runOnce(
    node,
    [
      bhxh,
      'submit',
      claims.folder,
      '--journal',
      journal,
      '--concurrency',
      concurrency,
      '--quiet',
      '--format',
      'json',
      '--output',
      report,
    ],
    { memory, spawn: around(folder, url, account) },
  );
  const { counts } = JSON.parse(readFileSync(report, 'utf8'));
  if (run.status !== 0 || counts.accepted !== claims.count)
    throw new Error(`submit ended with ${run.status}: ${JSON.stringify(counts)}`);
  rmSync(join(folder, `${name}.state`), { recursive: true });
  rmSync(report);
  return run;
}

function startSink(node, delay) {
  const child = spawn(node, [script('submission-sink.mjs'), String(delay)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) =>
    child.stdout.once('data', (text) => resolve({ url: String(text).trim(), stop: () => child.kill() })),
  );
}

/** P7. */
async function againstBareLoop(folder, { bhxh, node, small, claims }) {
  const sink = await startSink(node, 20);
  let round = 0;
  try {
    const ours = async () =>
      (await submit(folder, { bhxh, node, claims, url: sink.url, name: `p7-${round++}` })).seconds;
    const theirs = async () => {
      const run = await runOnce(node, [script('submission-bare.mjs'), sink.url, claims.folder, concurrency], {
        capture: true,
      });
      if (run.status !== 0 || JSON.parse(run.text).accepted !== claims.count)
        throw new Error('the bare loop did not send everything');
      return run.seconds;
    };
    const { ours: mine, theirs: bare, ratio } = await paired(small ? 1 : 3, ours, theirs);
    const rate = (seconds) => `${Math.round(claims.count / seconds)}/s`;
    return [
      {
        id: 'P7',
        work: `submit ${claims.count} signed claims of ${claims.kilobytes} KB, planning and journal included, to a sink that answers after 20 ms, concurrency 8`,
        peer: 'bare keep-alive POST loop to the same sink, no journal',
        figure: `${rate(mine)} against ${rate(bare)}`,
        value: 1 / ratio,
        bound: '≥ 0.8 x its rate',
        good: 1 / ratio >= 0.8,
      },
    ];
  } finally {
    sink.stop();
  }
}

/** T-06: against the reference server, which checks every signature and keeps every document. */
async function againstServer(folder, { bhxh, node, claims, server }) {
  const { seconds, peak } = await submit(folder, {
    bhxh,
    node,
    claims,
    url: server.url,
    account: server.account,
    name: 't06',
    memory: true,
  });
  const limit = (90 * claims.count) / 10_000;
  return {
    id: 'T-06',
    work: `submit ${claims.count} signed claims of ${claims.kilobytes} KB to the reference server, concurrency 8`,
    peer: '–',
    figure: `${seconds.toFixed(1)} s, ${Math.round(peak)} MB`,
    value: seconds,
    bound: `≤ ${limit} s, ≤ 200 MB`,
    good: (seconds <= limit || claims.count < 10_000) && peak <= 200,
  };
}

/** T-06: peak memory of ten times the files, and of a run that ends before its memory has settled. */
async function memoryOfMany(folder, { bhxh, node, small }) {
  const sink = await startSink(node, 0);
  try {
    const peaks = [];
    for (const count of small ? [100, 1_000, 10_000] : [1_000, 10_000, 100_000]) {
      const claims = { folder: join(folder, `many-${count}`), count };
      manyFiles(claims.folder, count);
      const runs = [];
      // A peak is where the collector happened to come late: one reading differs from the next by some megabytes.
      for (let run = 0; run < (small ? 1 : 3); run += 1)
        runs.push(
          await submit(folder, { bhxh, node, claims, url: sink.url, name: `many-${count}`, memory: true }),
        );
      const middle = (field) => median(runs.map((run) => run[field]));
      peaks.push({ count, peak: middle('peak'), seconds: middle('seconds') });
      rmSync(claims.folder, { recursive: true });
    }
    const [first, few, many] = peaks;
    const growth = many.peak / few.peak;
    const shown = ({ count, peak, seconds }) =>
      `${Math.round(peak)} MB with ${count} (${seconds.toFixed(0)} s)`;
    return [
      {
        id: 'T-06',
        work: `peak memory of submitting ${many.count} files, the middle one of three runs`,
        peer: `the same with ${few.count}, and with ${first.count}`,
        figure: `${shown(many)} against ${shown(few)} and ${shown(first)}`,
        value: growth,
        bound: '≤ 1.1 x that of the second, ≤ 200 MB',
        good: growth <= 1.1 && many.peak <= 200,
      },
    ];
  } finally {
    sink.stop();
  }
}

function manyFiles(folder, count) {
  mkdirSync(folder);
  for (let number = 1; number <= count; number += 1) {
    const key = `LK${String(number).padStart(6, '0')}`;
    const table = Buffer.from(`<TONG_HOP><MA_LK>${key}</MA_LK></TONG_HOP>`).toString('base64');
    writeFileSync(
      join(folder, `${key}.xml`),
      `<GIAMDINHHS><THONGTINDONVI><MACSKCB>99001</MACSKCB></THONGTINDONVI><THONGTINHOSO><NGAYLAP>20261121</NGAYLAP><SOLUONGHOSO>1</SOLUONGHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>${table}</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>`,
    );
  }
}

/** T-09: a journal of 100,000 records is read and checked again. */
async function journalReplay(folder, { node, small }) {
  const records = small ? 3_000 : 100_000;
  const path = join(folder, 'replay', 'night.journal');
  const journal = (...args) =>
    JSON.parse(execFileSync(node, [script('submission-journal.mjs'), ...args], { encoding: 'utf8' }));
  journal('fill', path, String(records));
  const times = Array.from({ length: 5 }, () => journal('open', path).opened);
  rmSync(join(folder, 'replay'), { recursive: true });
  return {
    id: 'T-09',
    work: `open a journal of ${records} records`,
    peer: '–',
    figure: `${median(times).toFixed(2)} s`,
    value: median(times),
    bound: '≤ 2 s',
    good: median(times) <= 2,
  };
}

/** T-09: the reference server comes back with a million claims in its store. */
async function serverRestart(folder, { bhxh, node, small }) {
  const count = small ? 10_000 : 1_000_000;
  const own = join(folder, 'restart');
  mkdirSync(own);
  await (await startServer(own, bhxh, node)).stop();
  const db = new Libsql(join(own, 'server.sqlite'));
  const { id: account } = db.prepare("SELECT id FROM account WHERE facility = '99001'").get();
  db.exec('BEGIN');
  db.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO submission (id, kind, form, facility, account_id, business_key, sha256, size, revision, state, received_at, reply)
     SELECT 'GD' || i, 'claim', 'qd3176', '99001', ?, 'LK' || i, printf('%064x', i), 30000, 1, 'received', 1763700000000 + i, '{}' FROM n`,
  ).run(count, account);
  db.exec('COMMIT');
  db.close();
  const times = [];
  for (let round = 0; round < 3; round += 1) {
    const server = await startServer(own, bhxh, node);
    times.push(server.seconds);
    await server.stop();
  }
  return {
    id: 'T-09',
    work: `reference server ready again with ${count} claims`,
    peer: '–',
    figure: `${median(times).toFixed(2)} s`,
    value: median(times),
    bound: '≤ 5 s',
    good: median(times) <= 5,
  };
}
