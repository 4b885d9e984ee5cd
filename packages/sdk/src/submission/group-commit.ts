/** Makes what arrives in one turn of the loop, and while an earlier group is being written, durable together. */
export interface GroupCommit<Entry> {
  /** Resolves when the entry is durable; rejects with what `write` says of it, or of the whole group. */
  add(entry: Entry): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export interface GroupOptions<Entry> {
  /** Largest group. */
  readonly limit: number;
  /** Two entries of one subject never share a group. */
  readonly subjectOf: (entry: Entry) => number;
  /** Gives the error of each entry that was refused; throws when nothing became durable. */
  readonly write: (group: readonly Entry[]) => Promise<ReadonlyMap<Entry, unknown>>;
}

interface Waiting<Entry> {
  readonly entry: Entry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createGroupCommit<Entry>(options: GroupOptions<Entry>): GroupCommit<Entry> {
  const { limit, subjectOf, write } = options;
  let waiting: Waiting<Entry>[] = [];
  let flushing: Promise<void> | undefined;

  const takeGroup = (): Waiting<Entry>[] => {
    const subjects = new Set<number>();
    const group: Waiting<Entry>[] = [];
    const later: Waiting<Entry>[] = [];
    for (const one of waiting) {
      const subject = subjectOf(one.entry);
      if (group.length < limit && !subjects.has(subject)) group.push(one);
      else later.push(one);
      subjects.add(subject);
    }
    waiting = later;
    return group;
  };

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = takeGroup();
      try {
        const refused = await write(group.map(({ entry }) => entry));
        for (const { entry, resolve, reject } of group) {
          if (refused.has(entry)) reject(refused.get(entry));
          else resolve();
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    flushing = undefined;
  };

  return {
    add: (entry) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ entry, resolve, reject });
        flushing ??= new Promise<void>((done) => setImmediate(done)).then(flush);
      }),
    idle: async () => {
      await flushing;
    },
  };
}
