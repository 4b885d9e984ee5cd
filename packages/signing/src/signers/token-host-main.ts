// The process that holds a vendor's PKCS#11 module. It lives as long as the channel to its parent.
import { X509Certificate } from 'node:crypto';
import { SigningError } from '../errors.ts';
import type { HostOrder, HostReport } from './host-process.ts';
import { sendModule, sendToken } from './hosted-tokens.ts';
import { moduleLoaders } from './modules.ts';
import type { TokenSigner } from './pkcs11-signer.ts';
import { pkcs11Signer } from './pkcs11-signer.ts';
import { listTokens } from './tokens.ts';

// Ctrl-C reaches this process too; whether work in hand is finished is for the parent to say.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

const report = (message: HostReport): void => {
  if (process.connected) process.send?.(message);
};

const failed = (id: number | undefined, error: unknown): void => {
  const failure = error instanceof SigningError ? error : new SigningError('ERR_TOKEN', { part: 'host' });
  report({ kind: 'failed', id, failure: { code: failure.code, details: failure.details } });
};

const loadBy = (loader: keyof typeof moduleLoaders | undefined) =>
  loader === undefined ? undefined : moduleLoaders[loader];

let signer: TokenSigner | undefined;
let takePin: ((pin: Uint8Array | undefined) => void) | undefined;

const askPin = async (): Promise<Uint8Array> => {
  const pin = await new Promise<Uint8Array | undefined>((resolve) => {
    takePin = resolve;
    report({ kind: 'pin-wanted' });
  });
  if (pin === undefined) throw new SigningError('ERR_PIN_REQUIRED');
  return pin;
};

async function open(order: HostOrder & { readonly kind: 'open' }): Promise<void> {
  const load = loadBy(order.loader);
  signer = await pkcs11Signer({
    uri: order.uri,
    module: order.module,
    tell: (notice) => report({ kind: 'notice', notice }),
    ...(load === undefined ? {} : { load }),
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
    loader: signer.loader,
    token: sendToken(signer.token),
  });
}

async function carryOut(order: HostOrder): Promise<void> {
  switch (order.kind) {
    case 'inspect':
      report({ kind: 'inspected', module: sendModule(listTokens(order.module, loadBy(order.loader))) });
      return;
    case 'open':
      return open(order);
    case 'pin':
      takePin?.(order.pin);
      return;
    case 'sign': {
      const sign = order.given === 'hash' ? signer!.signHash! : signer!.sign;
      report({
        kind: 'signed',
        id: order.id,
        value: Uint8Array.from(await sign(order.data, order.algorithm)),
      });
      return;
    }
    case 'mechanism':
      report({ kind: 'named', id: order.id, mechanism: await signer!.mechanism(order.algorithm) });
  }
}

process.on('message', (message) => {
  const order = message as HostOrder;
  carryOut(order).catch((error: unknown) => failed('id' in order ? order.id : undefined, error));
});
