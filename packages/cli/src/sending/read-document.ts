import { readFileSync } from 'node:fs';
import { type Archive, openArchive } from '../inputs/zip-archive.ts';
import { readWhole } from '../read-inputs.ts';

/** Reads planned documents by their path, also those inside archives (`a.zip!x.xml`), which stay open meanwhile. */
export interface DocumentReader {
  read(path: string): Promise<Uint8Array>;
  close(): void;
}

export function openDocumentReader(): DocumentReader {
  const archives = new Map<string, Promise<Archive | string>>();
  return {
    async read(path) {
      const inside = /^(.*\.zip)!(.*)$/is.exec(path);
      if (inside === null) return readFileSync(path);
      const [, archivePath = '', name = ''] = inside;
      let opening = archives.get(archivePath);
      if (opening === undefined) archives.set(archivePath, (opening = openArchive(archivePath)));
      const archive = await opening;
      const file = typeof archive === 'string' ? undefined : archive.documents.get(name);
      if (file === undefined) throw Object.assign(new Error('no such entry'), { code: 'ENOENT' });
      return readWhole(file);
    },
    close() {
      for (const opening of archives.values()) {
        void opening.then((archive) => (typeof archive === 'string' ? undefined : archive.close()));
      }
    },
  };
}
