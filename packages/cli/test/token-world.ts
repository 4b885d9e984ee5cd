// A SoftHSM token behind the shim of the signing package, and the built command in front of it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDemoAuthority, demoTaxCode } from '@bhxh/signing';
import { createSoftHsm } from '../../signing/test/softhsm.ts';
import type { SoftHsm } from '../../signing/test/softhsm.ts';
import { createTokenShim } from '../../signing/test/token-shim.ts';
import type { TokenShim } from '../../signing/test/token-shim.ts';
import { bhxh } from './bhxh-process.ts';
import type { Ended } from './bhxh-process.ts';

export const pin = '24681357';
export const mst: string = demoTaxCode(1);

export interface TokenWorld {
  readonly softhsm: SoftHsm;
  readonly shim: TokenShim;
  readonly folder: string;
  /** Reference of the token `unit` through the shim. */
  readonly key: string;
  readonly pinFile: string;
  readonly trust: string;
  run(words: readonly string[], more?: RunOptions): Ended;
  /** Without waiting for its end. */
  start(words: readonly string[]): {
    readonly process: ReturnType<typeof spawn>;
    readonly ended: Promise<void>;
  };
  /** On a terminal, where `type` is typed when `waitFor` is shown. */
  onTerminal(words: readonly string[], task: Typing): { readonly status: number; readonly output: string };
  logins(): readonly string[];
  remove(): void;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Descriptor given to the command as its number 3. */
  readonly third?: number;
}

interface Typing {
  readonly waitFor: string;
  readonly type: string;
  readonly stdin?: string;
}

export function createTokenWorld(): TokenWorld {
  const softhsm = createSoftHsm();
  const { folder } = softhsm;
  const authority = createDemoAuthority({ now: () => new Date() });
  softhsm.createToken('unit', pin);
  softhsm.importIdentity('unit', pin, authority.issue({ mst, name: 'Facility 99001' }), 'a1');
  const shim = createTokenShim(folder);
  const pinFile = join(folder, 'pin.txt');
  writeFileSync(pinFile, `${pin}\r\n`, { mode: 0o600 });
  const trust = join(folder, 'ca.pem');
  writeFileSync(trust, authority.certificatePem);
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    SOFTHSM2_CONF: process.env['SOFTHSM2_CONF'] ?? '',
  };
  const command = (words: readonly string[]): string[] => [bhxh, ...words, '--lang', 'en'];
  return {
    softhsm,
    shim,
    folder,
    key: `pkcs11:token=unit?module-path=${shim.path}`,
    pinFile,
    trust,
    run(words, { env = {}, input = '', third } = {}) {
      const { status, stdout, stderr } = spawnSync(process.execPath, command(words), {
        cwd: folder,
        env: { ...environment, ...env },
        encoding: 'utf8',
        input,
        stdio: ['pipe', 'pipe', 'pipe', ...(third === undefined ? [] : [third])],
      });
      return { status, stdout, stderr };
    },
    start(words) {
      const child = spawn(process.execPath, command(words), {
        cwd: folder,
        env: environment,
        stdio: 'ignore',
      });
      return { process: child, ended: new Promise((resolve) => child.once('close', () => resolve())) };
    },
    onTerminal(words, typing) {
      const task = {
        command: [process.execPath, ...command(words)],
        cwd: folder,
        env: environment,
        ...typing,
      };
      const { stdout, stderr } = spawnSync('python3', [join(import.meta.dirname, 'terminal.py')], {
        encoding: 'utf8',
        input: JSON.stringify(task),
        timeout: 25_000,
      });
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as { status: number; output: string };
    },
    logins: () => shim.log().filter((line) => line.startsWith('C_Login')),
    remove: () => {
      if (existsSync(folder)) rmSync(folder, { recursive: true });
    },
  };
}

export const readJson = <Shape>(text: string): Shape => JSON.parse(text) as Shape;
export const readBytes = (path: string): string => readFileSync(path, 'latin1');
