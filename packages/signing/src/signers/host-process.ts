import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { SigningErrorCode, SigningErrorDetails } from '../errors.ts';
import { SigningError } from '../errors.ts';
import type { SignatureAlgorithm } from '../types.ts';
import type { Pkcs11Uri } from './key-reference.ts';
import type { ModuleLoader } from './modules.ts';
import type { TokenNotice } from './token-session.ts';
import type { ModuleDescription, TokenDescription } from './tokens.ts';

/** What goes to the process that holds a module. */
export type HostOrder =
  | { readonly kind: 'inspect'; readonly module: string; readonly loader: ModuleLoader | undefined }
  | {
      readonly kind: 'open';
      readonly uri: Pkcs11Uri;
      readonly module: string;
      readonly loader: ModuleLoader | undefined;
      readonly sessions: number | undefined;
      readonly certificate: Uint8Array | undefined;
      readonly hasPin: boolean;
    }
  | { readonly kind: 'pin'; readonly pin: Uint8Array | undefined }
  | {
      readonly kind: 'sign';
      readonly id: number;
      readonly given: 'data' | 'hash';
      readonly data: Uint8Array;
      readonly algorithm: SignatureAlgorithm;
    }
  | { readonly kind: 'mechanism'; readonly id: number; readonly algorithm: SignatureAlgorithm };

export interface HostFailure {
  readonly code: SigningErrorCode;
  readonly details: SigningErrorDetails;
}

/** A token without what cannot be sent from process to process: its certificates go as DER. */
export type SentToken = Omit<TokenDescription, 'certificates'> & {
  readonly certificates: readonly {
    readonly raw: Uint8Array;
    readonly id: string;
    readonly label: string;
  }[];
};
export type SentModule = Omit<ModuleDescription, 'tokens'> & { readonly tokens: readonly SentToken[] };

/** What comes back from it. */
export type HostReport =
  | { readonly kind: 'inspected'; readonly module: SentModule }
  | {
      readonly kind: 'opened';
      readonly certificate: Uint8Array;
      readonly chain: readonly Uint8Array[];
      readonly algorithms: readonly SignatureAlgorithm[];
      readonly label: string;
      readonly loader: ModuleLoader;
      readonly token: SentToken;
    }
  | { readonly kind: 'pin-wanted' }
  | { readonly kind: 'notice'; readonly notice: TokenNotice }
  | { readonly kind: 'signed'; readonly id: number; readonly value: Uint8Array }
  | { readonly kind: 'named'; readonly id: number; readonly mechanism: string }
  | { readonly kind: 'failed'; readonly id: number | undefined; readonly failure: HostFailure };

export interface HostProcess {
  /** Throws the reason when the process has ended. */
  send(order: HostOrder): void;
  /** Ends the process; after a moment of grace also one that hangs in the module. */
  end(): Promise<void>;
  /** Ends the process at once. */
  kill(): void;
}

/** How long a module may take to let go of its process. */
const graceMs = 2000;

/**
 * Starts the process that loads a vendor's module. It sees no variable of ours, where a PIN may be; `ended` hears once that
 * it has gone, or is to go.
 */
export function startHost(
  hear: (report: HostReport) => void,
  ended: (reason: SigningError) => void,
): HostProcess {
  const main = hostMain();
  const child = fork(main.path, [], {
    serialization: 'advanced',
    execArgv: main.execArgv,
    env: foreignEnvironment(process.env),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // A process that hangs in a module does not notice that this one has gone.
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  let reason: SigningError | undefined;
  const finish = (error: SigningError) => {
    if (reason !== undefined) return;
    reason = error;
    ended(error);
  };
  child.on('message', (message) => hear(message as HostReport));
  child.on('error', (cause) => finish(new SigningError('ERR_TOKEN', { part: 'host' }, cause)));
  child.on('exit', (exit, signal) => {
    process.off('exit', killAtExit);
    finish(new SigningError('ERR_TOKEN', { exit: exit ?? String(signal) }));
  });
  return {
    send: (order) => {
      if (reason !== undefined) throw reason;
      child.send(order);
    },
    kill: () => child.kill('SIGKILL'),
    end: () =>
      new Promise((resolve) => {
        finish(new SigningError('ERR_TOKEN', { part: 'closed' }));
        if (child.exitCode !== null || child.signalCode !== null) {
          resolve();
          return;
        }
        const impatience = setTimeout(() => child.kill('SIGKILL'), graceMs);
        child.once('exit', () => {
          clearTimeout(impatience);
          resolve();
        });
        if (child.connected) child.disconnect();
      }),
  };
}

export function foreignEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('BHXH_')));
}

/** The program of the child: from source it needs what this process was itself started with. */
function hostMain(): { readonly path: string; readonly execArgv: string[] } {
  if (import.meta.url.endsWith('.ts')) {
    const path = fileURLToPath(new URL('./token-host-main.ts', import.meta.url));
    return { path, execArgv: ['--conditions=@bhxh/source', '--import', 'tsx'] };
  }
  return {
    path: createRequire(import.meta.url).resolve('@bhxh/signing/signers/token-host-main'),
    execArgv: [],
  };
}
