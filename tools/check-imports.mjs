// Holds the architecture: which package and folder may import which, no cycles, no deep imports, and who may exit or print.
import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { root, sourceFiles } from './source-files.mjs';

const allowed = {
  xml: [],
  signing: ['@bhxh/xml'],
  sdk: ['@bhxh/specs', '@bhxh/xml', '@bhxh/signing'],
  'mock-server': [
    '@bhxh/specs',
    '@bhxh/xml',
    '@bhxh/signing',
    ...[
      'validation',
      'documents',
      'identifiers',
      'code-lists',
      'specifications',
      'messages',
      'errors',
      'contributions',
      // What a receiver shares with a sender: reading and judging dossiers, and the ledger; no builder, no client.
      'declarations/read',
      'payments/ledger',
      'payments/read',
      'webhooks',
    ].map((door) => `@bhxh/sdk/${door}`),
  ],
  cli: ['@bhxh/specs', '@bhxh/xml', '@bhxh/signing', '@bhxh/sdk', '@bhxh/mock-server'],
};

const problems = [];
const graph = new Map();
const files = sourceFiles().filter(
  (path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !path.includes('/generated/'),
);

for (const path of files) {
  const text = readFileSync(root + path, 'utf8');
  const [, name] = path.split('/');
  const test = path.endsWith('.test.ts');
  const targets = [];
  for (const match of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b(?!\s*\()([^'";]*?)from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s*'([^']+)'/g,
  )) {
    const typeOnly = /^\s*type\b/.test(match[1] ?? '');
    const target = match[2] ?? match[3] ?? match[4];
    const lazy = match[3] !== undefined;
    if (target.startsWith('.')) {
      const resolved = posix.normalize(posix.join(dirname(path), target));
      if (!resolved.startsWith(`packages/${name}/`))
        problems.push(`${path}: leaves its package by ${target}`);
      if (!typeOnly && !lazy) targets.push(resolved);
      if (!test) checkFolders(path, resolved);
      continue;
    }
    if (!target.startsWith('@bhxh/')) continue;
    if (test) continue;
    const bare = target.split('/').slice(0, 2).join('/');
    const doors = allowed[name] ?? [];
    if (!doors.includes(target) && !doors.includes(bare))
      problems.push(`${path}: ${name} may not import ${target}`);
    if (/\/(?:src|dist)\//.test(target)) problems.push(`${path}: deep import ${target}`);
  }
  graph.set(path, targets);
  if (!test) checkEffects(path, name, text);
}

function checkFolders(path, target) {
  const inside = (folder) => path.startsWith(`packages/sdk/src/${folder}/`);
  const reaches = (folder) => target.startsWith(`packages/sdk/src/${folder}`);
  if (inside('validation') && ['transport', 'submission', 'client', 'claims', 'synthetic'].some(reaches)) {
    problems.push(`${path}: validation may not import ${target}`);
  }
  if (inside('synthetic') && reaches('validation')) {
    problems.push(`${path}: the generator may not import a check (${target})`);
  }
  if (
    (inside('documents') || inside('specifications') || inside('identifiers') || inside('code-lists')) &&
    ['validation/steps', 'validation/checks', 'transport', 'submission'].some(reaches)
  ) {
    problems.push(`${path}: may not import ${target}`);
  }
}

function checkEffects(path, name, text) {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
  const cliDoor = path === 'packages/cli/src/main.ts' || path === 'packages/cli/src/run-command.ts';
  const terminal = path.startsWith('packages/cli/src/terminal/');
  if (/\bprocess\.exit\(/.test(code) && !cliDoor)
    problems.push(`${path}: only the command line's door may exit`);
  if (/\bconsole\.\w+\(/.test(code)) problems.push(`${path}: console is not a reporter`);
  if (/\bprocess\.(?:stdout|stderr)\.write/.test(code) && !cliDoor && !terminal)
    problems.push(`${path}: only terminal/ writes to the streams`);
  if (/\b(?:eval|new Function)\s*\(/.test(code)) problems.push(`${path}: no code from strings`);
  if (
    name !== 'cli' &&
    path !== 'packages/mock-server/src/clock/clock.ts' &&
    /\bDate\.now\(\)|new Date\(\)/.test(code)
  )
    problems.push(`${path}: time comes from an injected clock`);
}

const state = new Map();
function visit(path, trail) {
  if (state.get(path) === 'done') return;
  if (state.get(path) === 'open') {
    problems.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`);
    return;
  }
  state.set(path, 'open');
  for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
  state.set(path, 'done');
}
for (const path of graph.keys()) visit(path, []);

for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
