// Tokens in trouble, played by token-shim.c in front of SoftHSM: the same tests for pkcs11js and koffi.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, identityOf, now } from './documents.ts';
import { createSoftHsm } from './softhsm.ts';
import type { SoftHsm } from './softhsm.ts';
import { createTokenShim } from './token-shim.ts';
import type { TokenShim } from './token-shim.ts';
import { openKey, sign, verify } from '../src/index.ts';
import type { OpenKeyOptions, Signer, SigningError } from '../src/index.ts';
import { moduleLoaders } from '../src/signers/modules.ts';
import type { ModuleLoader } from '../src/signers/modules.ts';
import { pkcs11Signer } from '../src/signers/pkcs11-signer.ts';
import { returnValue, returnValues } from '../src/signers/return-values.ts';
import type { TokenNotice } from '../src/signers/token-session.ts';

const pin = '24681357';
const wrongPin = '00000000';

export function describeTroubles(loader: ModuleLoader): void {
  let softhsm: SoftHsm;
  const { identity } = identityOf({});
  let count = 0;
  /** Each test has a module of its own, and with it a login of its own. */
  const newShim = (...lines: readonly string[]): TokenShim => {
    const shim = createTokenShim(softhsm.folder, `shim-${count++}.so`);
    shim.behave(...lines);
    return shim;
  };

  beforeAll(() => {
    softhsm = createSoftHsm();
    softhsm.createToken('unit', pin);
    softhsm.importIdentity('unit', pin, identity, 'a1b2');
    softhsm.createToken('crossed', pin);
    softhsm.importIdentity('crossed', pin, identity, 'c1', 'key');
    softhsm.importIdentity('crossed', pin, identity, 'c2', 'certificate');
  });
  afterAll(() => softhsm.remove());

  interface Heard {
    asked: number;
    notices: TokenNotice[];
  }
  const open = (
    shim: TokenShim,
    given: string | (() => Uint8Array) = pin,
    more: OpenKeyOptions & { readonly uri?: string; readonly heard?: Heard } = {},
  ): Promise<Signer> => {
    const { uri = 'pkcs11:token=unit', heard, ...options } = more;
    return openKey(uri, {
      module: shim.path,
      loader,
      pin: async () => {
        if (heard !== undefined) heard.asked++;
        return typeof given === 'string' ? Buffer.from(given) : given();
      },
      tell: (notice) => heard?.notices.push(notice),
      ...options,
    });
  };
  const code = (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'done',
      (error: SigningError) => error.code ?? error.name,
    );
  const profile = 'bhxh-xml' as const;
  const signs = async (signer: Signer): Promise<void> => {
    const signed = await sign(claim, signer, { profile, now });
    expect((await verify(signed, { profile, trust: 'not-checked', now })).verdict).toBe('valid');
  };
  const logins = (shim: TokenShim): readonly string[] =>
    shim.log().filter((line) => line.startsWith('C_Login'));

  describe('PIN', () => {
    test('a wrong one is tried exactly once, and few tries are told before the next', async () => {
      const shim = newShim('tries 3');
      const heard: Heard = { asked: 0, notices: [] };
      expect(await code(open(shim, wrongPin, { heard }))).toBe('ERR_PIN_INCORRECT');
      expect(logins(shim)).toEqual(['C_Login 1 pin 0xa0']);
      expect(heard).toEqual({ asked: 1, notices: [] });
      const signer = await open(shim, pin, { heard });
      expect(heard).toEqual({ asked: 2, notices: ['pin-count-low'] });
      await signs(signer);
      await signer.close();
    });

    test('the last try is left to the vendor, and a locked token is left alone', async () => {
      const shim = newShim('tries 2');
      expect(await code(open(shim, wrongPin))).toBe('ERR_PIN_INCORRECT');
      const heard: Heard = { asked: 0, notices: [] };
      expect(await code(open(shim, pin, { heard }))).toBe('ERR_PIN_FINAL_TRY');
      const locked = newShim('tries 1');
      expect(await code(open(locked, wrongPin))).toBe('ERR_PIN_FINAL_TRY');
      writeFileSync(`${locked.path}.tries`, '0');
      expect(await code(open(locked, pin, { heard }))).toBe('ERR_PIN_LOCKED');
      expect([logins(shim), logins(locked)]).toEqual([['C_Login 1 pin 0xa0'], []]);
      expect(heard.asked).toBe(0);
    });

    test.each([
      ['empty', () => new Uint8Array()],
      ['too short', () => Buffer.from('12345')],
      ['too long', () => Buffer.from('123456789')],
      ['no text', () => Uint8Array.of(0x31, 0x32, 0x33, 0xff, 0xfe, 0x34)],
    ])('what cannot be it costs no attempt: %s', async (_, given) => {
      const shim = newShim('pin-length 6 8');
      expect(await code(open(shim, given))).toBe('ERR_PIN_INVALID');
      expect(logins(shim)).toEqual([]);
    });

    test.each([
      [0xa1, 'ERR_PIN_INVALID'],
      [0xa2, 'ERR_PIN_INVALID'],
      [0xa3, 'ERR_PIN_EXPIRED'],
      [0xa4, 'ERR_PIN_LOCKED'],
      [0x102, 'ERR_PIN_NOT_SET'],
      [0x104, 'ERR_TOKEN_BUSY'],
      [0x30, 'ERR_TOKEN_GONE'],
    ])('a login that fails with 0x%s is %s', async (value, expected) => {
      const shim = newShim(`fail 1 C_Login ${value} 9 0`);
      expect(await code(open(shim))).toBe(expected);
    });

    test('typed on the token it is never asked for, and can be cancelled there', async () => {
      // Only koffi can give no PIN at all; pkcs11js gives an empty one.
      const means = ['tries 5', ...(loader === 'koffi' ? [] : ['keypad-takes-empty'])];
      const shim = newShim(`keypad ${pin}`, ...means);
      const heard: Heard = { asked: 0, notices: [] };
      const signer = await open(shim, wrongPin, { heard });
      expect(heard).toEqual({ asked: 0, notices: ['keypad'] });
      await signs(signer);
      await signer.close();
      shim.behave('keypad cancel', ...means);
      expect(await code(open(shim, pin, { heard }))).toBe('ERR_SIGNING_CANCELLED');
      expect(heard.asked).toBe(0);
    });

    test('a token with a keypad is reached through koffi where nobody chose the loader', async () => {
      const shim = newShim(`keypad ${pin}`);
      const signer = await pkcs11Signer({ uri: { token: 'unit' }, module: shim.path });
      expect(signer.loader).toBe('koffi');
      await signs(signer);
      await signer.close();
    });
  });

  describe('a key that wants the PIN for each signature', () => {
    test('gets it each time, after the operation was begun', async () => {
      const shim = newShim(`always ${pin}`);
      const heard: Heard = { asked: 0, notices: [] };
      const signer = await open(shim, pin, { heard });
      for (let signed = 0; signed < 5; signed++) await signs(signer);
      expect(heard.asked).toBe(6);
      expect(logins(shim)).toEqual(['C_Login 1 pin 0x0', ...Array<string>(5).fill('C_Login 2 pin 0x0')]);
      await signer.close();
    });

    test('is not tried a second time with a PIN that was wrong, however many wait', async () => {
      const shim = newShim('always 99999999');
      const signer = await open(shim, pin, { sessions: 4 });
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, () => code(signer.sign(claim, 'rsa-sha256'))),
      );
      expect(new Set(outcomes)).toEqual(new Set(['ERR_PIN_INCORRECT']));
      expect(await code(signer.sign(claim, 'rsa-sha256'))).toBe('ERR_PIN_INCORRECT');
      expect(logins(shim)).toEqual(['C_Login 1 pin 0x0', 'C_Login 2 pin 0xa0']);
      await signer.close();
    });

    test('signs again after a time when no PIN was given', async () => {
      const shim = newShim(`always ${pin}`);
      let asked = 0;
      const signer = await open(shim, () => {
        if (++asked === 2) throw new Error('away');
        return Buffer.from(pin);
      });
      expect(await code(signer.sign(claim, 'rsa-sha256'))).toBe('ERR_TOKEN');
      await signs(signer);
      await signer.close();
    });
  });

  describe('a token that goes', () => {
    test('is gone while it is away, and signs in another slot with the PIN asked once', async () => {
      const shim = newShim();
      const heard: Heard = { asked: 0, notices: [] };
      const signer = await open(shim, pin, { heard, sessions: 3 });
      await signs(signer);
      shim.behave('absent');
      const away = Array.from({ length: 6 }, () => code(signer.sign(claim, 'rsa-sha256')));
      expect(new Set(await Promise.all(away))).toEqual(new Set(['ERR_TOKEN_GONE']));
      expect(heard.asked).toBe(1);
      shim.behave('slots 1000');
      await Promise.all(Array.from({ length: 6 }, () => signs(signer)));
      expect(heard.asked).toBe(2);
      expect(logins(shim)).toEqual(['C_Login 1 pin 0x0']);
      await signer.close();
    });

    test.each([0x30, 0x32, 0xb3, 0xe0, 0x101])(
      'and is back at once costs nothing but a login: %s',
      async (value) => {
        const shim = newShim();
        const heard: Heard = { asked: 0, notices: [] };
        const signer = await open(shim, pin, { heard });
        shim.behave(`fail 1 C_Sign ${value} 1 0`);
        await signs(signer);
        expect(heard.asked).toBe(2);
        await signer.close();
      },
    );

    test('is looked for when the other sessions have ended what they were at, and not beneath them', async () => {
      const shim = newShim();
      const signer = await open(shim, pin, { sessions: 2 });
      const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
      shim.behave('delay C_Sign 100', 'fail 1 C_Sign 0x32 1 0');
      const first = code(signer.sign(claim, 'rsa-sha256'));
      await pause(50);
      const others = Array.from({ length: 3 }, () => code(signer.sign(claim, 'rsa-sha256')));
      await pause(20);
      shim.behave('absent');
      expect(new Set(await Promise.all([first, ...others]))).toEqual(new Set(['ERR_TOKEN_GONE']));
      const ends = shim.log().filter((line) => line.startsWith('C_Finalize'));
      expect(ends.length).toBeGreaterThan(0);
      expect(new Set(ends)).toEqual(new Set(['C_Finalize 0x0']));
      shim.behave();
      await signs(signer);
      await signer.close();
    });

    test('and is back at once costs all sessions one login', async () => {
      const shim = newShim();
      const heard: Heard = { asked: 0, notices: [] };
      const signer = await open(shim, pin, { heard, sessions: 3 });
      shim.behave('fail 1 C_Sign 0x32 1 0');
      await Promise.all(Array.from({ length: 12 }, () => signs(signer)));
      expect(heard.asked).toBe(2);
      await signer.close();
    });

    test('with a PIN that is wrong on its return is asked for it once', async () => {
      const shim = newShim();
      let given = pin;
      const signer = await open(shim, () => Buffer.from(given));
      given = wrongPin;
      shim.behave('fail 1 C_Sign 0x32 1 0');
      expect(await code(signer.sign(claim, 'rsa-sha256'))).toBe('ERR_PIN_INCORRECT');
      expect(await code(signer.sign(claim, 'rsa-sha256'))).toBe('ERR_PIN_INCORRECT');
      expect(logins(shim)).toEqual(['C_Login 1 pin 0xa0']);
      await signer.close();
    });

    test('while the signer is closed lets nobody wait for ever', async () => {
      const shim = newShim('delay C_Sign 50');
      const signer = await open(shim);
      const waiting = Array.from({ length: 4 }, () => code(signer.sign(claim, 'rsa-sha256')));
      await signer.close();
      for (const outcome of await Promise.all(waiting))
        expect(['done', 'ERR_TOKEN', 'ERR_TOKEN_GONE']).toContain(outcome);
    });
  });

  test('eight sessions of a slow token all sign at the same time', async () => {
    const shim = newShim('delay C_Sign 400');
    const signer = await open(shim, pin, { sessions: 8 });
    await Promise.all(Array.from({ length: 8 }, () => signs(signer)));
    expect(shim.log()).toContain('8 at once 0x0');
    await signer.close();
    const log = shim.log();
    expect(log.filter((line) => line.startsWith('C_Initialize'))).toEqual(['C_Initialize 0x0']);
  });

  test('no more sessions are ever open than were asked for, with one login', async () => {
    const shim = newShim();
    const signer = await open(shim, pin, { sessions: 3 });
    await Promise.all(Array.from({ length: 6 }, () => signs(signer)));
    await signer.close();
    let isOpen = 0;
    const counts = shim.log().map((line) => {
      if (line === 'C_OpenSession 0x0') isOpen++;
      if (line === 'C_CloseSession 0x0') isOpen--;
      return isOpen;
    });
    expect([Math.max(...counts), counts.at(-1)]).toEqual([3, 0]);
    expect(logins(shim)).toEqual(['C_Login 1 pin 0x0']);
  });

  test('a signature that fails takes nothing from those behind it at the same session', async () => {
    const shim = newShim();
    const signer = await open(shim, pin, { sessions: 2 });
    shim.behave('fail 1 C_Sign 0x5 1 0');
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => code(signer.sign(claim, 'rsa-sha256'))),
    );
    expect(outcomes.toSorted()).toEqual(['ERR_TOKEN', ...Array<string>(11).fill('done')]);
    await signer.close();
  });

  test('a token with fewer sessions than asked for says so, and keeps none of them open', async () => {
    const shim = newShim('fail 1 C_OpenSession 0xb1 1 3');
    expect(await code(open(shim, pin, { sessions: 4 }))).toBe('ERR_TOKEN_BUSY');
    const count = (name: string): number =>
      shim.log().filter((line) => line.startsWith(name) && line.endsWith(' 0x0')).length;
    expect(count('C_OpenSession')).toBeGreaterThan(2);
    expect(count('C_CloseSession')).toBe(count('C_OpenSession'));
    const signer = await open(shim, pin, { sessions: 2 });
    await signs(signer);
    await signer.close();
  });

  test.each([
    ['without CKM_RSA_PKCS', 'hide 0x1', 'rsa-sha256', 'CKM_SHA256_RSA_PKCS'],
    ['that only lists CKM_RSA_PKCS', 'refuse 0x1', 'rsa-sha256', 'CKM_SHA256_RSA_PKCS'],
    ['without mechanisms that hash', 'hide 0x40 0x41 0x42', 'rsa-sha512', 'CKM_RSA_PKCS'],
    ['without CKM_RSA_PKCS_PSS', 'hide 0xd', 'rsa-pss-sha256', 'CKM_SHA256_RSA_PKCS_PSS'],
    ['without PSS that hashes', 'hide 0x43', 'rsa-pss-sha256', 'CKM_RSA_PKCS_PSS'],
  ] as const)('a token %s signs by what it has', async (_, line, algorithm, mechanism) => {
    const shim = newShim(line);
    const signer = await pkcs11Signer({
      uri: { token: 'unit' },
      module: shim.path,
      load: moduleLoaders[loader],
      pin: async () => Buffer.from(pin),
    });
    const name = algorithm.startsWith('rsa-pss') ? 'bhxh-xml-pss' : profile;
    for (let signed = 0; signed < 2; signed++) {
      if (algorithm === 'rsa-sha512') await signer.sign(claim, algorithm);
      else {
        const document = await sign(claim, signer, { profile: name, now });
        const { verdict } = await verify(document, { profile: name, trust: 'not-checked', now });
        expect(verdict).toBe('valid');
      }
    }
    expect(await signer.mechanism(algorithm)).toBe(mechanism);
    // What the token did not take is asked for once and not again.
    expect(shim.log().filter((line_) => line_.endsWith('0x70'))).toHaveLength(
      line.startsWith('refuse') ? 1 : 0,
    );
    await signer.close();
  });

  test('a mechanism that is listed and not taken is passed over by sessions in threads too', async () => {
    const shim = newShim('refuse 0x1');
    const signer = await open(shim, pin, { sessions: 2 });
    await signs(signer);
    await Promise.all(Array.from({ length: 4 }, () => signs(signer)));
    expect(shim.log().filter((line) => line.endsWith('0x70'))).toHaveLength(1);
    await signer.close();
  });

  test('a token without any mechanism for the key says so', async () => {
    const shim = newShim('hide 0x1 0xd 0x40 0x41 0x42 0x43 0x44 0x45');
    const signer = await open(shim);
    expect(signer.algorithms).toEqual([]);
    expect(await code(sign(claim, signer, { profile, now }))).toBe('ERR_ALGORITHM_NOT_AVAILABLE');
    await signer.close();
  });

  test('every return value of the standard has its own name and one of our codes', async () => {
    const shim = newShim();
    const signer = await open(shim);
    for (const value of [...returnValues, 0x8000_0001, 0x777]) {
      shim.behave(`fail ${value} C_Sign ${value} 2 0`);
      const error = await signer.sign(claim, 'rsa-sha256').then(
        () => undefined,
        (reason: SigningError) => reason,
      );
      const { code: expected, name } = returnValue(value);
      expect(error, name).toMatchObject({ code: expected, details: { returnValue: name, token: 'unit' } });
    }
    shim.behave();
    await signs(signer);
    await signer.close();
  });

  test('a key whose id is not that of its certificate is found by its public number', async () => {
    const signer = await open(newShim(), pin, { uri: 'pkcs11:token=crossed' });
    await signs(signer);
    await signer.close();
  });

  test('of several modules with the key each is named as a reference that can be used, and none is taken', async () => {
    const folder = join(softhsm.folder, 'modules');
    mkdirSync(folder);
    const heard: Heard = { asked: 0, notices: [] };
    const shims = ['liba.so', 'libb.so'].map((name) => createTokenShim(softhsm.folder, name));
    const twins = ['liba.so', 'libb.so'].map((name) => createTokenShim(folder, name));
    writeFileSync(join(folder, 'broken.so'), 'no module');
    const uri = `pkcs11:token=unit?module-path=${folder}`;
    const attempt = open(shims[0]!, pin, { uri, heard });
    const error = await attempt.then(
      () => undefined,
      (reason: SigningError) => reason,
    );
    expect(error?.code).toBe('ERR_MODULE_AMBIGUOUS');
    const candidates = String(error?.details['candidates']).split(', ');
    expect(candidates.some((one) => one.includes('module-path='))).toBe(true);
    expect(heard.asked).toBe(0);
    for (const twin of twins) {
      const named = candidates.find((one) => one.endsWith(twin.path))!;
      const signer = await open(shims[0]!, pin, { uri: named });
      await signs(signer);
      await signer.close();
    }
    const byName = await open(shims[0]!, pin, { uri: `${uri}&module-name=B` });
    await signs(byName);
    await byName.close();
    expect(await code(open(shims[0]!, pin, { uri: `pkcs11:token=nobody?module-path=${folder}` }))).toBe(
      'ERR_TOKEN_MISSING',
    );
    expect(await code(open(shims[0]!, pin, { uri: `${uri}&module-name=c` }))).toBe('ERR_MODULE_MISSING');
  });
}
