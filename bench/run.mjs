// Measures what the project promises, as ratios against peers in the same run, and writes RESULTS.md. Named subjects (`npm run bench -- signing server`) are measured alone and written nowhere; `--small` is a quick form for checking the bench itself.
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
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

const results = [];
for (const name of named.length > 0 ? named : Object.keys(subjects)) {
  for (const result of await subjects[name](context)) {
    results.push(result);
    console.log(
      `${result.good ? 'ok  ' : 'MISS'} ${result.id} ${result.work}: ${result.figure}; ${result.value.toFixed(2)} (${result.bound})`,
    );
  }
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
const rows = results.map(
  (one) =>
    `| ${one.id} | ${one.work} | ${one.peer} | ${one.figure} | ${one.value.toFixed(2)} | ${one.bound} | ${one.good ? 'met' : '**missed**'} |`,
);
if (!small && named.length === 0) {
  writeFileSync(
    `${root}bench/RESULTS.md`,
    `# Results

Written by \`npm run bench\`; ratios come from alternating runs of both programs on one machine. Absolute figures depend on it.

${cpus().length} cores ${cpus()[0]?.model ?? ''}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}, ${xmllint}, ${version('xmlsec1', ['--version'])}; commit ${commit}.

| id | work | beside it | figures | value | bound | |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`,
  );
}
process.exit(results.every((one) => one.good) ? 0 : 1);
