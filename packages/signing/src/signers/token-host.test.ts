import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claim, identityOf, now } from '../../test/documents.ts';
import { createSoftHsm, softhsmModule } from '../../test/softhsm.ts';
import type { SoftHsm } from '../../test/softhsm.ts';
import { sign, verify } from '../index.ts';
import type { SigningError } from '../index.ts';
import { hostedPkcs11Signer } from './token-host.ts';

let softhsm: SoftHsm;
const pin = '24681357';
const { identity } = identityOf({});
beforeAll(() => {
  softhsm = createSoftHsm();
  softhsm.createToken('unit', pin);
  softhsm.importIdentity('unit', pin, identity, 'a1');
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
