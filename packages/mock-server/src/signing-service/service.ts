import { randomBytes, randomInt } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import type { DemoAuthority, SignatureAlgorithm, Signer } from '@bhxh/signing';
import { demoTaxCode, keyObjectSigner } from '@bhxh/signing';
import type { VirtualClock } from '../clock/clock.ts';
import { openContract, type Contract } from '../contract/contract.ts';
import type { SigningFault } from '../scenarios/scenario.ts';
import { createRequestBook, type RequestBook } from './requests.ts';
import { createShortLived, type ShortLived } from './short-lived.ts';

export interface SigningServiceOptions {
  /** The key that signs, for example of a token (`openKey('pkcs11:…')`); a synthetic one is made when first needed. */
  readonly signer?: Signer;
  /** Told of every answer of a user by POST, as a provider's registered address is; loopback or https. */
  readonly callback?: string;
}

/** What a client shows to the service, made at random at every start. */
export interface SigningSecrets {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly pin: string;
}

/** A right to sign certain hashes, given by their user. */
export interface Authorization {
  readonly credential: string;
  readonly hashes: ReadonlySet<string>;
  left: number;
  readonly fault: SigningFault | undefined;
}

/** Users of the demo key, in the manner of each protocol. All of them are of the synthetic ranges. */
export const OTP_CREDENTIAL = 'DEMO-OTP';
export const APP_CREDENTIAL = 'DEMO-APP';
export const USER = '099000000001';
export const PHONE = '0990000001';

/** Wrong PINs or codes after which a credential is locked. */
const TRIES = 3;
/** A one-time code lives so many seconds of the server's clock. */
const CODE_SECONDS = 300;

/** The state of the signing service; an outside party, so that it lives with the process that holds the key. */
export interface SigningService {
  readonly contract: Contract;
  readonly secrets: SigningSecrets;
  readonly callback: string | undefined;
  readonly requests: RequestBook;
  readonly tokens: ShortLived<true>;
  readonly authorizations: ShortLived<Authorization>;
  signer(): Promise<SigningKey>;
  /** A certificate of the same authority and another key, for the scenario that shows it. */
  otherCertificate(): X509Certificate;
  /** Signs as a scenario wants it. */
  sign(hash: Uint8Array, algorithm: SignatureAlgorithm, fault: SigningFault | undefined): Promise<string[]>;
  /** The one-time code last sent to the phone. */
  code(): string | undefined;
  sendCode(): void;
  /** Checks PIN and code; each failure counts towards the lock. A code is good once. */
  check(
    credential: string,
    pin: string | undefined,
    code: string | undefined,
  ): 'ok' | 'pin' | 'code' | 'locked';
  isLocked(credential: string): boolean;
  unlock(): void;
  close(): void;
}

export type SigningKey = Signer & Required<Pick<Signer, 'signHash'>>;

export function createSigningService(
  clock: VirtualClock,
  authority: () => DemoAuthority,
  options: SigningServiceOptions = {},
  /** Told once of the certificate of the key that signs, before it is used. */
  onKey: (certificate: X509Certificate) => Promise<void> = async () => undefined,
): SigningService {
  const secrets: SigningSecrets = {
    clientId: 'bhxh-demo',
    clientSecret: randomBytes(18).toString('base64url'),
    pin: String(randomInt(10_000_000, 100_000_000)),
  };
  const failures = new Map<string, number>();
  const isLocked = (credential: string): boolean => (failures.get(credential) ?? 0) >= TRIES;
  const requests = createRequestBook(clock);
  let sent: { readonly code: string; readonly until: number } | undefined;
  let own: Promise<SigningKey> | undefined;
  let other: X509Certificate | undefined;
  const open = async (): Promise<SigningKey> => {
    const key = usable(options.signer ?? demoSigner(authority()));
    await onKey(key.certificate);
    return key;
  };
  const signer = (): Promise<SigningKey> => (own ??= open());
  const code = (): string | undefined =>
    sent !== undefined && clock.now().getTime() < sent.until ? sent.code : undefined;
  return {
    contract: openContract('signing-service.yaml'),
    secrets,
    callback: options.callback,
    requests,
    tokens: createShortLived(clock),
    authorizations: createShortLived(clock),
    signer,
    otherCertificate: () =>
      (other ??= authority().issue({ mst: demoTaxCode(9), name: 'Other key' }).certificate),
    async sign(hash, algorithm, fault) {
      const key = await signer();
      const signed = fault === 'wrong-value' ? Buffer.alloc(hash.length, 1) : hash;
      const value = Buffer.from(await key.signHash(signed, algorithm)).toString('base64');
      if (fault === 'too-few') return [];
      return fault === 'too-many' ? [value, value] : [value];
    },
    code,
    sendCode() {
      const digits = String(randomInt(0, 1_000_000)).padStart(6, '0');
      sent = { code: digits, until: clock.now().getTime() + CODE_SECONDS * 1_000 };
    },
    check(credential, pin, given) {
      if (isLocked(credential)) return 'locked';
      const wrong =
        pin !== secrets.pin ? 'pin' : given === undefined || given !== code() ? 'code' : undefined;
      if (wrong !== undefined) {
        failures.set(credential, (failures.get(credential) ?? 0) + 1);
        return wrong;
      }
      sent = undefined;
      failures.delete(credential);
      return 'ok';
    },
    isLocked,
    unlock: () => failures.clear(),
    close: () => requests.close(),
  };
}

function demoSigner(authority: DemoAuthority): Signer {
  const identity = authority.issue({ mst: demoTaxCode(1), name: 'Facility 99001, remote key' });
  const { key, certificate, chain } = identity;
  return keyObjectSigner({ key, certificate, chain, label: 'signing service' });
}

/** A service gets nothing but hashes, so a key that wants the data is of no use to it. */
function usable(signer: Signer): SigningKey {
  const { signHash } = signer;
  if (signHash === undefined) throw new TypeError(`${signer.label} signs no hashes made elsewhere`);
  return { ...signer, signHash };
}
