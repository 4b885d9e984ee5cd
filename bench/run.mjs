// Measures what the project promises, as ratios against peers in the same run, and writes RESULTS.md. Named subjects (`npm run bench -- signing server`) are measured alone; the tables of the others stay. `--small` is a quick form for checking the bench itself.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { measureContributions } from './contributions.mjs';
import { measurePayments } from './payments.mjs';
import { measureServer } from './server.mjs';
import { measureSigning } from './signing.mjs';
import { measureStartUp } from './start-up.mjs';
import { measureSubmission } from './submission.mjs';
import { measureValidation } from './validation.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const small = process.argv.includes('--small');
const context = {
  root,
  small,
  node: process.execPath,
  bhxh: `${root}packages/cli/bin/bhxh.mjs`,
  specs: `${root}specs`,
};
if (!existsSync(`${root}packages/cli/dist/main.js`))
  execFileSync(process.execPath, [`${root}tools/build.mjs`], { stdio: 'inherit' });

const subjects = {
  'start-up': measureStartUp,
  validation: measureValidation,
  signing: measureSigning,
  contributions: measureContributions,
  payments: measurePayments,
  submission: measureSubmission,
  server: measureServer,
};
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = named.filter((name) => !Object.hasOwn(subjects, name));
if (unknown.length > 0) {
  console.error(`There is no subject ${unknown.join(', ')}; there are ${Object.keys(subjects).join(', ')}.`);
  process.exit(2);
}

const version = (command, args) => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).split(
      '\n',
    )[0];
  } catch {
    return 'unknown';
  }
};
const xmllint = (() => {
  try {
    return execFileSync('sh', ['-c', 'xmllint --version 2>&1'], { encoding: 'utf8' }).split('\n')[0];
  } catch {
    return 'unknown';
  }
})();
const commit = version('git', ['-C', root, 'rev-parse', '--short', 'HEAD']);
const machine = `${cpus().length} cores ${cpus()[0]?.model ?? ''}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}, ${xmllint}, ${version('xmlsec1', ['--version'])}`;

const measured = new Map();
for (const name of named.length > 0 ? named : Object.keys(subjects)) {
  const results = [];
  for (const result of await subjects[name](context)) {
    results.push(result);
    console.log(
      `${result.good ? 'ok  ' : 'MISS'} ${result.id} ${result.work}: ${result.figure}; ${result.value.toFixed(2)} (${result.bound})`,
    );
  }
  measured.set(name, results);
  if (!small) record(name, results);
}
process.exit([...measured.values()].flat().every((one) => one.good) ? 0 : 1);

/** Puts the table of one subject where the one of its last run stood. */
function record(subject, results) {
  const path = `${root}bench/RESULTS.md`;
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const parts = new Map(
    before
      .split(/^## /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1).trim()]),
  );
  const rows = results.map(
    (one) =>
      `| ${one.id} | ${one.work} | ${one.peer} | ${one.figure} | ${one.value.toFixed(2)} | ${one.bound} | ${one.good ? 'met' : '**missed**'} |`,
  );
  parts.set(
    subject,
    `Commit ${commit}; ${machine}.

| id | work | beside it | figures | value | bound | |
|---|---|---|---|---|---|---|
${rows.join('\n')}`,
  );
  const sections = Object.keys(subjects).filter((name) => parts.has(name));
  writeFileSync(
    path,
    `# Results

Written by \`npm run bench\`; ratios come from alternating runs of both programs on one machine. Absolute figures depend on it.

${sections.map((name) => `## ${name}\n\n${parts.get(name)}`).join('\n\n')}
`,
  );
}
