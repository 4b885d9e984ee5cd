// The module of token-shim.c, compiled for the test that uses it, in front of SoftHSM.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { softhsmModule } from './softhsm.ts';

export interface TokenShim {
  /** The module to load. */
  readonly path: string;
  /** Makes the token behave by these lines (token-shim.c explains them) and no others. */
  behave(...lines: readonly string[]): void;
  /** Calls that were noted since the last behaviour was set, as `C_Login 1 pin 0x0`. */
  log(): readonly string[];
}

const headers = join(dirname(createRequire(import.meta.url).resolve('pkcs11js/package.json')), 'includes');

/** Compiles the shim into `folder`. Each name is a module of its own, with a real module of its own behind it. */
export function createTokenShim(folder: string, name = 'token-shim.so'): TokenShim {
  const path = join(folder, name);
  const compiled = join(folder, 'compiled-token-shim.so');
  if (!existsSync(compiled)) {
    execFileSync('cc', [
      '-shared',
      '-fPIC',
      '-Wall',
      `-I${headers}`,
      '-o',
      compiled,
      join(import.meta.dirname, 'token-shim.c'),
      '-ldl',
      '-lpthread',
    ]);
  }
  const module = `${path}.real.so`;
  copyFileSync(softhsmModule, module);
  copyFileSync(compiled, path);
  const shim: TokenShim = {
    path,
    behave: (...lines) => {
      writeFileSync(`${path}.control`, `module ${module}\n${lines.map((line) => `${line}\n`).join('')}`);
      rmSync(`${path}.log`, { force: true });
    },
    log: () =>
      existsSync(`${path}.log`) ? readFileSync(`${path}.log`, 'utf8').split('\n').slice(0, -1) : [],
  };
  shim.behave();
  return shim;
}
