import { X509Certificate } from 'node:crypto';
import { SigningError } from '../errors.ts';
import type { SignatureAlgorithm } from '../types.ts';
import { chooseKey } from './choose-key.ts';
import { modulesFor } from './find-modules.ts';
import type { HostOrder, HostReport } from './host-process.ts';
import { startHost } from './host-process.ts';
import { listAllHostedTokens, receiveToken } from './hosted-tokens.ts';
import type { ModuleLoader } from './modules.ts';
import { withPin } from './pin.ts';
import type { Pkcs11SignerOptions, TokenSigner } from './pkcs11-signer.ts';
import { failedDetails } from './tokens.ts';

export type HostedSignerOptions = Omit<Pkcs11SignerOptions, 'load'> & { readonly loader?: ModuleLoader };

type Opened = HostReport & { readonly kind: 'opened' };

interface Pending {
  readonly resolve: (report: HostReport) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The signer of `pkcs11Signer` in a process of its own: a vendor's module that crashes or hangs takes that process with it
 * and not this one. The PIN is asked for here, and sent over the private channel between the two when the token wants it.
 *
 * @throws SigningError as `pkcs11Signer`, and `ERR_TOKEN` (`exit`) when the process ends.
 */
export async function hostedPkcs11Signer(options: HostedSignerOptions): Promise<TokenSigner> {
  const module = await chooseModule(options);
  /** What waits for an answer, by number; opening is number 0. */
  const pending = new Map<number, Pending>();
  let pinFailure: unknown;
  const settle = (id: number, use: (waiting: Pending) => void) => {
    const waiting = pending.get(id);
    pending.delete(id);
    if (waiting !== undefined) use(waiting);
  };
  const hear = (report: HostReport): void => {
    switch (report.kind) {
      case 'opened':
        settle(0, ({ resolve }) => resolve(report));
        return;
      case 'pin-wanted':
        withPin(options.pin, (pin) => host.send({ kind: 'pin', pin: Uint8Array.from(pin) })).catch(
          (error: unknown) => {
            pinFailure = error;
            host.send({ kind: 'pin', pin: undefined });
          },
        );
        return;
      case 'notice':
        options.tell?.(report.notice);
        return;
      case 'signed':
      case 'named':
        settle(report.id, ({ resolve }) => resolve(report));
        return;
      case 'failed': {
        const { code, details } = report.failure;
        // Why no PIN was given is known here, and not to the process that asked for it.
        const error =
          code === 'ERR_PIN_REQUIRED' && pinFailure !== undefined
            ? pinFailure
            : new SigningError(code, details);
        settle(report.id ?? 0, ({ reject }) => reject(error));
      }
    }
  };
  const host = startHost(hear, (reason) => {
    for (const { reject } of pending.values()) reject(reason);
    pending.clear();
  });

  let count = 0;
  const ask = (make: (id: number) => HostOrder, signal?: AbortSignal): Promise<HostReport> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const id = count++;
      const abort = () => settle(id, (waiting) => waiting.reject(signal?.reason));
      const done = () => signal?.removeEventListener('abort', abort);
      signal?.addEventListener('abort', abort, { once: true });
      pending.set(id, {
        resolve: (report) => {
          done();
          resolve(report);
        },
        reject: (error) => {
          done();
          reject(error as Error);
        },
      });
      host.send(make(id));
    });

  const { modulePath: _path, moduleName: _name, ...uri } = options.uri;
  const opened = (await ask(() => ({
    kind: 'open',
    uri,
    module,
    loader: options.loader,
    sessions: options.sessions,
    certificate: options.certificate?.raw,
    hasPin: options.pin !== undefined,
  })).catch((error: unknown) => {
    host.kill();
    throw error;
  })) as Opened;

  const signs =
    (given: 'data' | 'hash'): TokenSigner['sign'] =>
    async (bytes, algorithm, signal) => {
      const data = Uint8Array.from(bytes);
      const report = await ask((id) => ({ kind: 'sign', id, given, data, algorithm }), signal);
      return report.kind === 'signed' ? report.value : new Uint8Array();
    };
  return {
    certificate: new X509Certificate(opened.certificate),
    chain: opened.chain.map((raw) => new X509Certificate(raw)),
    algorithms: opened.algorithms,
    label: opened.label,
    token: receiveToken(opened.token),
    loader: opened.loader,
    mechanism: async (algorithm: SignatureAlgorithm) => {
      const report = await ask((id) => ({ kind: 'mechanism', id, algorithm }));
      return report.kind === 'named' ? report.mechanism : '';
    },
    sign: signs('data'),
    signHash: signs('hash'),
    close: () => host.end(),
  };
}

/** The one module to load; where several are possible, each is looked into in a process of its own. */
async function chooseModule({ uri, module, loader, certificate }: HostedSignerOptions): Promise<string> {
  const paths = modulesFor(uri, module);
  if (paths.length === 1) return paths[0]!;
  const { modules, failed } = await listAllHostedTokens(paths, loader === undefined ? {} : { loader });
  return chooseKey(modules, uri, certificate, failedDetails(failed)).module;
}
