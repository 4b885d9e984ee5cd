import Database from 'libsql';
import type { SqliteDatabase } from 'kysely';
import { describe, expect, it } from 'vitest';
import { cacheStatements } from './statement-cache.ts';

function open(): SqliteDatabase {
  const database = new Database(':memory:') as unknown as SqliteDatabase;
  database.prepare('create table t (id integer primary key, name text not null)').run([]);
  return cacheStatements(database);
}

describe('a database with compiled statements', () => {
  it('runs one statement many times with other values', () => {
    const database = open();
    for (let id = 0; id < 250; id += 1) {
      database.prepare('insert into t values (?, ?)').run([id, `n${id}`]);
      expect(database.prepare('select name from t where id = ?').all([id])).toEqual([{ name: `n${id}` }]);
    }
    expect(database.prepare('select id from t').all([])).toHaveLength(250);
    expect(database.prepare('select id from t where id < ?').all([100])).toHaveLength(100);
    expect(database.prepare('select id from t where id < ?').all([0])).toEqual([]);
  });

  it('goes on with a statement that failed', () => {
    const database = open();
    const insert = (id: number): unknown => database.prepare('insert into t values (?, ?)').run([id, 'x']);
    insert(1);
    expect(() => insert(1)).toThrow();
    insert(2);
    expect(() => insert(2)).toThrow();
    expect(database.prepare('select count(*) as n from t').all([])).toEqual([{ n: 2 }]);
  });

  it('sees a column that was added after it was compiled', () => {
    const database = open();
    database.prepare('insert into t values (?, ?)').run([1, 'x']);
    expect(database.prepare('select * from t').all([])).toEqual([{ id: 1, name: 'x' }]);
    database.prepare('alter table t add column more text').run([]);
    expect(database.prepare('select * from t').all([])).toEqual([{ id: 1, name: 'x', more: null }]);
  });

  it('keeps rows that are taken one by one apart', () => {
    const database = open();
    for (let id = 1; id <= 3; id += 1) database.prepare('insert into t values (?, ?)').run([id, 'x']);
    const text = 'select id from t order by id';
    const first = database.prepare(text).iterate([]);
    expect(first.next().value).toEqual({ id: 1 });
    const second = database.prepare(text).iterate([]);
    expect([...second]).toHaveLength(3);
    expect([...first]).toEqual([{ id: 2 }, { id: 3 }]);
  });

  it('leaves no read behind that would keep a later commit from being seen', () => {
    const database = open();
    expect(database.prepare('select id from t limit 1').all([])).toEqual([]);
    database.prepare('begin immediate').run([]);
    database.prepare('insert into t values (?, ?)').run([1, 'x']);
    database.prepare('commit').run([]);
    expect(database.prepare('select id from t limit 1').all([])).toEqual([{ id: 1 }]);
  });
});
