// Every row of SECURITY-CHECKLIST.md names tests that exist, or says why it does not apply.
import { existsSync, readFileSync } from 'node:fs';
import { root } from './source-files.mjs';

const text = readFileSync(`${root}SECURITY-CHECKLIST.md`, 'utf8');
const problems = [];
const cellsOf = (line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

const files = new Map();
for (const line of text.split('\n')) {
  const [name, path] = cellsOf(line);
  const named = /^`([^`]+\.(?:ts|mjs|json))`$/.exec(path ?? '')?.[1];
  if (named === undefined) continue;
  if (existsSync(root + named)) files.set(name, readFileSync(root + named, 'utf8'));
  else problems.push(`${name}: ${named} does not exist`);
}

let section = '';
const numbers = [];
const used = new Set();
for (const line of text.split('\n')) {
  if (line.startsWith('## ')) section = line.slice(3);
  const cells = cellsOf(line);
  const [first = ''] = cells;
  if (section === '' || cells.length < 2 || /^(#|Requirement|Proof|-+)$/.test(first)) continue;
  if (/^\d+$/.test(first)) numbers.push(Number(first));
  const proof = cells.at(-1) ?? '';
  const references = [...proof.matchAll(/([a-z-]+) "([^"]+)"/g)];
  const isExcused = /not applicable: \S|open: \S/.test(cells.slice(1).join(' '));
  if (references.length === 0 && !isExcused) problems.push(`${first}: neither a test nor a reason`);
  for (const [, name, title] of references) {
    used.add(name);
    const source = files.get(name);
    if (source === undefined) problems.push(`${first}: no file is called ${name}`);
    else if (!source.replaceAll("\\'", "'").includes(title))
      problems.push(`${first}: ${name} has no test "${title}"`);
  }
}
if (numbers.join() !== Array.from({ length: 34 }, (_, index) => index + 1).join())
  problems.push(`the 34 checks are not listed in order: ${numbers.join(' ')}`);
for (const name of files.keys()) if (!used.has(name)) problems.push(`${name} is listed and never used`);

for (const problem of problems) console.error(`SECURITY-CHECKLIST.md: ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
