// The process that holds a vendor's PKCS#11 module. It lives as long as the channel to its parent.
import { X509Certificate } from 'node:crypto';
import { SigningError } from '../errors.ts';
import type { Signer } from '../types.ts';
import { moduleLoaders } from './modules.ts';
import { pkcs11Signer } from './pkcs11-signer.ts';
import type { HostOrder, HostReport } from './token-host.ts';

const report = (message: HostReport): void => {
  process.send?.(message);
};

const failed = (id: number | undefined, error: unknown): void => {
  const failure = error instanceof SigningError ? error : new SigningError('ERR_TOKEN', { part: 'host' });
  report({ kind: 'failed', id, failure: { code: failure.code, details: failure.details } });
};

let signer: Signer | undefined;
let givePin: ((pin: Uint8Array) => void) | undefined;

async function open(order: HostOrder & { readonly kind: 'open' }): Promise<void> {
  const askPin = () =>
    new Promise<Uint8Array>((resolve) => {
      givePin = resolve;
      report({ kind: 'pin-wanted' });
    });
  signer = await pkcs11Signer({
    uri: order.uri,
    ...(order.module === undefined ? {} : { module: order.module }),
    ...(order.loader === undefined ? {} : { load: moduleLoaders[order.loader] }),
    ...(order.sessions === undefined ? {} : { sessions: order.sessions }),
    ...(order.certificate === undefined ? {} : { certificate: new X509Certificate(order.certificate) }),
    ...(order.hasPin ? { pin: askPin } : {}),
  });
  report({
    kind: 'opened',
    certificate: signer.certificate.raw,
    chain: signer.chain.map((one) => one.raw),
    algorithms: signer.algorithms,
    label: signer.label,
  });
}

process.on('message', (message) => {
  const order = message as HostOrder;
  switch (order.kind) {
    case 'open':
      open(order).catch((error: unknown) => failed(undefined, error));
      return;
    case 'pin':
      if (order.pin !== undefined) givePin?.(order.pin);
      return;
    case 'sign':
      signer!.sign(order.data, order.algorithm).then(
        (value) => report({ kind: 'signed', id: order.id, value: Uint8Array.from(value) }),
        (error: unknown) => failed(order.id, error),
      );
  }
});
