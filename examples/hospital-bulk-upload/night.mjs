// A night of a 1,000-bed hospital: two waves of claims, a signing token, a bad line, a power cut, a morning report.
// node night.mjs FOLDER [--claims 2400] [--seed 1] [--outage SECONDS] [--legacy]
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startFaultyLine } from './faulty-line.mjs';
import { gatherMorning, morningHtml, morningText } from './morning-report.mjs';
import { openHospitalKey } from './signing-key.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    claims: { type: 'string', default: '2400' },
    seed: { type: 'string', default: '1' },
    outage: { type: 'string', default: '90' },
    legacy: { type: 'boolean', default: false },
  },
});
const folder = resolve(positionals[0] ?? 'night');
const claims = Number(values.claims);
const outage = Number(values.outage);
const bhxh = join(
  dirname(createRequire(import.meta.url).resolve('@bhxh/cli/package.json')),
  'bin',
  'bhxh.mjs',
);
const inbox = join(folder, 'inbox');
const journal = join(folder, 'night.journal');
for (const name of ['his', 'to-correct', 'signed', 'inbox'])
  mkdirSync(join(folder, name), { recursive: true });

let environment = { PATH: process.env.PATH, HOME: folder, LANG: 'vi_VN.UTF-8' };

function start(words) {
  const child = spawn(process.execPath, [bhxh, ...words], { cwd: folder, env: environment });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => (stdout += piece));
  child.stderr.on('data', (piece) => (stderr += piece));
  const ended = new Promise((resolve) =>
    child.once('close', (status) => resolve({ status, stdout, stderr })),
  );
  return { child, ended };
}

const run = (...words) => start(words).ended;

async function expectDone(...words) {
  const { status, stdout, stderr } = await run(...words);
  if (status !== 0) throw new Error(`bhxh ${words[0]} ended with ${status}: ${stderr}`);
  return stdout;
}

async function until(holds, patience = 600_000) {
  for (let waited = 0; !holds(); waited += 50) {
    if (waited > patience) throw new Error('the night takes too long');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const settled = () =>
  ['done', 'rejected'].reduce(
    (sum, name) => sum + (existsSync(join(inbox, name)) ? readdirSync(join(inbox, name)).length : 0),
    0,
  );

/** True once the number has been the same for ten seconds. */
const still = (() => {
  let last = { number: -1, since: 0 };
  return (number) => {
    if (number !== last.number) last = { number, since: performance.now() };
    return performance.now() - last.since > 10_000;
  };
})();
const say = (text) => process.stderr.write(`${text}\n`);

// The gateway, with its accounts and the hospital's key.
const readyFile = join(folder, 'ready.json');
rmSync(readyFile, { force: true });
const gateway = start([
  'mock',
  'start',
  '--demo',
  '--store',
  join(folder, 'gateway.sqlite'),
  '--ready-file',
  readyFile,
  ...(values.legacy ? ['--legacy'] : []),
]);
let line;
try {
  await until(() => existsSync(readyFile), 120_000);
  const ready = JSON.parse(readFileSync(readyFile, 'utf8'));
  line = await startFaultyLine(ready.url, Number(values.seed));
  const account = ready.accounts.find(({ facility }) => facility === '99001');
  const key = openHospitalKey(
    folder,
    ready.keys.find(({ facility }) => facility === '99001'),
  );
  environment = {
    ...environment,
    ...key.env,
    BHXH_URL: line.url,
    BHXH_FACILITY: '99001',
    BHXH_USERNAME: account.username,
    BHXH_PASSWORD: account.password,
  };
  say(`signing with ${key.kind}`);

  /** The hospital system writes a wave; what is not valid is set aside, the rest is signed and put into the inbox whole. */
  let toCorrect = 0;
  let sent = 0;
  const wave = async (number, count) => {
    const his = join(folder, 'his', `wave-${number}`);
    const seed = String(Number(values.seed) * 10 + number);
    await expectDone(
      'generate',
      'claims',
      '--count',
      String(count),
      '--seed',
      seed,
      '--defects',
      '0.02',
      '--out',
      his,
      '--force',
    );
    const { stdout } = await run('validate', his, '--format', 'json');
    for (const { path, verdict } of JSON.parse(stdout).files) {
      if (verdict === 'valid') continue;
      renameSync(
        resolve(folder, path),
        join(folder, 'to-correct', `wave-${number}-${path.split('/').at(-1)}`),
      );
      toCorrect += 1;
    }
    const signed = join(folder, 'signed', `wave-${number}`);
    await expectDone('sign', his, ...key.words, '--out', signed, '--force');
    for (const name of readdirSync(signed)) {
      renameSync(join(signed, name), join(inbox, `wave-${number}-${name}`));
      sent += 1;
    }
    say(`wave ${number}: ${readdirSync(his).length} signed, ${toCorrect} set aside so far`);
  };

  await wave(1, Math.ceil(claims / 2));
  const watch = () => start(['submit', '--watch', inbox, '--journal', journal]);
  let watching = watch();
  await until(() => line.uploads >= sent / 3);
  watching.child.kill('SIGKILL');
  await watching.ended;
  say(`power cut after ${line.uploads} uploads of ${sent}`);

  watching = watch();
  await wave(2, Math.floor(claims / 2));
  if (outage > 0) {
    const { uploads } = line;
    await until(() => line.uploads > uploads + 2 || settled() >= sent);
    line.down(true);
    say(`the line is down for ${outage} s`);
    await new Promise((resolve) => setTimeout(resolve, outage * 1_000));
    line.down(false);
    say('the line is back');
  }
  // Where nothing can be asked, what is unknown stays in the inbox for a person: the night is over when nothing moves.
  await until(() => settled() >= sent || (values.legacy && still(settled())));
  watching.child.kill('SIGINT');
  await watching.ended;
  await run('submit', '--resume', '--journal', journal);

  const day = new Date().toISOString().slice(0, 10);
  const reconciled = await run('reconcile', '--journal', journal, '--format', 'json');
  const held = reconciled.stdout.startsWith('{"schema":"bhxh-reconcile')
    ? JSON.parse(reconciled.stdout).counts
    : null;
  const morning = await gatherMorning({
    journal,
    keyFile: join(folder, '.local', 'state', 'bhxh', 'receipts.key'),
    day,
    toCorrect,
    held,
    line: line.met,
    key: key.kind,
  });
  writeFileSync(join(folder, 'morning.txt'), morningText(morning));
  writeFileSync(join(folder, 'morning.html'), morningHtml(morning));
  process.stdout.write(morningText(morning));
  writeFileSync(
    join(folder, 'result.json'),
    JSON.stringify({ sent, toCorrect, held, counts: morning.counts, met: line.met, key: key.kind }),
  );
} finally {
  await line?.close();
  gateway.child.kill('SIGTERM');
  await gateway.ended;
}
