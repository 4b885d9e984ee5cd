// P1, P2 and T-07: validation against a C validator that checks structure only, and in bounded memory.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, paired, runOnce } from './measure.mjs';

const validateCorpus = fileURLToPath(new URL('validate-corpus.mjs', import.meta.url));

export async function measureValidation({ bhxh, node, specs, small }) {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-bench-'));
  try {
    return [
      ...(await againstSchema(folder, { bhxh, node, specs, small })),
      ...(await bounded(folder, { bhxh, node, small })),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** P1 and T-07 on one corpus of heavy claims with 1 % defects. */
async function againstSchema(folder, { bhxh, node, specs, small }) {
  const claims = join(folder, 'heavy');
  const count = small ? 150 : 4000;
  execFileSync(
    node,
    [
      bhxh,
      'generate',
      'claims',
      '--count',
      String(count),
      '--seed',
      '7',
      '--rows',
      '65',
      '--defects',
      '0.01',
      '--out',
      claims,
    ],
    { stdio: 'ignore' },
  );
  const labelled = readFileSync(`${claims}.labels.jsonl`, 'utf8').split('\n').filter(Boolean).length;
  const ruleset = 'qd3176-2024';
  const tables = splitTables(claims, join(folder, 'tables'));
  const bytes = [...tables.values()].reduce((sum, table) => sum + table.bytes, 0);

  const ours = async (workers = 1) => {
    const run = await runOnce(node, [validateCorpus, claims, String(workers)], { capture: true });
    const { found, files } = JSON.parse(run.text);
    if (run.status !== 0 || files !== count || found !== labelled) {
      throw new Error(
        `the corpus was not judged as labelled: ${found} of ${labelled} defects in ${files} of ${count} files`,
      );
    }
    return run.seconds;
  };
  const theirs = async () => {
    let seconds = 0;
    for (const [table, { files }] of tables) {
      const schema = join(specs, 'dist', 'xsd', ruleset, `${table.toLowerCase()}.xsd`);
      for (let from = 0; from < files.length; from += 4000) {
        const run = await runOnce('xmllint', [
          '--noout',
          '--stream',
          '--schema',
          schema,
          ...files.slice(from, from + 4000),
        ]);
        // 3 says that a file is invalid, which the defects are; anything else would mean that it did not do the work.
        if (run.status !== 0 && run.status !== 3)
          throw new Error(`xmllint ended with ${run.status} on ${table}`);
        seconds += run.seconds;
      }
    }
    return seconds;
  };
  await ours();
  const rounds = small ? 1 : 5;
  const one = await paired(rounds, ours, theirs);
  const two = [];
  for (let round = 0; round < rounds; round += 1) two.push(await ours(2));
  const rate = (seconds) => `${Math.round(bytes / 1e6 / seconds)} MB/s`;
  const peer = '`xmllint --noout --stream --schema` on the same tables';
  const oneRatio = 1 / one.ratio;
  const twoRatio = one.theirs / median(two);
  return [
    {
      id: 'P1',
      work: `validate ${count} claims of 65 rows and more (${Math.round(bytes / 1e6)} MB of tables, 1 % defects, all found), one thread`,
      peer,
      figure: `${rate(one.ours)} against ${rate(one.theirs)}`,
      value: oneRatio,
      bound: '≥ 1.0 x its MB/s',
      good: oneRatio >= 1,
    },
    {
      id: 'P1',
      work: 'the same with two workers',
      peer,
      figure: rate(median(two)),
      value: twoRatio,
      bound: '≥ 1.6 x its MB/s',
      good: twoRatio >= 1.6,
    },
    {
      id: 'T-07',
      work: 'whole claims a second, one core',
      peer: '–',
      figure: `${Math.round(count / one.ours)}/s`,
      value: count / one.ours,
      bound: '≥ 500/s',
      good: count / one.ours >= 500,
    },
  ];
}

/** P2: one batch of 1 GB, and many files, in bounded memory and linear time. */
async function bounded(folder, { bhxh, node, small }) {
  const results = [];
  const batch = (name, bytes) => {
    const path = join(folder, name);
    buildBatch(path, join(folder, 'heavy'), bytes);
    return path;
  };
  const size = small ? 100_000_000 : 1_000_000_000;
  const whole = batch('batch.xml', size);
  const tenth = batch('tenth.xml', size / 10);
  const run = (path) =>
    runOnce(
      node,
      [bhxh, 'validate', path, '--workers', '1', '--format', 'json', '--output', '/dev/null', '--quiet'],
      { memory: true },
    );
  const short = await run(tenth);
  const long = await run(whole);
  const growth = long.seconds / short.seconds;
  results.push(
    {
      id: 'P2',
      work: `one batch of ${size / 1e9} GB: peak memory`,
      peer: '–',
      figure: `${Math.round(long.peak)} MB in ${long.seconds.toFixed(1)} s`,
      value: long.peak,
      bound: '≤ 200 MB',
      good: long.peak <= 200,
    },
    {
      id: 'P2',
      work: 'ten times the batch: time',
      peer: 'a tenth of it',
      figure: `${short.seconds.toFixed(1)} s to ${long.seconds.toFixed(1)} s`,
      value: growth,
      bound: '≤ 11 x',
      good: growth <= 11,
    },
  );
  rmSync(whole);
  rmSync(tenth);

  const many = small ? 2_000 : 100_000;
  const base = join(folder, 'light');
  execFileSync(
    node,
    [bhxh, 'generate', 'claims', '--count', String(many / 20), '--seed', '9', '--out', base],
    { stdio: 'ignore' },
  );
  const names = readdirSync(base);
  const all = join(folder, 'many');
  mkdirSync(all);
  for (let copy = 0; copy < 20; copy += 1)
    for (const name of names) linkSync(join(base, name), join(all, `${copy}-${name}`));
  const few = join(folder, 'few');
  mkdirSync(few);
  for (const name of names)
    for (const copy of [0, 1]) linkSync(join(base, name), join(few, `${copy}-${name}`));
  const fewRun = await run(few);
  const manyRun = await run(all);
  const perFile = manyRun.seconds / fewRun.seconds;
  results.push(
    {
      id: 'P2',
      work: `${many} files: peak memory`,
      peer: '–',
      figure: `${Math.round(manyRun.peak)} MB in ${manyRun.seconds.toFixed(1)} s`,
      value: manyRun.peak,
      bound: '≤ 200 MB',
      good: manyRun.peak <= 200,
    },
    {
      id: 'P2',
      work: 'ten times the files: time',
      peer: 'a tenth of them',
      figure: `${fewRun.seconds.toFixed(1)} s to ${manyRun.seconds.toFixed(1)} s`,
      value: perFile,
      bound: '≤ 11 x',
      good: perFile <= 11,
    },
  );
  return results;
}

/** The decoded tables of every claim as files of their own, which is what a schema validator can read. */
function splitTables(claims, out) {
  mkdirSync(out);
  const tables = new Map();
  for (const name of readdirSync(claims)) {
    const text = readFileSync(join(claims, name), 'latin1');
    for (const [, table, content] of text.matchAll(/<LOAIHOSO>(\w+)<\/LOAIHOSO>\s*<NOIDUNGFILE>([^<]*)</g)) {
      const bytes = Buffer.from(content, 'base64');
      const entry = tables.get(table) ?? { files: [], bytes: 0 };
      const path = join(out, `${table}-${entry.files.length}.xml`);
      writeFileSync(path, bytes);
      entry.files.push(path);
      entry.bytes += bytes.length;
      tables.set(table, entry);
    }
  }
  return tables;
}

/** A batch file of at least this many bytes, made of the claims of a folder over and over. */
function buildBatch(path, claims, size) {
  // A defect may be a check-in, which is no claim of a batch.
  const names = readdirSync(claims).filter((name) => name.startsWith('claim-'));
  const records = names.map(
    (name) => /<HOSO>[\s\S]*<\/HOSO>/.exec(readFileSync(join(claims, name), 'latin1'))?.[0] ?? '',
  );
  const first = readFileSync(join(claims, names[0]), 'latin1');
  const [head, tail] = first.split(/<HOSO>[\s\S]*<\/HOSO>/);
  let count = 0;
  let bytes = 0;
  for (; bytes < size; count += 1) bytes += records[count % records.length].length;
  const file = openSync(path, 'w');
  writeSync(file, head.replace(/<SOLUONGHOSO>\d+</, `<SOLUONGHOSO>${count}<`));
  for (let index = 0; index < count; index += 1)
    writeSync(file, records[index % records.length], null, 'latin1');
  closeSync(file);
  appendFileSync(path, tail, 'latin1');
}
