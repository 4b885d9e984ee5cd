// The built command and the built reference server as processes, as a user starts them.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { smallClaim } from '../../sdk/test/fault-gateway.ts';

export const bhxh: string = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');

export interface Account {
  readonly username: string;
  readonly password: string;
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Nothing of this machine's user: an own home, no locale. */
export function surroundingsOf(folder: string, url: string, account: Account): Surroundings {
  return {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      BHXH_URL: url,
      BHXH_FACILITY: '99001',
      BHXH_USERNAME: account.username,
      BHXH_PASSWORD: account.password,
    },
  };
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** `input` is what standard input holds; null leaves it open, as somebody who still writes does. */
export function startBhxh(
  words: readonly string[],
  { cwd, env }: Surroundings,
  input: string | null = '',
): Running {
  const child = spawn(process.execPath, [bhxh, ...words, '--lang', 'en'], {
    cwd,
    env: env as NodeJS.ProcessEnv,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => (stdout += piece));
  child.stderr.on('data', (piece) => (stderr += piece));
  child.stdin.on('error', () => {});
  if (input !== null) child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (status) => resolve({ status, stdout, stderr })),
  );
  return { process: child, ended };
}

export function runBhxh(words: readonly string[], around: Surroundings, input?: string): Promise<Ended> {
  return startBhxh(words, around, input).ended;
}

export interface ServerProcess {
  readonly url: string;
  readonly account: Account;
  readonly ready: ReadyFile;
  /** SHA-256 of every document that it holds, as its store says. */
  held(): string[];
  stop(): Promise<void>;
}

export interface ReadyFile {
  readonly url: string;
  readonly accounts: readonly (Account & { readonly facility: string | null })[];
  readonly keys: readonly { readonly facility: string; readonly ref: string; readonly pinFile: string }[];
}

/** The reference server in a process of its own, with its store in the folder. */
export async function startServer(folder: string, words: readonly string[] = []): Promise<ServerProcess> {
  const readyFile = join(folder, 'ready.json');
  const store = join(folder, 'server.sqlite');
  rmSync(readyFile, { force: true });
  const child = spawn(
    process.execPath,
    [bhxh, 'mock', 'start', '--demo', '--store', store, '--ready-file', readyFile, ...words],
    { stdio: 'ignore' },
  );
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await until(() => existsSync(readyFile));
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as ReadyFile;
  return {
    url: ready.url,
    account: ready.accounts.find(({ facility }) => facility === '99001')!,
    ready,
    held() {
      const db = new Libsql(store, { readonly: true } as never);
      try {
        return (db.prepare('SELECT sha256 FROM submission').all() as { sha256: string }[]).map(
          ({ sha256 }) => sha256,
        );
      } finally {
        db.close();
      }
    },
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Fails after a long while, so that a slow machine is no failure. */
export async function until(holds: () => boolean, patience = 120_000): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    if (waited > patience) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Claims numbered from `first` on; their paths and hashes. */
export function writeClaims(
  to: string,
  count: number,
  first = 1,
  padding = 200,
): { readonly paths: string[]; readonly hashes: Set<string> } {
  mkdirSync(to, { recursive: true });
  const paths: string[] = [];
  const hashes = new Set<string>();
  for (let number = first; number < first + count; number++) {
    const bytes = smallClaim(number, padding);
    const path = join(to, `${String(number).padStart(6, '0')}.xml`);
    writeFileSync(path, bytes);
    paths.push(path);
    hashes.add(createHash('sha256').update(bytes).digest('hex'));
  }
  return { paths, hashes };
}

/** Only Linux loads a shim in front of the calls of a program as `failingCalls` compiles it. */
export const canFailCalls: boolean = process.platform === 'linux';

/** Compiles the shim that makes calls to the disk fail. */
export function failingCalls(folder: string): string {
  const library = join(folder, 'failing-calls.so');
  const source = join(import.meta.dirname, 'faults', 'failing-calls.c');
  const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (compiler === undefined) throw new Error('no C compiler');
  const { status, stderr } = spawnSync(compiler, ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return library;
}
