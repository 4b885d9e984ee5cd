import { spawnSync } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { buildZip } from './zip-builder.ts';

const folder = join(import.meta.dirname, 'scripts');
const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What each word of a script does; the words are explained in scripts/README.md. */
const words: Readonly<Record<string, (rest: string, world: World) => void>> = {
  write(rest, world) {
    const [name = '', ...text] = rest.split(' ');
    place(world, name, unescaped(text.join(' ')));
  },
  hex(rest, world) {
    const [name = '', ...digits] = rest.split(' ');
    place(world, name, Buffer.from(digits.join(''), 'hex'));
  },
  zip(rest, world) {
    const [name = '', entry = '', ...text] = rest.split(' ');
    place(world, name, buildZip([{ name: entry, content: Buffer.from(unescaped(text.join(' '))) }]));
  },
  folder(rest, world) {
    mkdirSync(join(world.folder, rest), { recursive: true });
  },
  fifo(rest, world) {
    execFileSync('mkfifo', [join(world.folder, rest)]);
  },
  env(rest, world) {
    const [name = '', value = ''] = rest.split('=');
    world.environment[name] = value.replaceAll('$DIR', world.folder);
  },
  stdin(rest, world) {
    world.stdin = unescaped(rest);
  },
  bhxh(rest, world) {
    const args = rest
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => word.replaceAll('$DIR', world.folder));
    const { status, stdout, stderr } = spawnSync(process.execPath, [bhxh, ...args], {
      cwd: world.folder,
      encoding: 'utf8',
      input: world.stdin,
      env: { PATH: process.env['PATH'], HOME: world.folder, ...world.environment },
    });
    world.outcome = { status, stdout, stderr };
    world.stdin = '';
  },
  exit(rest, { outcome }) {
    expect(outcome.status, outcome.stderr + outcome.stdout).toBe(Number(rest));
  },
  out(rest, { outcome }) {
    expect(outcome.stdout).toContain(unescaped(rest));
  },
  'no-out'(rest, { outcome }) {
    expect(outcome.stdout).not.toContain(unescaped(rest));
  },
  err(rest, { outcome }) {
    expect(outcome.stderr).toContain(unescaped(rest));
  },
  'no-err'(rest, { outcome }) {
    expect(outcome.stderr).not.toContain(unescaped(rest));
  },
  json(rest, { outcome }) {
    expect((JSON.parse(outcome.stdout) as { schema: string }).schema).toBe(rest);
    expect(outcome.stdout).not.toContain('\u001B');
  },
  file(rest, world) {
    expect(readFileSync(join(world.folder, rest)).length).toBeGreaterThan(0);
  },
  'no-file'(rest, world) {
    expect(readdirSync(world.folder)).not.toContain(rest);
  },
};

interface World {
  readonly folder: string;
  readonly environment: Record<string, string>;
  stdin: string;
  outcome: Outcome;
}

function place(world: World, name: string, content: string | Buffer): void {
  const path = join(world.folder, unescaped(name));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function unescaped(text: string): string {
  return text.replaceAll(
    /\\([ntse])/g,
    (_, letter: string) => ({ n: '\n', t: '\t', s: ' ', e: '\u001B' })[letter] ?? '',
  );
}

for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
  const sections = readFileSync(join(folder, name), 'utf8').split(/^## /m).slice(1);
  test.each(sections.map((section) => [section.split('\n')[0] ?? '', section] as const))(
    `${name}: %s`,
    (_, section) => {
      const world: World = {
        folder: mkdtempSync(join(tmpdir(), 'bhxh-script-')),
        environment: { LANG: 'en_US.UTF-8' },
        stdin: '',
        outcome: { status: null, stdout: '', stderr: '' },
      };
      try {
        for (const line of section.split('\n').slice(1)) {
          if (line.trim() === '' || line.startsWith('#')) continue;
          const [word = '', ...rest] = line.split(' ');
          const act = words[word];
          if (act === undefined) throw new Error(`${name}: no such word: ${word}`);
          act(rest.join(' '), world);
        }
      } finally {
        rmSync(world.folder, { recursive: true, force: true });
      }
    },
  );
}
