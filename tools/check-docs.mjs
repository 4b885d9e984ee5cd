// Keeps documents true: links lead somewhere, `bhxh` lines use commands and options that exist, TypeScript snippets compile.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, sourceFiles } from './source-files.mjs';

const documents = sourceFiles().filter((path) => path.endsWith('.md') && !path.startsWith('.changeset/'));
const problems = [];

const anchorsOf = (text) =>
  new Set(
    [...text.matchAll(/^#+\s+(.+)$/gm)].map(([, title]) =>
      title
        .toLowerCase()
        .replaceAll(/[`*_]/g, '')
        .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

const table = readFileSync(`${root}packages/cli/src/command-table.ts`, 'utf8');
const flagTable = readFileSync(`${root}packages/cli/src/flags.ts`, 'utf8');
const commandNames = [...table.matchAll(/name: '([^']+)'/g)].map(([, name]) => name);
const options = new Set(
  [...flagTable.matchAll(/syntax: '(--[a-z-]+)/g)]
    .map(([, option]) => option)
    .concat(['--help', '--version', '-h']),
);

const snippets = [];
for (const path of documents) {
  const text = readFileSync(root + path, 'utf8');
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file, anchor] = target.split('#');
    const full = file === '' ? root + path : join(root, dirname(path), file);
    if (!existsSync(full)) problems.push(`${path}: ${target} does not exist`);
    else if (
      anchor !== undefined &&
      full.endsWith('.md') &&
      !anchorsOf(readFileSync(full, 'utf8')).has(anchor)
    ) {
      problems.push(`${path}: ${target} has no such heading`);
    }
  }
  for (const [, language, body] of text.matchAll(/```(\w+)[^\n]*\n([\s\S]*?)```/g)) {
    if (['sh', 'bash', 'console', 'powershell'].includes(language)) checkCommands(path, body);
    if (language === 'ts') snippets.push({ path, body });
  }
}

function checkCommands(path, body) {
  for (const line of body.replaceAll(/[\\`]\n\s*/g, ' ').split('\n')) {
    const match = /(?:^|[\s|&;(/])bhxh(?:\.mjs)?\s+([^|&;>#]+)/.exec(line);
    if (match === null || match[1] === undefined) continue;
    const words = match[1].trim().split(/\s+/);
    if (words[0].startsWith('-')) continue;
    const name = [words.slice(0, 2).join(' '), words[0]].find((candidate) =>
      commandNames.includes(candidate),
    );
    if (name === undefined) problems.push(`${path}: unknown command: bhxh ${words.slice(0, 2).join(' ')}`);
    for (const word of words) {
      const option = word.split('=')[0];
      if (option.startsWith('--') && !options.has(option))
        problems.push(`${path}: unknown option ${option} in: ${line.trim()}`);
    }
  }
}

if (snippets.length > 0) {
  // Inside the workspace, so that the packages resolve as they do for a user.
  const folder = `${root}packages/cli/.docs-snippets`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [index, { path, body }] of snippets.entries()) {
    writeFileSync(`${folder}/${index}.ts`, `// ${path}\n${body}\nexport {};\n`);
  }
  writeFileSync(
    `${folder}/tsconfig.json`,
    JSON.stringify({
      extends: '../../../tsconfig.base.json',
      compilerOptions: { noEmit: true, isolatedDeclarations: false, noUnusedLocals: false },
      include: ['*.ts'],
    }),
  );
  const { status, stdout } = spawnSync(
    process.execPath,
    [`${root}node_modules/typescript/bin/tsc`, '-p', folder],
    { encoding: 'utf8' },
  );
  if (status !== 0) {
    problems.push(
      stdout.replaceAll(
        /\S*?(\d+)\.ts\((\d+)/g,
        (_, index, line) => `${snippets[Number(index)]?.path ?? index} snippet line ${Number(line) - 1} (`,
      ),
    );
  }
  rmSync(folder, { recursive: true, force: true });
}

for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
