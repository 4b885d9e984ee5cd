import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { X509Certificate } from 'node:crypto';
import type { SigningErrorCode, SigningErrorDetails } from '../errors.ts';
import { SigningError } from '../errors.ts';
import type { SignatureAlgorithm, Signer } from '../types.ts';
import type { Pkcs11Uri } from './key-reference.ts';
import type { ModuleLoader } from './modules.ts';
import type { Pkcs11SignerOptions } from './pkcs11-signer.ts';
import { withPin } from './pin.ts';

/** What goes to the process that holds the module. */
export type HostOrder =
  | {
      readonly kind: 'open';
      readonly uri: Pkcs11Uri;
      readonly module: string | undefined;
      readonly loader: ModuleLoader | undefined;
      readonly sessions: number | undefined;
      readonly certificate: Uint8Array | undefined;
      readonly hasPin: boolean;
    }
  | { readonly kind: 'pin'; readonly pin: Uint8Array | undefined }
  | {
      readonly kind: 'sign';
      readonly id: number;
      readonly data: Uint8Array;
      readonly algorithm: SignatureAlgorithm;
    };

export interface HostFailure {
  readonly code: SigningErrorCode;
  readonly details: SigningErrorDetails;
}

/** What comes back from it. */
export type HostReport =
  | {
      readonly kind: 'opened';
      readonly certificate: Uint8Array;
      readonly chain: readonly Uint8Array[];
      readonly algorithms: readonly SignatureAlgorithm[];
      readonly label: string;
    }
  | { readonly kind: 'pin-wanted' }
  | { readonly kind: 'signed'; readonly id: number; readonly value: Uint8Array }
  | { readonly kind: 'failed'; readonly id: number | undefined; readonly failure: HostFailure };

export type HostedSignerOptions = Omit<Pkcs11SignerOptions, 'load'> & { readonly loader?: ModuleLoader };

interface Pending {
  readonly resolve: (value: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The signer of `pkcs11Signer` in a process of its own: a vendor's module that crashes or hangs takes that process with it
 * and not this one. The PIN is asked for here, and sent over the private channel between the two when the token wants it.
 *
 * @throws SigningError as `pkcs11Signer`, and `ERR_TOKEN` (`exit`) when the process ends.
 */
export async function hostedPkcs11Signer(options: HostedSignerOptions): Promise<Signer> {
  const main = hostMain();
  const child = fork(main.path, [], {
    serialization: 'advanced',
    execArgv: main.execArgv,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const pending = new Map<number, Pending>();
  let opening:
    | { resolve: (report: HostReport & { kind: 'opened' }) => void; reject: (error: unknown) => void }
    | undefined;
  let ended: SigningError | undefined;
  const send = (order: HostOrder) => {
    if (ended !== undefined) throw ended;
    child.send(order);
  };
  const fail = (error: SigningError) => {
    opening?.reject(error);
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  child.on('error', (cause) => fail((ended ??= new SigningError('ERR_TOKEN', { part: 'host' }, cause))));
  child.on('exit', (exit, signal) =>
    fail((ended ??= new SigningError('ERR_TOKEN', { exit: exit ?? String(signal) }))),
  );
  child.on('message', (message) => {
    const report = message as HostReport;
    switch (report.kind) {
      case 'opened':
        opening?.resolve(report);
        return;
      case 'pin-wanted':
        withPin(options.pin, (pin) => send({ kind: 'pin', pin: Uint8Array.from(pin) })).catch(
          (error: unknown) => {
            opening?.reject(error);
            child.kill();
          },
        );
        return;
      case 'signed':
        pending.get(report.id)?.resolve(report.value);
        pending.delete(report.id);
        return;
      case 'failed': {
        const error = new SigningError(report.failure.code, report.failure.details);
        if (report.id === undefined) opening?.reject(error);
        else pending.get(report.id)?.reject(error);
        if (report.id !== undefined) pending.delete(report.id);
      }
    }
  });

  const opened = await new Promise<HostReport & { kind: 'opened' }>((resolve, reject) => {
    opening = { resolve, reject };
    send({
      kind: 'open',
      uri: options.uri,
      module: options.module,
      loader: options.loader,
      sessions: options.sessions,
      certificate: options.certificate?.raw,
      hasPin: options.pin !== undefined,
    });
  }).catch((error: unknown) => {
    ended ??= new SigningError('ERR_TOKEN', { part: 'host' });
    child.kill();
    throw error;
  });

  let count = 0;
  return {
    certificate: new X509Certificate(opened.certificate),
    chain: opened.chain.map((raw) => new X509Certificate(raw)),
    algorithms: opened.algorithms,
    label: opened.label,
    sign: (data, algorithm, signal) =>
      new Promise<Uint8Array>((resolve, reject) => {
        signal?.throwIfAborted();
        const id = ++count;
        const abort = () => {
          pending.delete(id);
          reject(signal!.reason as Error);
        };
        signal?.addEventListener('abort', abort, { once: true });
        const done = () => signal?.removeEventListener('abort', abort);
        pending.set(id, {
          resolve: (value) => {
            done();
            resolve(value);
          },
          reject: (error) => {
            done();
            reject(error as Error);
          },
        });
        send({ kind: 'sign', id, data: Uint8Array.from(data), algorithm });
      }),
    close: () =>
      new Promise((resolve) => {
        if (ended !== undefined) {
          resolve();
          return;
        }
        child.once('exit', () => resolve());
        ended = new SigningError('ERR_TOKEN', { part: 'closed' });
        child.disconnect();
      }),
  };
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
