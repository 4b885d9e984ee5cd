// A SoftHSM token directory of this test alone. The module reads SOFTHSM2_CONF once, when it is initialised, so one test
// file (one process) uses one directory.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoIdentity } from '../src/index.ts';

const candidates = [
  process.env['SOFTHSM2_LIB'] ?? '',
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

export const softhsmModule: string =
  candidates.find((path) => path !== '' && existsSync(path)) ?? candidates[1]!;

export interface SoftHsm {
  readonly folder: string;
  readonly tokens: string;
  createToken(label: string, pin: string): void;
  /** Puts key and certificate on a token under one id, or one of the two. */
  importIdentity(
    label: string,
    pin: string,
    identity: DemoIdentity,
    id: string,
    parts?: 'key' | 'certificate' | 'both',
  ): void;
  remove(): void;
}

export function createSoftHsm(): SoftHsm {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-softhsm-'));
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens);
  const config = join(folder, 'softhsm2.conf');
  writeFileSync(config, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env['SOFTHSM2_CONF'] = config;
  const run = (command: string, words: readonly string[]) =>
    execFileSync(command, words, { stdio: 'pipe', env: { ...process.env, SOFTHSM2_CONF: config } });
  return {
    folder,
    tokens,
    createToken: (label, pin) => {
      run('softhsm2-util', [
        '--module',
        softhsmModule,
        '--init-token',
        '--free',
        '--label',
        label,
        '--so-pin',
        '12345678',
        '--pin',
        pin,
      ]);
    },
    importIdentity: (label, pin, identity, id, parts = 'both') => {
      if (parts === 'certificate') {
        writeCertificate(run, label, pin, identity, id);
        return;
      }
      const file = join(folder, 'key.pem');
      writeFileSync(file, identity.keyPem);
      run('softhsm2-util', [
        '--module',
        softhsmModule,
        '--import',
        file,
        '--token',
        label,
        '--label',
        'key',
        '--id',
        id,
        '--pin',
        pin,
        '--force',
      ]);
      if (parts === 'both') writeCertificate(run, label, pin, identity, id);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** softhsm2-util imports keys only: the certificate is written by a process of its own, so that this one's module stays fresh. */
function writeCertificate(
  run: (command: string, words: readonly string[]) => Buffer,
  label: string,
  pin: string,
  identity: DemoIdentity,
  id: string,
): void {
  const script = `
    const pkcs11js = require('pkcs11js');
    const [module, label, pin, id, raw] = process.argv.slice(1);
    const library = new pkcs11js.PKCS11();
    library.load(module);
    library.C_Initialize();
    const slot = library.C_GetSlotList(true).find((one) => library.C_GetTokenInfo(one).label.trim() === label);
    const session = library.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
    library.C_Login(session, pkcs11js.CKU_USER, pin);
    library.C_CreateObject(session, [
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE },
      { type: pkcs11js.CKA_CERTIFICATE_TYPE, value: pkcs11js.CKC_X_509 },
      { type: pkcs11js.CKA_TOKEN, value: true },
      { type: pkcs11js.CKA_PRIVATE, value: false },
      { type: pkcs11js.CKA_ID, value: Buffer.from(id, 'hex') },
      { type: pkcs11js.CKA_LABEL, value: 'key' },
      { type: pkcs11js.CKA_SUBJECT, value: Buffer.from('3000', 'hex') },
      { type: pkcs11js.CKA_VALUE, value: Buffer.from(raw, 'hex') },
    ]);
    library.C_Finalize();
  `;
  run(process.execPath, [
    '-e',
    script,
    '--',
    softhsmModule,
    label,
    pin,
    id,
    identity.certificate.raw.toString('hex'),
  ]);
}
