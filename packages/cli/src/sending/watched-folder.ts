import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { cliError } from '../cli-error.ts';
import { documentName } from '../inputs/expand-paths.ts';

/** Where a document of a watched folder goes when its outcome is final. */
export type FinalFolder = 'done' | 'rejected';

/** A folder that a hospital system writes into. Sub-folders are not looked at. */
export interface WatchedFolder {
  /** Documents whose size and time did not change since the last look, by name; at most `limit`. */
  look(limit: number): readonly string[];
  /** Moves a document in one step; a name that is taken gets the first digits of the hash. */
  move(path: string, to: FinalFolder, sha256: string | null): void;
  /** The document stays; it is not looked at again for a while unless it changes. */
  stay(path: string): void;
}

interface Seen {
  readonly size: number;
  readonly changedAt: number;
  readonly quietUntil: number;
}

/** How long an open outcome rests before it is asked for again. */
const quiet = 30_000;

/** Throws ERR_INPUT_UNREADABLE when there is no such folder, ERR_OUTPUT_UNWRITABLE when `done` cannot be made. */
export function watchFolder(folder: string, elapsed: () => number): WatchedFolder {
  let seen = new Map<string, Seen>();
  const names = (): string[] => {
    try {
      return readdirSync(folder).filter(documentName).sort();
    } catch (cause) {
      throw cliError('ERR_INPUT_UNREADABLE', { path: folder, why: codeOf(cause) }, cause);
    }
  };
  names();
  for (const name of ['done', 'rejected'])
    writing(join(folder, name), (path) => mkdirSync(path, { recursive: true }));

  return {
    look(limit) {
      const settled: string[] = [];
      const now = new Map<string, Seen>();
      for (const name of names()) {
        const path = join(folder, name);
        const status = statSync(path, { throwIfNoEntry: false });
        if (status?.isFile() !== true || name.startsWith('.')) continue;
        const before = seen.get(path);
        const same = before?.size === status.size && before.changedAt === status.mtimeMs;
        now.set(path, {
          size: status.size,
          changedAt: status.mtimeMs,
          quietUntil: same ? before.quietUntil : 0,
        });
        if (same && elapsed() >= before.quietUntil && settled.length < limit) settled.push(path);
      }
      seen = now;
      return settled;
    },
    move(path, to, sha256) {
      const name = path.slice(folder.length).replace(/^[/\\]+/, '');
      let target = join(folder, to, name);
      if (existsSync(target)) {
        const ending = extname(name);
        target = join(folder, to, `${name.slice(0, -ending.length)}-${(sha256 ?? '').slice(0, 16)}${ending}`);
      }
      writing(target, () => renameSync(path, target));
      seen.delete(path);
    },
    stay(path) {
      const entry = seen.get(path);
      if (entry !== undefined) seen.set(path, { ...entry, quietUntil: elapsed() + quiet });
    },
  };
}

function writing(path: string, write: (path: string) => void): void {
  try {
    write(path);
  } catch (cause) {
    // Somebody took the document away meanwhile; its outcome is in the journal.
    if (codeOf(cause) === 'ENOENT') return;
    throw cliError('ERR_OUTPUT_UNWRITABLE', { path, why: codeOf(cause) }, cause);
  }
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? '';
}
