import { createHmac, randomBytes, scrypt, timingSafeEqual, createHash } from 'node:crypto';

/**
 * The gateway's clients send the MD5 of the password, which makes that MD5 the password: it is stored only as scrypt
 * of its upper-case hex, and never logged.
 */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const KEY_BYTES = 32;

const derive = (md5: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(md5.toUpperCase(), salt, KEY_BYTES, { ...cost, maxmem: 256 * cost.N * cost.r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });

/** The MD5 hex of a password as the wire carries it. */
export function wirePassword(password: string): string {
  return createHash('md5').update(password, 'utf8').digest('hex').toUpperCase();
}

/** `scrypt$N$r$p$salt$key`. */
export async function hashSecret(md5: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(md5, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Checked against instead of nothing, so that an unknown account takes as long as a known one. No password gives it. */
const DECOY = ['scrypt', COST.N, COST.r, COST.p, 'A'.repeat(22), 'A'.repeat(43)].join('$');

export async function checkSecret(md5: string, stored: string | undefined): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = (stored ?? DECOY).split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, 'base64url');
  const actual = await derive(md5, Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return actual.length === expected.length && timingSafeEqual(actual, expected) && stored !== undefined;
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Ties a session to the password it was opened with, without keeping either. */
export function passwordTag(accessToken: string, md5: string): string {
  return createHmac('sha256', accessToken).update(md5.toUpperCase()).digest('base64url');
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}
