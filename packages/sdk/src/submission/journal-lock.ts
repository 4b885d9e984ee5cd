import type { BhxhError } from '../errors/bhxh-error.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import type { JournalFiles } from './journal-files.ts';
import { isProvablyGone, type ProcessIdentity, thisProcess } from './process-identity.ts';
import type { Database } from './sqlite.ts';

/** Held while a process may write to a journal. */
export interface JournalLock {
  release(): Promise<void>;
}

/**
 * Two locks for one purpose. The operating system's lock on a small database beside the journal ends with the process
 * whatever happens to it; the owner file says who holds the journal and covers shared folders, where the first kind
 * may not reach other machines. A left-over owner file is taken over only when its owner is provably gone.
 *
 * @throws BhxhError `usage` (exit 2) when another process has the journal
 */
export async function lockJournal(
  path: string,
  files: JournalFiles,
  openDatabase: (path: string) => Database,
): Promise<JournalLock> {
  const ownerPath = `${path}.lock`;
  const guard = openDatabase(`${path}.lock-guard`);
  try {
    guard.exec('PRAGMA busy_timeout = 0');
    guard.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    guard.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw busy(path, await readOwner(ownerPath, files));
  }
  try {
    const owner = await readOwner(ownerPath, files);
    if (owner !== null) {
      if (owner === 'unreadable' || !(await isProvablyGone(owner))) throw busy(path, owner);
      await files.remove(ownerPath);
    }
    await files.create(ownerPath, Buffer.from(JSON.stringify(await thisProcess())), 0o600);
  } catch (error) {
    guard.close();
    throw error;
  }
  return {
    async release() {
      await files.remove(ownerPath).catch(() => {});
      guard.close();
    },
  };
}

async function readOwner(path: string, files: JournalFiles): Promise<ProcessIdentity | 'unreadable' | null> {
  const bytes = await files.read(path);
  if (bytes === null) return null;
  try {
    const { host, boot, pid, started } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<
      string,
      unknown
    >;
    if (
      typeof host === 'string' &&
      typeof boot === 'string' &&
      Number.isInteger(pid) &&
      typeof started === 'string'
    ) {
      return { host, boot, pid: pid as number, started };
    }
  } catch {
    return 'unreadable';
  }
  return 'unreadable';
}

function busy(path: string, owner: ProcessIdentity | 'unreadable' | null): BhxhError {
  const who = owner === null || owner === 'unreadable' ? '?' : `pid ${owner.pid}, ${owner.host}`;
  return gatewayError('ERR_JOURNAL_BUSY', { category: 'usage', retry: 'never', values: { who, path } });
}
