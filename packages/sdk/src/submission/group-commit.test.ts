import { expect, it } from 'vitest';
import { createGroupCommit } from './group-commit.ts';

interface Change {
  readonly item: number;
  readonly text: string;
}

it('writes what arrives together in one group, and what arrives meanwhile in the next', async () => {
  const groups: string[][] = [];
  const group = createGroupCommit<Change>({
    limit: 3,
    subjectOf: ({ item }) => item,
    async write(changes) {
      groups.push(changes.map(({ text }) => text));
      await new Promise((resolve) => setImmediate(resolve));
      return new Map();
    },
  });
  await Promise.all([1, 2, 3, 4, 5].map((item) => group.add({ item, text: `${item}` })));
  expect(groups).toEqual([
    ['1', '2', '3'],
    ['4', '5'],
  ]);
});

it('keeps two changes of one item apart and in order', async () => {
  const groups: string[][] = [];
  const group = createGroupCommit<Change>({
    limit: 10,
    subjectOf: ({ item }) => item,
    async write(changes) {
      groups.push(changes.map(({ text }) => text));
      return new Map();
    },
  });
  await Promise.all(['1a', '1b', '2a', '1c', '2b'].map((text) => group.add({ item: Number(text[0]), text })));
  expect(groups).toEqual([['1a', '2a'], ['1b', '2b'], ['1c']]);
});

it('tells each entry its own refusal, all of them a failure of the write, and goes on', async () => {
  let broken = false;
  const group = createGroupCommit<Change>({
    limit: 10,
    subjectOf: ({ item }) => item,
    async write(changes) {
      if (broken) throw new Error('disk');
      return new Map(changes.filter(({ item }) => item === 2).map((change) => [change, new Error('taken')]));
    },
  });
  const all = (): Promise<PromiseSettledResult<void>[]> =>
    Promise.allSettled([1, 2, 3].map((item) => group.add({ item, text: '' })));
  expect((await all()).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  broken = true;
  expect((await all()).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  broken = false;
  expect((await all()).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await group.idle();
});
