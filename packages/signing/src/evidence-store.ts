import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { SigningError } from './errors.ts';
import type { SignatureEvidence } from './evidence.ts';

/** What was destroyed, and when: the proof that it was is itself kept, and holds nothing of the signer. */
export interface DestroyedEvidence {
  readonly id: string;
  readonly documentSha256: string;
  readonly verifiedAt: string;
  readonly destroyedAt: string;
}

/** Evidence in a folder, one file each (TT 15/2025/TT-BKHCN, articles 5 and 6: stored as long as it is needed, then destroyed). */
export interface EvidenceStore {
  /** Writes it whole or not at all; the same evidence keeps its id. */
  keep(evidence: SignatureEvidence): string;
  /** Throws `ERR_EVIDENCE_DAMAGED` when there is none of that id, or it was altered. */
  read(id: string): SignatureEvidence;
  ids(): readonly string[];
  /** Overwrites and removes it, and notes that it did. Throws `ERR_EVIDENCE_DAMAGED` when there is none of that id. */
  destroy(id: string): DestroyedEvidence;
  /** Destroys all that was verified before a moment, whose time of keeping is over. */
  destroyBefore(moment: Date): readonly DestroyedEvidence[];
}

const journal = 'destroyed.jsonl';

export function openEvidenceStore(folder: string, options: { readonly now: () => Date }): EvidenceStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: string): string => {
    if (!/^[0-9a-f]{64}$/.test(id)) throw new SigningError('ERR_EVIDENCE_DAMAGED', { part: 'id' });
    return join(folder, `${id}.json`);
  };
  const store: EvidenceStore = {
    keep(evidence) {
      const text = JSON.stringify(evidence);
      const id = createHash('sha256').update(text).digest('hex');
      const temporary = join(folder, `.${id}.tmp`);
      writeThrough(temporary, 'w', Buffer.from(text));
      renameSync(temporary, pathOf(id));
      return id;
    },
    read(id) {
      let text: string;
      try {
        text = readFileSync(pathOf(id), 'utf8');
      } catch (cause) {
        throw new SigningError('ERR_EVIDENCE_DAMAGED', { part: 'file' }, cause);
      }
      if (createHash('sha256').update(text).digest('hex') !== id)
        throw new SigningError('ERR_EVIDENCE_DAMAGED', { part: 'content' });
      return JSON.parse(text) as SignatureEvidence;
    },
    ids: () =>
      readdirSync(folder)
        .filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
        .map((name) => name.slice(0, -'.json'.length))
        .sort(),
    destroy(id) {
      const { documentSha256, verifiedAt } = store.read(id);
      const path = pathOf(id);
      writeThrough(path, 'r+', Buffer.alloc(statSync(path).size));
      rmSync(path);
      const destroyed = { id, documentSha256, verifiedAt, destroyedAt: options.now().toISOString() };
      appendFileSync(join(folder, journal), `${JSON.stringify(destroyed)}\n`, { mode: 0o600 });
      return destroyed;
    },
    destroyBefore: (moment) =>
      store
        .ids()
        .filter((id) => store.read(id).verifiedAt < moment.toISOString())
        .map((id) => store.destroy(id)),
  };
  return store;
}

function writeThrough(path: string, flags: 'w' | 'r+', content: Buffer): void {
  const descriptor = openSync(path, flags, 0o600);
  try {
    for (let written = 0; written < content.length;)
      written += writeSync(descriptor, content, written, content.length - written, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
