import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openJournal } from './journal.ts';
import { journalPath, stateFolder } from './state-folder.ts';

const now = (): Date => new Date();

it('is where each system keeps state', () => {
  expect(stateFolder({ HOME: '/home/a' }, 'linux')).toBe('/home/a/.local/state/bhxh');
  expect(stateFolder({ HOME: '/home/a', XDG_STATE_HOME: '/state' }, 'linux')).toBe('/state/bhxh');
  expect(stateFolder({ HOME: '/Users/a' }, 'darwin')).toBe('/Users/a/Library/Application Support/bhxh');
  expect(stateFolder({ LOCALAPPDATA: 'C:/Users/a/AppData/Local' }, 'win32')).toContain('bhxh');
  expect(stateFolder({ BHXH_STATE_HOME: '/here' }, 'linux')).toBe('/here');
});

it('has one journal for each environment and sender, under a harmless name', () => {
  expect(journalPath('/s', 'mock', '99001')).toBe(join('/s', 'journals', 'mock-99001.journal'));
  expect(journalPath('/s', 'mock', '../x/y')).toBe(join('/s', 'journals', 'mock-.._x_y.journal'));
});

it('names the variable that is missing or leads to a folder that cannot be used', async () => {
  await expect(openJournal({ now, env: {} })).rejects.toMatchObject({
    code: 'ERR_STATE_FOLDER_UNKNOWN',
    category: 'usage',
    message: expect.stringMatching(/HOME|LOCALAPPDATA/),
  });
  const error: unknown = await openJournal({
    now,
    env: { BHXH_STATE_HOME: join(process.execPath, 'x') },
  }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_STATE_FOLDER_UNUSABLE', category: 'usage' });
  expect((error as { hint: { en: string } }).hint.en).toContain('BHXH_STATE_HOME');
});

it('is not needed when the journal is told where to be', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bhxh-state-'));
  const path = join(folder, 'own.journal');
  await (await openJournal({ now, path, env: {} })).close();
  expect((await stat(`${path}.key`)).size).toBe(32);
  await rm(folder, { recursive: true });
});
