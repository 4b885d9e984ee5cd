// What a token must do whichever loader reaches it: the same tests for pkcs11js and koffi, each in a process of its own.
import { copyFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Pkcs11js from 'pkcs11js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claim, identityOf, now } from './documents.ts';
import { createSoftHsm, softhsmModule } from './softhsm.ts';
import type { SoftHsm } from './softhsm.ts';
import { openKey, sign, verify } from '../src/index.ts';
import type { OpenKeyOptions, SigningError } from '../src/index.ts';
import { ckf } from '../src/signers/cryptoki.ts';
import type { Cryptoki } from '../src/signers/cryptoki.ts';
import { pkcs11Signer } from '../src/signers/pkcs11-signer.ts';
import { moduleLoaders, openModule } from '../src/signers/modules.ts';
import type { ModuleLoader } from '../src/signers/modules.ts';
import { knownModulePaths } from '../src/signers/known-modules.ts';
import { pinState } from '../src/signers/token-errors.ts';
import { findModules } from '../src/signers/find-modules.ts';
import { listTokens } from '../src/signers/tokens.ts';

export function describeTokens(loader: ModuleLoader): void {
  let softhsm: SoftHsm;
  const pins = { unit: '24681357', twin: '11112222', ec: '33334444', bare: '55556666' };
  const rsa = identityOf({});
  const ec = identityOf({ keyKind: 'p-256' });
  const twin = identityOf({});

  beforeAll(() => {
    softhsm = createSoftHsm();
    softhsm.createToken('unit', pins.unit);
    softhsm.importIdentity('unit', pins.unit, rsa.identity, 'a1b2');
    softhsm.createToken('curve', pins.ec);
    softhsm.importIdentity('curve', pins.ec, ec.identity, 'c3');
    softhsm.createToken('bare', pins.bare);
    softhsm.importIdentity('bare', pins.bare, twin.identity, 'd4', 'key');
    softhsm.createToken('double', pins.twin);
    softhsm.importIdentity('double', pins.twin, twin.identity, 'e5');
    softhsm.createToken('double', pins.bare);
  });

  afterAll(() => softhsm.remove());

  const options = (pin: string, counter?: { asked: number }): OpenKeyOptions => ({
    module: softhsmModule,
    loader,
    pin: async () => {
      if (counter !== undefined) counter.asked++;
      return Buffer.from(pin);
    },
  });

  const refusal = (attempt: Promise<unknown>): Promise<SigningError> =>
    attempt.then(
      () => {
        throw new Error('was not refused');
      },
      (error: unknown) => error as SigningError,
    );

  const tokenOf = (label: string) =>
    openModule(softhsmModule, moduleLoaders[loader])
      .tokens()
      .find((token) => token.label === label)!;

  test('tokens are listed with their certificates and the state of their PIN, without login', () => {
    const { info, tokens } = listTokens(softhsmModule, moduleLoaders[loader]);
    expect(info.manufacturer).toBe('SoftHSM');
    const unit = tokens.find((token) => token.label === 'unit')!;
    expect(unit).toMatchObject({
      pinState: 'ok',
      module: softhsmModule,
      certificates: [{ id: 'a1b2', label: 'key', ids: [{ type: 'MST' }] }],
    });
    expect(unit.uri).toBe(`pkcs11:token=unit;serial=${unit.serial}?module-path=${softhsmModule}`);
    expect(tokens.map((token) => token.label).sort()).toEqual(['bare', 'curve', 'double', 'double', 'unit']);
    expect(tokens.find((token) => token.label === 'bare')!.certificates).toEqual([]);
  });

  test('modules are found at the places known for each kind of machine, each file once', () => {
    expect(findModules(() => false)).toEqual([]);
    expect(new Set(findModules()).size).toBe(findModules().length);
    expect(knownModulePaths({ platform: 'win32', home: '', systemRoot: 'D:\\Windows' })).toContain(
      'D:\\Windows\\System32\\viettel-ca_v6.dll',
    );
    expect(knownModulePaths({ platform: 'linux', home: '/home/a' })).toContain(
      '/home/a/.uid/viettel-ca_v6.so',
    );
    expect(
      knownModulePaths({ platform: 'darwin', home: '/Users/a' }).every((path) => path.startsWith('/')),
    ).toBe(true);
  });

  // The order of the tests matters: login belongs to the process, so the wrong PIN comes before the right one.
  test('a wrong PIN costs exactly one attempt, and says that few are left', async () => {
    expect(pinState(tokenOf('unit').flags)).toBe('ok');
    const counter = { asked: 0 };
    const error = await refusal(openKey('pkcs11:token=unit', options('00000000', counter)));
    expect(error.code).toBe('ERR_PIN_INCORRECT');
    expect(error.details).toMatchObject({ triesLow: true, pinState: 'count-low' });
    expect(counter.asked).toBe(1);
    expect(String(error) + JSON.stringify(error)).not.toContain('00000000');
  });

  test('the PIN is not asked for when no token holds the wanted certificate', async () => {
    const counter = { asked: 0 };
    const missing: readonly (readonly [uri: string, code: string])[] = [
      ['pkcs11:token=nobody', 'ERR_TOKEN_MISSING'],
      ['pkcs11:token=unit;id=%ff', 'ERR_CERTIFICATE_MISSING'],
      ['pkcs11:token=unit;object=other', 'ERR_CERTIFICATE_MISSING'],
      ['pkcs11:token=bare', 'ERR_CERTIFICATE_MISSING'],
      ['pkcs11:', 'ERR_TOKEN_AMBIGUOUS'],
      ['pkcs11:token=unit?module-path=/nowhere/x.so', 'ERR_MODULE_MISSING'],
    ];
    for (const [uri, code] of missing) {
      expect((await refusal(openKey(uri, options(pins.unit, counter)))).code).toBe(code);
    }
    expect(counter.asked).toBe(0);
  });

  test('a file that is no module is refused before anything is asked', async () => {
    const path = createRequire(import.meta.url).resolve('vitest');
    const error = await refusal(openKey('pkcs11:token=unit', { module: path, loader }));
    expect(error.code).toBe('ERR_MODULE_UNUSABLE');
  });

  test('a token signs a claim with its PIN asked once', async () => {
    const counter = { asked: 0 };
    const signer = await openKey('pkcs11:token=unit;id=%a1%b2', options(pins.unit, counter));
    expect(signer.label).toMatch(/^pkcs11:token=unit;serial=[0-9a-f]+$/);
    for (let count = 0; count < 3; count++) {
      const signed = await sign(claim, signer, { profile: 'bhxh-xml', now });
      expect(
        (await verify(signed, { profile: 'bhxh-xml', trust: { anchors: [rsa.authority.certificate] }, now }))
          .verdict,
      ).toBe('valid');
    }
    expect(counter.asked).toBe(1);
    await signer.close();
  });

  test('the software key and the token make the same PKCS#1 v1.5 signature', async () => {
    const signer = await openKey('pkcs11:token=unit', options(pins.unit));
    const byToken = await sign(claim, signer, { profile: 'bhxh-xml', now });
    const byFile = await sign(claim, rsa.signer, { profile: 'bhxh-xml', now });
    expect(Buffer.compare(byToken, byFile)).toBe(0);
    await signer.close();
  });

  test.each(['bhxh-xml-pss'] as const)(
    'an RSA token signs by %s, the salt as long as the hash',
    async (profile) => {
      const signer = await openKey('pkcs11:token=unit', options(pins.unit));
      const signed = await sign(claim, signer, { profile, now });
      expect((await verify(signed, { profile, trust: 'not-checked', now })).verdict).toBe('valid');
      await signer.close();
    },
  );

  test('an EC token signs', async () => {
    const signer = await openKey('pkcs11:token=curve', options(pins.ec));
    const signed = await sign(claim, signer, { profile: 'bhxh-xml-ecdsa', now });
    expect((await verify(signed, { profile: 'bhxh-xml-ecdsa', trust: 'not-checked', now })).verdict).toBe(
      'valid',
    );
    expect((await refusal(sign(claim, signer, { profile: 'bhxh-xml', now }))).code).toBe(
      'ERR_ALGORITHM_NOT_AVAILABLE',
    );
    await signer.close();
  });

  test('a token without certificate signs with one given beside it, and refuses a foreign one', async () => {
    const given = await openKey('pkcs11:token=bare', {
      ...options(pins.bare),
      certificate: Buffer.from(twin.identity.certificatePem),
    });
    const signed = await sign(claim, given, { profile: 'bhxh-xml', now });
    expect((await verify(signed, { profile: 'bhxh-xml', trust: 'not-checked', now })).verdict).toBe('valid');
    const foreign = await openKey('pkcs11:token=bare', {
      ...options(pins.bare),
      certificate: Buffer.from(rsa.identity.certificatePem),
    });
    expect((await refusal(sign(claim, foreign, { profile: 'bhxh-xml', now }))).code).toBe(
      'ERR_SIGNATURE_WRONG',
    );
    await Promise.all([given.close(), foreign.close()]);
  });

  test('eight sessions sign two hundred documents with one login, and all verify', async () => {
    const counter = { asked: 0 };
    const signer = await openKey('pkcs11:token=unit', { ...options(pins.unit, counter), sessions: 8 });
    const signed = await Promise.all(
      Array.from({ length: 200 }, (_, count) =>
        sign(Buffer.from(claim.toString().replace('100000', String(count + 100_000))), signer, {
          profile: 'bhxh-xml',
          now,
        }),
      ),
    );
    const results = await Promise.all(
      signed.map((one) => verify(one, { profile: 'bhxh-xml', trust: 'not-checked', now })),
    );
    expect(results.filter((result) => result.verdict === 'valid')).toHaveLength(200);
    expect(new Set(signed.map((one) => Buffer.from(one).toString('hex'))).size).toBe(200);
    expect(counter.asked).toBeLessThanOrEqual(1);
    await signer.close();
  });

  test('an abort while waiting for a session ends the wait with the reason of the caller', async () => {
    const signer = await openKey('pkcs11:token=unit', options(pins.unit));
    const abort = new AbortController();
    const first = sign(claim, signer, { profile: 'bhxh-xml', now });
    const second = refusal(sign(claim, signer, { profile: 'bhxh-xml', now, signal: abort.signal }));
    abort.abort();
    await first;
    expect((await second).name).toBe('AbortError');
    await sign(claim, signer, { profile: 'bhxh-xml', now });
    await signer.close();
  });

  test('of two tokens with one label the PIN goes to the one with the certificate, and never to the other', async () => {
    const signer = await openKey('pkcs11:token=double', options(pins.twin));
    const signed = await sign(claim, signer, { profile: 'bhxh-xml', now });
    expect((await verify(signed, { profile: 'bhxh-xml', trust: 'not-checked', now })).verdict).toBe('valid');
    await signer.close();
    const doubles = openModule(softhsmModule, moduleLoaders[loader])
      .tokens()
      .filter((token) => token.label === 'double');
    expect(doubles.map((token) => pinState(token.flags))).toEqual(['ok', 'ok']);
  });

  test.each([
    ['its last try', ckf.userPinFinalTry, 'ERR_PIN_FINAL_TRY'],
    ['its PIN locked', ckf.userPinLocked, 'ERR_PIN_LOCKED'],
  ] as const)('a token with %s is not asked to log in', async (_, flag, code) => {
    // The real module from a file of its own, reporting one flag that SoftHSM never sets.
    const copy = join(softhsm.folder, `${code}.so`);
    copyFileSync(softhsmModule, copy);
    const counter = { asked: 0 };
    const load = (path: string): Cryptoki => {
      const real = moduleLoaders[loader](path);
      return {
        ...real,
        tokenInfo: (slot) => ({ ...real.tokenInfo(slot), flags: real.tokenInfo(slot).flags | flag }),
      };
    };
    const { pin } = options(pins.unit, counter);
    const attempt = pkcs11Signer({ uri: { token: 'unit', modulePath: copy }, pin: pin!, load });
    expect((await refusal(attempt)).code).toBe(code);
    expect(counter.asked).toBe(0);
  });

  test('a session lost to a logout elsewhere is opened again once, with the PIN asked again', async () => {
    const counter = { asked: 0 };
    const signer = await openKey('pkcs11:token=unit', options(pins.unit, counter));
    const pkcs11js = createRequire(import.meta.url)('pkcs11js') as typeof Pkcs11js;
    const library = new pkcs11js.PKCS11();
    library.load(softhsmModule);
    const slot = library
      .C_GetSlotList(true)
      .find((one) => library.C_GetTokenInfo(one).label.trim() === 'unit')!;
    const before = counter.asked;
    library.C_CloseAllSessions(slot);
    const signed = await sign(claim, signer, { profile: 'bhxh-xml', now });
    expect((await verify(signed, { profile: 'bhxh-xml', trust: 'not-checked', now })).verdict).toBe('valid');
    expect(counter.asked - before).toBe(1);
    await signer.close();
  });

  test('a token whose folder disappears is gone, and signs again when it is back', async () => {
    const counter = { asked: 0 };
    const signer = await openKey('pkcs11:token=unit', options(pins.unit, counter));
    const outcomes: string[] = [];
    for (let count = 0; count < 30; count++) {
      if (count === 10) renameSync(softhsm.tokens, `${softhsm.tokens}-away`);
      if (count === 20) renameSync(`${softhsm.tokens}-away`, softhsm.tokens);
      const result = await sign(claim, signer, { profile: 'bhxh-xml', now }).then(
        () => 'signed',
        (error: SigningError) => error.code,
      );
      outcomes.push(result);
    }
    await signer.close();
    expect(outcomes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'signed'));
    expect(new Set(outcomes.slice(10, 20))).toEqual(new Set(['ERR_TOKEN_GONE']));
    expect(outcomes.slice(20)).toEqual(Array.from({ length: 10 }, () => 'signed'));
  });
}
