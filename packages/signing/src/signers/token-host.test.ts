import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claim, identityOf, now } from '../../test/documents.ts';
import { createSoftHsm, softhsmModule } from '../../test/softhsm.ts';
import type { SoftHsm } from '../../test/softhsm.ts';
import { createTokenShim } from '../../test/token-shim.ts';
import type { TokenShim } from '../../test/token-shim.ts';
import { sign, verify } from '../index.ts';
import type { SigningError } from '../index.ts';
import { listAllHostedTokens, listHostedTokens } from './hosted-tokens.ts';
import { hostedPkcs11Signer } from './token-host.ts';

let softhsm: SoftHsm;
let shim: TokenShim;
const pin = '24681357';
const { identity } = identityOf({});
beforeAll(() => {
  softhsm = createSoftHsm();
  softhsm.createToken('unit', pin);
  softhsm.importIdentity('unit', pin, identity, 'a1');
  shim = createTokenShim(softhsm.folder);
});
afterAll(() => softhsm.remove());

const open = (counter = { asked: 0 }, given = pin) =>
  hostedPkcs11Signer({
    uri: { token: 'unit' },
    module: softhsmModule,
    sessions: 4,
    pin: async () => {
      counter.asked++;
      return Buffer.from(given);
    },
  });
const code = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (error: SigningError) => error.code,
  );

/** Processes that run the host for this test, by their command line. */
const hosts = (): number[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('token-host-main'))
    .map((line) => Number.parseInt(line, 10));

test('a token in another process signs with its PIN asked once, and the process ends with the signer', async () => {
  const counter = { asked: 0 };
  const signer = await open(counter);
  const signed = await Promise.all(
    Array.from({ length: 20 }, () => sign(claim, signer, { profile: 'bhxh-xml', now })),
  );
  for (const one of signed)
    expect((await verify(one, { profile: 'bhxh-xml', trust: 'not-checked', now })).verdict).toBe('valid');
  expect(counter.asked).toBe(1);
  expect(hosts()).toHaveLength(1);
  await signer.close();
  expect(hosts()).toEqual([]);
  expect(await code(signer.sign(claim, 'rsa-sha256'))).toBe('ERR_TOKEN');
});

test('a wrong PIN, a missing token and a missing module keep their codes, and leave no process behind', async () => {
  expect(await code(open({ asked: 0 }, '00000000'))).toBe('ERR_PIN_INCORRECT');
  expect(await code(hostedPkcs11Signer({ uri: { token: 'nobody' }, module: softhsmModule }))).toBe(
    'ERR_TOKEN_MISSING',
  );
  expect(await code(hostedPkcs11Signer({ uri: {}, module: '/nowhere/x.so' }))).toBe('ERR_MODULE_MISSING');
  expect(await code(hostedPkcs11Signer({ uri: { token: 'unit' }, module: softhsmModule }))).toBe(
    'ERR_PIN_REQUIRED',
  );
  await expect.poll(hosts).toEqual([]);
});

test('a module that crashes takes its own process and not this one', async () => {
  const signer = await open();
  const attempt = code(signer.sign(new Uint8Array(100), 'rsa-sha256'));
  for (const host of hosts()) process.kill(host, 'SIGKILL');
  expect(['ERR_TOKEN', undefined]).toContain(await attempt);
  expect(await code(signer.sign(new Uint8Array(100), 'rsa-sha256'))).toBe('ERR_TOKEN');
  await signer.close();
});

const throughShim = (more: Partial<Parameters<typeof hostedPkcs11Signer>[0]> = {}) =>
  hostedPkcs11Signer({
    uri: { token: 'unit' },
    module: shim.path,
    pin: async () => Buffer.from(pin),
    ...more,
  });

test('a driver that crashes while it is asked for its tokens, or never answers, costs only itself', async () => {
  shim.behave('hang C_GetSlotList');
  expect(await code(listHostedTokens(shim.path, { limitMs: 1000 }))).toBe('ERR_MODULE_TIMEOUT');
  shim.behave('crash C_GetTokenInfo');
  expect(await code(listHostedTokens(shim.path))).toBe('ERR_MODULE_UNUSABLE');
  const { modules, failed } = await listAllHostedTokens([shim.path, softhsmModule]);
  expect(modules.map(({ module }) => module)).toEqual([softhsmModule]);
  expect(modules[0]!.tokens[0]).toMatchObject({
    label: 'unit',
    pinLength: { least: 4 },
    hasKeypad: false,
    certificates: [
      { id: 'a1', fingerprint: identity.certificate.fingerprint256.replaceAll(':', '').toLowerCase() },
    ],
  });
  expect(failed.map(({ error }) => error.code)).toEqual(['ERR_MODULE_UNUSABLE']);
  await expect.poll(hosts).toEqual([]);
});

test('a driver that crashes at the login, or hangs in a signature, leaves the caller free', async () => {
  shim.behave('crash C_Login');
  expect(await code(throughShim())).toBe('ERR_TOKEN');
  shim.behave();
  const signer = await throughShim();
  shim.behave('hang C_SignInit');
  const attempt = code(signer.sign(new Uint8Array(9), 'rsa-sha256', AbortSignal.timeout(300)));
  const other = code(signer.sign(new Uint8Array(9), 'rsa-sha256'));
  expect(await attempt).not.toBe(undefined);
  await signer.close();
  expect(await other).toBe('ERR_TOKEN');
  expect(hosts()).toEqual([]);
});

test('the process with the driver sees none of our variables and outlives Ctrl-C', async () => {
  process.env['BHXH_PIN'] = 'never-seen-there';
  shim.behave();
  const signer = await throughShim();
  delete process.env['BHXH_PIN'];
  const [host] = hosts();
  const variables = execFileSync('ps', ['eww', '-o', 'args=', '-p', String(host)], { encoding: 'utf8' });
  expect(variables).toContain('SOFTHSM2_CONF=');
  expect(variables).not.toContain('never-seen-there');
  process.kill(host!, 'SIGINT');
  process.kill(host!, 'SIGTERM');
  await sign(claim, signer, { profile: 'bhxh-xml', now });
  await signer.close();
});

test('a key that wants the PIN each time asks for it here, and why there was none stays known', async () => {
  shim.behave(`always ${pin}`);
  let asked = 0;
  const signer = await throughShim({
    sessions: 2,
    pin: async () => {
      if (++asked === 4) throw new Error('nobody at the keyboard');
      return Buffer.from(pin);
    },
  });
  await signer.sign(claim, 'rsa-sha256');
  await signer.sign(claim, 'rsa-sha256');
  await expect(signer.sign(claim, 'rsa-sha256')).rejects.toThrow('nobody at the keyboard');
  await signer.sign(claim, 'rsa-sha256');
  expect(asked).toBe(5);
  await signer.close();
});

test('notices, mechanisms and hashes pass between the processes', async () => {
  shim.behave(`keypad ${pin}`, 'tries 3', 'hide 0x1');
  const notices: string[] = [];
  const signer = await throughShim({ tell: (notice) => notices.push(notice) });
  expect(notices).toEqual(['keypad']);
  expect(signer.token.hasKeypad).toBe(true);
  expect(await signer.mechanism('rsa-sha256')).toBe('CKM_SHA256_RSA_PKCS');
  expect(await code(signer.signHash!(new Uint8Array(32), 'rsa-sha256'))).toBe('ERR_MECHANISM_MISSING');
  await signer.close();
});

test('the module is found among all that are installed, without loading any into this process', async () => {
  const signer = await hostedPkcs11Signer({
    uri: { token: 'unit', moduleName: 'softhsm2' },
    module: 'auto',
    pin: async () => Buffer.from(pin),
  });
  expect(signer.token.label).toBe('unit');
  await signer.close();
  expect(await code(hostedPkcs11Signer({ uri: { token: 'nobody' }, module: 'auto' }))).toBe(
    'ERR_TOKEN_MISSING',
  );
});
