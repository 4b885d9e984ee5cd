import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTokenWorld, mst, pin, readJson } from './token-world.ts';
import type { TokenWorld } from './token-world.ts';

let world: TokenWorld;
beforeAll(() => {
  world = createTokenWorld();
  world.softhsm.createToken('twin', pin);
  world.softhsm.createToken('twin', pin);
}, 60_000);
afterAll(() => world.remove());
beforeEach(() => world.shim.behave('tries 5'));

const rightly = 'C_Login 1 pin 0x0';

describe('the PIN', () => {
  const probe = (...words: string[]): string[] => ['token', 'test', '--key', world.key, ...words];

  test('is read from a file, whose end of line does not count', () => {
    const { status, stdout, stderr } = world.run(probe('--pin-file', world.pinFile));
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/✓ signed and verified · bhxh-xml · rsa-sha256 · CKM_RSA_PKCS · [\d.]+ ms/);
    expect(stdout).toMatch(/✓ signed and verified · bhxh-xml-pss · rsa-pss-sha256 · CKM_RSA_PKCS_PSS/);
    expect(world.logins()).toEqual([rightly]);
  });

  test('is read from a descriptor once, even where the key wants it for each signature', () => {
    world.shim.behave(`always ${pin}`);
    const third = openSync(world.pinFile, 'r');
    const { status, stderr } = world.run(probe('--pin-fd', '3'), { third });
    closeSync(third);
    expect(status, stderr).toBe(0);
    expect(world.logins()).toEqual([rightly, ...Array<string>(6).fill('C_Login 2 pin 0x0')]);
  });

  test('is read from the environment, after a file and before anything else', () => {
    expect(world.run(probe(), { env: { BHXH_PIN: pin } }).status).toBe(0);
    const both = world.run(probe('--pin-file', world.pinFile), { env: { BHXH_PIN: '00000000' } });
    expect(both.status).toBe(0);
    expect(world.logins()).toEqual([rightly, rightly]);
  });

  test('is typed on a terminal without being shown, and letters can be taken back', () => {
    const typed = world.onTerminal(probe(), {
      waitFor: 'PIN (pkcs11:token=unit)',
      type: '2468đ\x7f13x\x08579\x7f\r',
    });
    expect(typed.status, typed.output).toBe(0);
    expect(typed.output).toContain('signed and verified');
    expect(typed.output).not.toMatch(/2468|1357/);
    expect(world.logins()).toEqual([rightly]);
  });

  test('is typed on the terminal also while documents come through standard input', () => {
    const document = join(world.folder, 'claim.xml');
    writeFileSync(document, '<GIAMDINHHS><CHUKYDONVI/></GIAMDINHHS>');
    const words = ['sign', '-', '--key', world.key, '--out', 'from-stdin.xml', '--force'];
    const typed = world.onTerminal(words, { waitFor: 'PIN (', type: `${pin}\r`, stdin: document });
    expect(typed.status, typed.output).toBe(0);
    expect(world.run(['verify', 'from-stdin.xml', '--trust', world.trust]).status).toBe(0);
  });

  test('is not asked for again after Ctrl-C at the prompt, which ends the command', () => {
    const typed = world.onTerminal(probe(), { waitFor: 'PIN (', type: '24\x03' });
    expect(typed.status, typed.output).toBe(130);
    expect(world.logins()).toEqual([]);
  });

  test('that is wrong is tried exactly once and stands in no output', () => {
    const { status, stdout, stderr } = world.run(probe('--format', 'json'), {
      env: { BHXH_PIN: '19283746' },
    });
    expect(status).toBe(8);
    expect(readJson<{ error: { code: string } }>(stdout).error.code).toBe('ERR_PIN_INCORRECT');
    expect(stdout + stderr).not.toContain('19283746');
    expect(world.logins()).toEqual(['C_Login 1 pin 0xa0']);
    expect(world.run(probe(), { env: { BHXH_PIN: pin } }).stderr).toContain('few attempts are left');
  });

  test('that nobody gives is missed without a login, and is never taken from the command line', () => {
    const missing = world.run(probe());
    expect([missing.status, missing.stderr]).toEqual([8, expect.stringContaining('ERR_PIN_MISSING')]);
    expect(world.run(probe('--pin', pin)).status).toBe(2);
    const mistaken = world.run(probe('--pin-fd', `x${pin}`));
    expect([mistaken.status, mistaken.stderr]).toEqual([2, expect.not.stringContaining(pin)]);
    expect(world.run(probe('--pin-file', 'nowhere.txt')).status).toBe(9);
    const inUri = world.run(['token', 'test', '--key', `pkcs11:token=unit?pin-value=${pin}`]);
    expect([inUri.status, inUri.stderr]).toEqual([2, expect.not.stringContaining(pin)]);
    expect(world.logins()).toEqual([]);
  });
});

interface Listed {
  readonly tokens: readonly {
    readonly label: string;
    readonly uri: string;
    readonly pinState: string;
    readonly slotId: number;
    readonly certificates: readonly { readonly ids: readonly string[]; readonly daysLeft: number }[];
  }[];
  readonly failed: readonly { readonly module: string; readonly code: string }[];
}

test('tokens are listed with driver, slot, tax code, days left and the state of the PIN', () => {
  for (const [left, state, words] of [
    ['5', 'ok', 'PIN          ok'],
    ['4', 'count-low', 'few attempts left'],
    ['1', 'final-try', 'one attempt left'],
    ['0', 'locked', 'locked'],
  ] as const) {
    writeFileSync(`${world.shim.path}.tries`, left);
    const list = ['token', 'list', '--module', world.shim.path];
    const listed = readJson<Listed>(world.run([...list, '--format', 'json']).stdout);
    const unit = listed.tokens.find(({ label }) => label === 'unit')!;
    expect(unit).toMatchObject({ pinState: state, certificates: [{ ids: [`MST:${mst}`] }] });
    expect(unit.certificates[0]!.daysLeft).toBeGreaterThan(300);
    const { stdout } = world.run(list);
    expect(stdout).toContain(words);
    expect(stdout).toMatch(new RegExp(`MST:${mst}[\\s\\S]*\\d{4}-\\d\\d-\\d\\d · \\d+ days left`));
    expect(stdout).toContain(`${unit.slotId} · `);
  }
  writeFileSync(`${world.shim.path}.tries`, '5');
  expect(world.logins()).toEqual([]);
});

test('one token is told in full by the reference that the list shows, and several are never guessed among', () => {
  const { stdout } = world.run(['token', 'list', '--module', world.shim.path, '--format', 'json']);
  const { tokens } = readJson<Listed>(stdout);
  const [twin] = tokens.filter(({ label }) => label === 'twin');
  const info = world.run(['token', 'info', '--key', twin!.uri, '--format', 'json']);
  expect(readJson<{ token: object }>(info.stdout).token).toMatchObject({
    uri: twin!.uri,
    mechanisms: expect.any(Array),
  });
  const unit = world.run(['token', 'info', '--key', world.key]);
  expect(unit.stdout).toMatch(/CKM_RSA_PKCS_PSS[\s\S]*RSA 2048[\s\S]*SHA-256 {2,}[0-9a-f]{64}/);
  const both = world.run(['token', 'info', '--key', 'pkcs11:token=twin', '--module', world.shim.path]);
  expect(both.status).toBe(8);
  expect(both.stderr).toContain('ERR_TOKEN_AMBIGUOUS');
  for (const { label, uri } of tokens) if (label === 'twin') expect(both.stderr).toContain(uri);
  expect(
    world.run(['token', 'info', '--key', 'pkcs11:token=nobody', '--module', world.shim.path]).status,
  ).toBe(8);
  expect(world.run(['token', 'info', '--key', 'file:x.p12']).status).toBe(2);
});

test('a driver that crashes or is missing is told, and the others are listed', () => {
  world.shim.behave('crash C_GetSlotList');
  const words = ['token', 'list', '--module', world.shim.path, '--module', `${world.shim.path}.real.so`];
  const { status, stdout, stderr } = world.run([...words, '--format', 'json']);
  expect(status, stderr).toBe(0);
  const listed = readJson<Listed>(stdout);
  expect(listed.failed).toEqual([{ module: world.shim.path, code: 'ERR_MODULE_UNUSABLE' }]);
  expect(listed.tokens.map(({ label }) => label).sort()).toEqual(['twin', 'twin', 'unit']);
  const missing = world.run(['token', 'list', '--module', '/nowhere/x.so']);
  expect([missing.status, missing.stderr]).toEqual([8, expect.stringContaining('ERR_MODULE_MISSING')]);
});

test('without a module named, installed drivers are searched, and doctor shows what is plugged in', () => {
  const found = world.run(['token', 'test', '--key', 'pkcs11:token=unit', '--pin-file', world.pinFile]);
  expect(found.status, found.stderr).toBe(0);
  const doctor = world.run(['doctor']);
  expect(doctor.stdout).toMatch(/✓ PKCS#11 loader: pkcs11js, koffi/);
  expect(doctor.stdout).toMatch(
    new RegExp(`Token: unit · MST:${mst} · .* · \\d+ days left · PIN ok · Slot \\d+ · /`),
  );
});
