// One noun per concept: identifiers may not use a synonym that GLOSSARY.md lists as not to be used.
import { readFileSync } from 'node:fs';
import { root, sourceFiles } from './source-files.mjs';

const rows = readFileSync(`${root}GLOSSARY.md`, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|\s*-/.test(line))
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));
const synonyms = rows.flatMap((cells) =>
  (cells[4] ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => /^[a-z][A-Za-z ]+$/.test(word))
    .map((word) => ({ word, use: cells[3] })),
);
if (synonyms.length < 10) {
  console.error('GLOSSARY.md: fewer than ten synonyms were read; the table has changed its shape');
  process.exit(1);
}

const camel = (words) => words.replaceAll(/ (\w)/g, (_, letter) => letter.toUpperCase());
const patterns = synonyms.map(({ word, use }) => {
  const lower = camel(word);
  const upper = lower[0].toUpperCase() + lower.slice(1);
  return {
    word,
    use,
    pattern: new RegExp(
      `\\b${lower}(?:s|[A-Z]\\w*)?\\b|\\b[a-z]\\w*${upper}(?:s|[A-Z]\\w*)?\\b|\\b${upper}(?:s|[A-Z]\\w*)?\\b`,
    ),
  };
});

let bad = 0;
for (const path of sourceFiles()) {
  if (
    !/^(?:packages|examples)\/.*\.ts$/.test(path) ||
    path.includes('/generated/') ||
    path.includes('/messages/')
  )
    continue;
  for (const [index, line] of readFileSync(root + path, 'utf8')
    .split('\n')
    .entries()) {
    const code = line
      .replaceAll(/\/\*.*?\*\/|^\s*\*.*$|\/\/.*$/g, '')
      .replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`/g, "''");
    for (const { word, use, pattern } of patterns) {
      if (!pattern.test(code)) continue;
      console.error(`${path}:${index + 1}: "${word}" is not our word; use "${use}"`);
      bad += 1;
    }
  }
}
process.exit(bad === 0 ? 0 : 1);
