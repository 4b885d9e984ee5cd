// The attack corpus at the command line: one call over a folder that holds all of it.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attackCorpus, listedAttacks } from '../../sdk/test/attack-corpus.ts';
import { en } from '../src/messages/en.ts';
import { runBhxh } from './bhxh-process.ts';

interface Report {
  readonly files: readonly {
    readonly path: string;
    readonly verdict: string;
    readonly findings: readonly {
      readonly code: string;
      readonly ruleId: string;
      readonly severity: string;
    }[];
    readonly signatures: readonly { readonly reasons: readonly unknown[] }[];
  }[];
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-attacks-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('refuses every file of the attack corpus (X-18) with the listed code, and writes nothing beside the report', async () => {
  const listed = new Map(listedAttacks().map((one) => [one.id, one]));
  const place = join(folder, 'corpus');
  mkdirSync(place);
  const names = new Map<string, string>();
  const archives: string[] = [];
  for (const { id, channel, bytes } of await attackCorpus()) {
    if (channel === 'request') continue;
    const name = `${id.replace('/', '-')}.${channel === 'archive' ? 'zip' : 'xml'}`;
    writeFileSync(join(place, name), bytes);
    names.set(name, id);
    // A folder gives its documents; an archive is opened where it is named.
    if (channel === 'archive') archives.push(join('corpus', name));
  }
  const { status, stdout, stderr } = await runBhxh(['validate', 'corpus', ...archives, '--format', 'json'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
  });
  expect(status).toBe(1);
  const { files } = JSON.parse(stdout) as Report;
  const seen: Record<string, string> = {};
  const expected: Record<string, string> = {};
  for (const [name, id] of names) {
    const own = files.filter(({ path }) => path.replace(/^.*corpus\//, '').split('!')[0] === name);
    const { code, family } = listed.get(id)!;
    const said = own.flatMap(({ findings, signatures }) => [
      ...findings.flatMap((finding) => [finding.code, finding.ruleId]),
      ...signatures.flatMap(({ reasons }) => reasons.map((reason) => JSON.stringify(reason))),
    ]);
    const verdicts = [...new Set(own.map(({ verdict }) => verdict))];
    if (family === 'archive') {
      // An archive is refused as a whole, so no document of it is in the report; why is told to people.
      const told = stderr.split('\n').find((line) => line.includes(name)) ?? '';
      const isTold = own.length === 0 && told.includes(en.skipped[code as keyof typeof en.skipped]);
      seen[id] = isTold ? code : told;
      expected[id] = code;
      continue;
    }
    const isRefused =
      own.length > 0 &&
      !verdicts.includes('valid') &&
      said.some((text) => text === code || text.includes(`"${code}"`));
    seen[id] = isRefused ? code : `${verdicts.join()} ${said.join(' ')}`;
    expected[id] = code;
  }
  expect(seen).toEqual(expected);
  expect(Object.keys(seen).length).toBeGreaterThanOrEqual(140);
}, 180_000);
