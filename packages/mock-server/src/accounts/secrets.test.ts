import { expect, it } from 'vitest';
import { checkSecret, hashSecret, passwordTag, sameText, wirePassword } from './secrets.ts';

it('accepts the MD5 in upper and in lower case, and nothing else', async () => {
  const md5 = wirePassword('correct horse');
  const stored = await hashSecret(md5);
  expect(await checkSecret(md5, stored)).toBe(true);
  expect(await checkSecret(md5.toLowerCase(), stored)).toBe(true);
  expect(await checkSecret(wirePassword('wrong horse'), stored)).toBe(false);
  expect(await checkSecret(md5, undefined)).toBe(false);
  expect(await checkSecret(md5, 'plain$text')).toBe(false);
});

it('stores neither the password nor its MD5, and never the same twice', async () => {
  const md5 = wirePassword('correct horse');
  const [one, two] = await Promise.all([hashSecret(md5), hashSecret(md5)]);
  expect(one).not.toBe(two);
  expect(one.toUpperCase()).not.toContain(md5);
});

it('takes as much work for an account that does not exist', async () => {
  const md5 = wirePassword('correct horse');
  const stored = await hashSecret(md5);
  const work = async (secret: string | undefined): Promise<number> => {
    const before = process.cpuUsage();
    for (let time = 0; time < 5; time += 1) await checkSecret(wirePassword(String(time)), secret);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const [known, unknown] = [await work(stored), await work(undefined)];
  expect(unknown / known).toBeGreaterThan(0.4);
  expect(unknown / known).toBeLessThan(2.5);
});

it('ties a session to its password without keeping it', () => {
  expect(passwordTag('token', 'ab')).toBe(passwordTag('token', 'AB'));
  expect(passwordTag('token', 'ab')).not.toBe(passwordTag('other', 'ab'));
  expect(sameText('a', 'ab')).toBe(false);
});
