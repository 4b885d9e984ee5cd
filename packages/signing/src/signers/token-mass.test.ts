// Many documents through real tokens of SoftHSM. The counts are the full ones under BHXH_TEST_LONG=1.
import { cpSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, claim, identityOf, now } from '../../test/documents.ts';
import { createSoftHsm } from '../../test/softhsm.ts';
import type { SoftHsm } from '../../test/softhsm.ts';
import { createTokenShim } from '../../test/token-shim.ts';
import { openKey, signMany, SigningError, verify } from '../index.ts';
import type { DocumentToSign, Signer } from '../index.ts';
import { hostedPkcs11Signer } from './token-host.ts';

const isLong = process.env['BHXH_TEST_LONG'] === '1';
const size = (short: number, long: number): number => (isLong ? long : short);
const limit = isLong ? 1_800_000 : 60_000;
const profile = 'bhxh-xml' as const;
const pin = '24681357';

let softhsm: SoftHsm;
const { identity } = identityOf({});
beforeAll(() => {
  softhsm = createSoftHsm();
  softhsm.createToken('unit', pin);
  softhsm.importIdentity('unit', pin, identity, 'a1');
});
afterAll(() => softhsm.remove());

function* claims(count: number): Generator<DocumentToSign> {
  for (let at = 0; at < count; at++)
    yield { id: String(at), xml: change(claim, '<T_BHTT>100000', `<T_BHTT>${1_000_000 + at}`) };
}

const isValid = async (signed: Uint8Array): Promise<boolean> =>
  (await verify(signed, { profile, trust: 'not-checked', now })).verdict === 'valid';

/** Signs claims 0 to `count`, verifies each as it comes out, and remembers its value. */
async function signAll(
  signer: Signer,
  count: number,
  concurrency: number,
  done: Map<string, string> = new Map(),
  each: (id: number) => void = () => {},
): Promise<Map<string, string>> {
  const options = { profile, now, concurrency, isDone: (id: string) => done.has(id) };
  for await (const { id, xml, kept, error } of signMany(claims(count), signer, options)) {
    if (kept === true) continue;
    if (error !== undefined) throw error;
    expect(await isValid(xml)).toBe(true);
    done.set(id, /<SignatureValue>([^<]+)/.exec(Buffer.from(xml).toString())![1]!);
    each(Number(id));
  }
  return done;
}

const counts = (log: readonly string[], name: string): number =>
  log.filter((line) => line.startsWith(name)).length;

describe.each(['pkcs11js', 'koffi'] as const)('%s', (loader) => {
  const open = async (module: string, sessions: number, counter = { asked: 0 }): Promise<Signer> =>
    openKey('pkcs11:token=unit', {
      module,
      loader,
      sessions,
      pin: async () => {
        counter.asked++;
        return Buffer.from(pin);
      },
    });

  test(
    `${size(400, 10_000)} documents are signed with one login`,
    async () => {
      const shim = createTokenShim(softhsm.folder, `one-login-${loader}.so`);
      const counter = { asked: 0 };
      const count = size(400, 10_000);
      const signer = await open(shim.path, 1, counter);
      const done = await signAll(signer, count, 1);
      await signer.close();
      expect(new Set(done.values()).size).toBe(count);
      expect(counter.asked).toBe(1);
      const log = shim.log();
      expect([counts(log, 'C_Login'), counts(log, 'C_Sign 0x0')]).toEqual([1, count]);
    },
    limit,
  );

  test(
    `${size(300, 1000)} documents are signed by eight sessions, and all verify`,
    async () => {
      const shim = createTokenShim(softhsm.folder, `sessions-${loader}.so`);
      const count = size(300, 1000);
      const signer = await open(shim.path, 8);
      const done = await signAll(signer, count, 16);
      await signer.close();
      expect(new Set(done.values()).size).toBe(count);
      expect(counts(shim.log(), 'C_Login')).toBe(1);
    },
    limit,
  );

  test(
    `a token whose folder is killed ${size(3, 40)} times and put back loses no document and signs none twice`,
    async () => {
      const shim = createTokenShim(softhsm.folder, `killed-${loader}.so`);
      const counter = { asked: 0 };
      const count = size(90, 2000);
      const outages = fc.sample(
        fc.uniqueArray(fc.integer({ min: 1, max: count - 10 }), {
          minLength: size(3, 40),
          maxLength: size(3, 40),
        }),
        1,
      )[0]!;
      const backup = `${softhsm.tokens}-backup`;
      cpSync(softhsm.tokens, backup, { recursive: true });
      const signer = await open(shim.path, 2, counter);
      const done = new Map<string, string>();
      let lost = 0;
      while (done.size < count) {
        try {
          await signAll(signer, count, 2, done, (id) => {
            if (outages.includes(id)) rmSync(softhsm.tokens, { recursive: true, force: true });
          });
        } catch (error) {
          if (!(error instanceof SigningError)) throw error;
          expect(error.code).toBe('ERR_TOKEN_GONE');
          cpSync(backup, softhsm.tokens, { recursive: true });
          lost++;
        }
      }
      await signer.close();
      cpSync(backup, softhsm.tokens, { recursive: true });
      rmSync(backup, { recursive: true });
      expect(new Set(done.values()).size).toBe(count);
      expect(lost).toBeGreaterThan(0);
      expect(lost).toBeLessThanOrEqual(outages.length);
      expect(counter.asked).toBe(1 + lost);
      expect(shim.log().filter((line) => line.startsWith('C_Login') && !line.endsWith('0x0'))).toEqual([]);
    },
    limit,
  );
});

test(
  `${size(150, 10_000)} documents are signed with one login by a module in another process`,
  async () => {
    const shim = createTokenShim(softhsm.folder, 'hosted.so');
    const count = size(150, 10_000);
    const signer = await hostedPkcs11Signer({
      uri: { token: 'unit' },
      module: shim.path,
      sessions: 4,
      pin: async () => Buffer.from(pin),
    });
    const done = await signAll(signer, count, 8);
    await signer.close();
    expect(new Set(done.values()).size).toBe(count);
    expect(counts(shim.log(), 'C_Login')).toBe(1);
  },
  limit,
);
