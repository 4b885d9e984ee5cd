import { describe, expect, it } from 'vitest';
import { readTogether } from './read-together.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A database whose queries end when the test says so. */
function slowDatabase(): {
  readonly asked: (readonly string[])[];
  readonly reader: (key: string) => Promise<string | undefined>;
  end(rows?: Readonly<Record<string, string>>): void;
  fail(): void;
} {
  const asked: (readonly string[])[] = [];
  let settle: { resolve(rows: ReadonlyMap<string, string>): void; reject(error: Error): void } | undefined;
  const reader = readTogether<string>({ dialect: 'postgres' }, (keys) => {
    asked.push(keys);
    return new Promise((resolve, reject) => (settle = { resolve, reject }));
  });
  return {
    asked,
    reader,
    end: (rows = {}) => settle?.resolve(new Map(Object.entries(rows))),
    fail: () => settle?.reject(new Error('away')),
  };
}

describe('questions to a database far away', () => {
  it('go together while another is under way, equal ones once', async () => {
    const { asked, reader, end } = slowDatabase();
    const first = reader('a');
    await turn();
    const later = [reader('b'), reader('c'), reader('b')];
    await turn();
    expect(asked).toEqual([['a']]);
    end({ a: 'A' });
    expect(await first).toBe('A');
    await turn();
    expect(asked).toEqual([['a'], ['b', 'c']]);
    end({ b: 'B' });
    expect(await Promise.all(later)).toEqual(['B', undefined, 'B']);
  });

  it('are never answered by a query that began before them', async () => {
    const { asked, reader, end } = slowDatabase();
    const before = reader('token');
    await turn();
    const after = reader('token');
    end({ token: 'active' });
    expect(await before).toBe('active');
    await turn();
    expect(asked).toHaveLength(2);
    end({ token: 'suspended' });
    expect(await after).toBe('suspended');
  });

  it('fail with their own query only', async () => {
    const { reader, end, fail } = slowDatabase();
    const first = reader('a');
    await turn();
    const second = reader('b');
    fail();
    await expect(first).rejects.toThrow('away');
    await turn();
    end({ b: 'B' });
    expect(await second).toBe('B');
  });

  it('suffer nothing from a value beside them that cannot be one', async () => {
    const reader = readTogether<string>({ dialect: 'postgres' }, async (keys) => {
      if (keys.some((key) => key.includes('\0')))
        throw Object.assign(new Error('invalid'), { code: '22021' });
      return new Map(keys.map((key) => [key, key.toUpperCase()]));
    });
    const answers = await Promise.allSettled([reader('a'), reader('b\0'), reader('c')]);
    expect(answers).toMatchObject([
      { value: 'A' },
      { status: 'rejected', reason: { code: '22021' } },
      { value: 'C' },
    ]);
  });

  it('are split when there are very many', async () => {
    const { asked, reader, end } = slowDatabase();
    const all = Array.from({ length: 100 }, (_, number) => reader(String(number)));
    await turn();
    end();
    await turn();
    end();
    expect(await Promise.all(all)).toHaveLength(100);
    expect(asked.map(({ length }) => length)).toEqual([64, 36]);
  });
});

it('an embedded database is asked for each at once', async () => {
  const asked: (readonly string[])[] = [];
  const reader = readTogether<string>({ dialect: 'sqlite' }, async (keys) => {
    asked.push(keys);
    return new Map(keys.map((key) => [key, key.toUpperCase()]));
  });
  expect(await Promise.all([reader('a'), reader('a')])).toEqual(['A', 'A']);
  expect(asked).toEqual([['a'], ['a']]);
});
