// The hospital's key: in a token where SoftHSM stands in for one, otherwise the PKCS#12 file that the demo server made.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const modules = [
  process.env.SOFTHSM2_LIB,
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

/** The words for `bhxh sign`, the environment they need, and what kind of key it is. */
export function openHospitalKey(folder, { ref, pinFile }) {
  const file = { kind: 'PKCS#12', words: ['--key', ref, '--pin-file', pinFile], env: {} };
  const module = modules.find((path) => path !== undefined && existsSync(path));
  if (module === undefined) return file;
  const token = join(folder, 'token');
  mkdirSync(token, { recursive: true, mode: 0o700 });
  const settings = join(folder, 'softhsm2.conf');
  writeFileSync(settings, `directories.tokendir = ${token}\nobjectstore.backend = file\n`);
  const env = { SOFTHSM2_CONF: settings };
  const run = (program, ...words) =>
    spawnSync(program, words, { encoding: 'utf8', env: { ...process.env, ...env } }).status === 0;
  const store = ref.replace(/^file:/, '');
  const key = join(token, 'key.pem');
  const plain = join(token, 'plain.pem');
  const certificate = join(folder, 'hospital.pem');
  const pin = join(folder, 'token.pin');
  writeFileSync(pin, '123456', { mode: 0o600 });
  const unpacked =
    run(
      'openssl',
      'pkcs12',
      '-legacy',
      '-in',
      store,
      '-passin',
      `file:${pinFile}`,
      '-nodes',
      '-nocerts',
      '-out',
      plain,
    ) &&
    run('openssl', 'pkcs8', '-topk8', '-nocrypt', '-in', plain, '-out', key) &&
    run(
      'openssl',
      'pkcs12',
      '-legacy',
      '-in',
      store,
      '-passin',
      `file:${pinFile}`,
      '-nokeys',
      '-clcerts',
      '-out',
      certificate,
    );
  const imported =
    unpacked &&
    run(
      'softhsm2-util',
      '--init-token',
      '--free',
      '--label',
      'night',
      '--so-pin',
      '12345678',
      '--pin',
      '123456',
    ) &&
    run(
      'softhsm2-util',
      '--import',
      key,
      '--token',
      'night',
      '--label',
      'bhxh',
      '--id',
      '01',
      '--pin',
      '123456',
    );
  if (!imported) return file;
  const uri = `pkcs11:token=night;object=bhxh?module-path=${module}`;
  return { kind: 'token (SoftHSM)', words: ['--key', uri, '--cert', certificate, '--pin-file', pin], env };
}
