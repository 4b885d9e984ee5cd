// No key, password, PIN, token or personal number may appear in what the tests print.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const forbidden = [
  { name: 'private key', pattern: /-----BEGIN (?:[A-Z ]+ )?PRIVATE KEY-----/ },
  { name: 'canary', pattern: /CANARY[-_][A-Za-z0-9]{6,}/ },
  { name: 'password in a request', pattern: /"?password(?:Hash)?"?\s*[:=]\s*"?[0-9A-Fa-f]{32}\b/ },
  {
    name: 'access token',
    pattern: /"?(?:access_token|id_token|accessToken|tokenId)"?\s*[:=]\s*"?[A-Za-z0-9._-]{16,}/,
  },
  { name: 'card number', pattern: /\b[A-Z]{2}[1-5]\d{12}\b/ },
  { name: 'personal id number', pattern: /\b0\d{11}\b/ },
];

/** The kinds of secret that a text shows; the selftest plants one of each. */
export function leaksIn(text) {
  return forbidden.filter(({ pattern }) => pattern.test(text)).map(({ name }) => name);
}

const planted = [
  '-----BEGIN PRIVATE KEY-----',
  'CANARY-abcdef1',
  `password=${'A'.repeat(32)}`,
  `tokenId: ${'x'.repeat(20)}`,
  `DN4${'9'.repeat(12)}`,
  `0${'9'.repeat(11)}`,
];
for (const [index, text] of planted.entries()) {
  if (!leaksIn(text).includes(forbidden[index].name)) {
    console.error(`check-test-logs: a planted ${forbidden[index].name} is not found`);
    process.exit(1);
  }
}

const folder = process.argv[2];
let bad = 0;
for (const name of folder === undefined ? [] : readdirSync(folder)) {
  if (!name.endsWith('.log')) continue;
  for (const [index, line] of readFileSync(join(folder, name), 'utf8').split('\n').entries()) {
    for (const leak of leaksIn(line)) {
      console.error(`${name}:${index + 1}: ${leak}`);
      bad += 1;
    }
  }
}
process.exit(bad === 0 ? 0 : 1);
