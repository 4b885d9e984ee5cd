import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink, writeFile } from 'node:fs/promises';

/** An open file of the journal's surroundings. */
export interface JournalFile {
  /** Appends and returns the offset at which the bytes stand. */
  append(bytes: Uint8Array): Promise<number>;
  writeAt(bytes: Uint8Array, position: number): Promise<void>;
  readAt(length: number, position: number): Promise<Uint8Array>;
  size(): Promise<number>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** The file system as the journal uses it; tests give one that fails at the n-th call. */
export interface JournalFiles {
  makeFolder(path: string): Promise<void>;
  openFile(path: string, access: 'read' | 'write'): Promise<JournalFile>;
  /** Null when there is no such file. */
  read(path: string): Promise<Uint8Array | null>;
  /** Fails with EEXIST when the file is there. Another process sees the file whole or not at all. */
  create(path: string, bytes: Uint8Array, mode: number): Promise<void>;
  remove(path: string): Promise<void>;
}

export const realFiles: JournalFiles = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  async openFile(path, access) {
    const exists = await stat(path).then(
      () => true,
      () => false,
    );
    const handle = await open(path, access === 'read' ? 'r' : exists ? 'r+' : 'w+', 0o600);
    let end = (await handle.stat()).size;
    return {
      async append(bytes) {
        const at = end;
        end += bytes.length;
        await writeFully(handle, bytes, at);
        return at;
      },
      writeAt: (bytes, position) => writeFully(handle, bytes, position),
      async readAt(length, position) {
        const bytes = Buffer.alloc(length);
        const { bytesRead } = await handle.read(bytes, 0, length, position);
        return bytes.subarray(0, bytesRead);
      },
      size: async () => (await handle.stat()).size,
      datasync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
  async read(path) {
    try {
      return await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  },
  create: createWhole,
  remove: (path) => unlink(path),
};

/** File systems that have no hard links say so with one of these. */
const noLinks: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

async function createWhole(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const whole = `${path}.${randomBytes(6).toString('hex')}.new`;
  await writeFile(whole, bytes, { flag: 'wx', mode, flush: true });
  try {
    await link(whole, path);
  } catch (error) {
    if (!noLinks.has((error as NodeJS.ErrnoException).code)) throw error;
    await writeFile(path, bytes, { flag: 'wx', mode });
  } finally {
    await unlink(whole);
  }
}

async function writeFully(
  handle: Awaited<ReturnType<typeof open>>,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}
