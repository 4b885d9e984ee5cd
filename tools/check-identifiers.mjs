// Sample data must come from the reserved synthetic ranges, so that no real person, employer or account can be in this repository.
import { readFileSync } from 'node:fs';
import { root, sourceFiles } from './source-files.mjs';

// Published vectors of check digits and code shapes, and lists of official codes; none of them names a person.
const exempt = [
  /^packages\/sdk\/src\/identifiers\//,
  /^specs\/sources\//,
  /^specs\/code-lists\//,
  /^pnpm-lock\.yaml$/,
  /^LICENSE$/,
];

const shapes = [
  {
    name: 'health insurance card',
    pattern: /(?<![A-Za-z0-9])[A-Z]{2}[1-5](\d{2})\d{10}(?![A-Za-z0-9])/g,
    good: (match) => match[1] === '99',
  },
  {
    name: 'personal id (CCCD)',
    pattern: /(?<![\d.A-Za-z])0\d{11}(?![\d.A-Za-z])/g,
    good: (match) => match[0].startsWith('099') || /^0+$/.test(match[0]),
  },
  {
    name: 'mobile phone',
    pattern: /(?<![\d.A-Za-z])(?:0|\+84)(?:3|5|7|8|9)\d{8}(?![\d.A-Za-z])/g,
    good: (match) => /^(?:0|\+84)99000/.test(match[0]),
  },
  {
    name: 'tax code in a certificate name',
    pattern: /MST:(\d{10})/g,
    good: (match) => match[1].startsWith('99'),
  },
];

let bad = 0;
for (const path of sourceFiles()) {
  if (exempt.some((pattern) => pattern.test(path)) || /\.(?:png|p12|pem|xlsx|zip)$/.test(path)) continue;
  const text = readFileSync(root + path, 'utf8');
  for (const { name, pattern, good } of shapes) {
    for (const match of text.matchAll(pattern)) {
      if (good(match)) continue;
      const line = text.slice(0, match.index).split('\n').length;
      console.error(`${path}:${line}: ${name} outside the reserved ranges: ${match[0].slice(0, 5)}…`);
      bad += 1;
    }
  }
}
process.exit(bad === 0 ? 0 : 1);
