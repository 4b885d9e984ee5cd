// The whole check of a clone, from nothing: system programs, packages, build, lint, types, guards, tests; ends with `N passed, N failed`.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const long = process.argv.includes('--long');
const windows = process.platform === 'win32';
const logs = mkdtempSync(join(tmpdir(), 'bhxh-test-'));
const node = process.execPath;
const bin = (name) => join(root, 'node_modules', '.bin', windows ? `${name}.cmd` : name);

let passed = 0;
let failed = 0;

/** Runs one step, shows it and keeps what it printed for the secrets guard. */
function step(name, command, args, { environment = {}, show = (chunk) => process.stdout.write(chunk) } = {}) {
  return new Promise((resolve) => {
    show(`\n== ${name}\n`);
    const log = createWriteStream(join(logs, `${name.replaceAll(/\W+/g, '-')}.log`));
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows,
      env: { ...process.env, ...environment },
    });
    for (const from of [child.stdout, child.stderr]) {
      from.on('data', (chunk) => {
        show(chunk);
        log.write(chunk);
      });
    }
    child.on('close', (status) => {
      log.end(() => resolve(status === 0));
    });
  });
}

async function count(name, command, args, options) {
  const good = await step(name, command, args, options);
  if (good) passed += 1;
  else failed += 1;
  return good;
}

/** Runs several rows of steps side by side, and shows each step as a whole when it has ended. */
async function countAll(...rows) {
  await Promise.all(
    rows.map(async (steps) => {
      for (const one of steps) {
        const shown = [];
        await count(...one, { show: (chunk) => shown.push(Buffer.from(chunk)) });
        process.stdout.write(Buffer.concat(shown));
      }
    }),
  );
}

function finish() {
  rmSync(logs, { recursive: true, force: true });
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

// Native packages are compiled against the headers of this Node, so that nothing is downloaded for them.
const headers = dirname(dirname(node));
const nodedir = existsSync(join(headers, 'include', 'node', 'node.h')) ? { npm_config_nodedir: headers } : {};

if (!(await count('system programs', node, ['tools/ensure-tools.mjs']))) finish();
if (
  !(await count('packages', node, ['tools/with-pnpm.mjs', 'install', '--frozen-lockfile'], {
    environment: nodedir,
  }))
)
  finish();
if (!(await count('build', node, ['tools/build.mjs']))) finish();

await countAll(
  // What is installed holds the declarations that the step before it writes.
  [
    ['declarations', node, ['tools/build-types.mjs']],
    ['installed packages', node, ['tools/prove-packages.mjs']],
    ['types of the page', bin('tsc'), ['-p', 'packages/mock-server/assets/tsconfig.json']],
  ],
  [
    ['types', bin('tsc'), ['-p', 'tsconfig.json']],
    ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
    ['guards', node, ['tools/run-guards.mjs']],
    ['lint', bin('oxlint'), ['--deny-warnings']],
  ],
);

const result = join(logs, 'vitest.json');
mkdirSync(dirname(result), { recursive: true });
const ended = await step(
  'tests',
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${result}`],
  { environment: { BHXH_TEST_LONG: long ? '1' : '' } },
);
const before = failed;
if (existsSync(result)) {
  const report = JSON.parse(readFileSync(result, 'utf8'));
  passed += report.numPassedTests;
  // A file that does not load has no failed test of its own, and a skipped test is not a passed one.
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((one) => one.status === 'passed'),
  );
  failed += report.numFailedTests + brokenFiles.length + report.numPendingTests + report.numTodoTests;
}
// A process of the runner that dies takes its tests with it, and the report knows neither them nor the death.
if (!ended && failed === before) failed += 1;

await count('no secret in the logs', node, ['tools/check-test-logs.mjs', logs]);
finish();
