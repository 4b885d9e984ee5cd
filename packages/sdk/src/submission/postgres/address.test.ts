import { describe, expect, it } from 'vitest';
import { isPostgresAddress, readPostgresAddress, repairTarget, shownAddress } from './address.ts';

describe('the address of a shared journal', () => {
  it('is told from a path', () => {
    expect(['postgres://h/d', 'POSTGRESQL://h/d'].map(isPostgresAddress)).toEqual([true, true]);
    expect(['/var/night.journal', 'C:\\night', 'postgres.journal'].map(isPostgresAddress)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('names a schema that is its own part, and is shown without its password', () => {
    expect(readPostgresAddress('postgres://u:p@h:5433/d?sslmode=require&schema=night_1')).toEqual({
      connection: 'postgres://u:p@h:5433/d?sslmode=require',
      schema: 'night_1',
      shown: 'postgres://u:***@h:5433/d?sslmode=require&schema=night_1',
    });
    expect(readPostgresAddress('postgres://h/d')).toMatchObject({ schema: 'bhxh_journal' });
    expect(shownAddress('/var/night.journal')).toBe('/var/night.journal');
    expect(shownAddress('postgres://u:p@')).not.toContain(':p@');
  });

  it('is refused when its schema could be anything else than a name', () => {
    for (const schema of ['a;drop', '"a"', 'A', '1a', '', 'a'.repeat(60), 'a.b', 'ă']) {
      expect(readPostgresAddress(`postgres://h/d?schema=${encodeURIComponent(schema)}`)).toBeNull();
    }
  });

  it('is repaired beside itself', () => {
    expect(repairTarget('night.journal')).toBe('night.journal.repaired');
    expect(repairTarget('postgres://u:p@h/d?schema=night')).toBe('postgres://u:p@h/d?schema=night_repaired');
  });
});
