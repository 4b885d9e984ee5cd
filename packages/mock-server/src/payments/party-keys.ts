import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createDemoAuthority, keyObjectSigner, sign, type Signer } from '@bhxh/signing';
import type { VirtualClock } from '../clock/clock.ts';
import type { Store } from '../store/store.ts';
import { findParty, registerPartyCertificate } from './parties.ts';

/** The test keys with which this server signs for the side that it plays. Nobody else should trust them. */
export interface PartyKeys {
  /** PEM of the certificate that a party's messages carry. */
  certificate(party: string): Promise<string>;
  signMessage(party: string, envelope: Uint8Array): Promise<Uint8Array>;
  /** Signs a sheet for one of its two parties. */
  signSheet(party: string, role: 'bank' | 'office', sheet: Uint8Array): Promise<Uint8Array>;
  /** Signs a form of the office. */
  signForm(party: string, form: Uint8Array): Promise<Uint8Array>;
}

interface StoredKey {
  readonly keyPem: string;
  readonly certificatePem: string;
}

/** A key is made when it is first needed and kept in the store, so that every node signs alike. */
export function createPartyKeys(store: Store, clock: VirtualClock): PartyKeys {
  const opened = new Map<string, Promise<{ readonly signer: Signer; readonly pem: string }>>();
  const open = (party: string): Promise<{ readonly signer: Signer; readonly pem: string }> => {
    const known = opened.get(party);
    if (known !== undefined) return known;
    const opening = storedKey(store, clock, party).then(({ keyPem, certificatePem }) => ({
      pem: certificatePem,
      signer: keyObjectSigner({
        key: createPrivateKey(keyPem),
        certificate: new X509Certificate(certificatePem),
        chain: [],
        label: party,
      }),
    }));
    opening.catch(() => opened.delete(party));
    opened.set(party, opening);
    return opening;
  };
  const now = (): Date => clock.now();
  return {
    certificate: async (party) => (await open(party)).pem,
    signMessage: async (party, envelope) =>
      await sign(envelope, (await open(party)).signer, { profile: 'payment-message', now }),
    signSheet: async (party, role, sheet) =>
      await sign(sheet, (await open(party)).signer, { profile: 'balance-sheet', party: role, now }),
    signForm: async (party, form) =>
      await sign(form, (await open(party)).signer, { profile: 'declaration-xml', now }),
  };
}

const YEARS = 3_650 * 86_400_000;

async function storedKey(store: Store, clock: VirtualClock, code: string): Promise<StoredKey> {
  const name = `payment-key:${code}`;
  const read = async (): Promise<StoredKey | undefined> => {
    const row = await store.read
      .selectFrom('setting')
      .select('value')
      .where('name', '=', name)
      .executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.value) as StoredKey);
  };
  const known = await read();
  if (known !== undefined) return known;
  const party = await findParty(store.read, code);
  if (party === undefined) throw new RangeError(`no party ${code}`);
  const authority = createDemoAuthority({ now: () => clock.now(), name: `SYNTHETIC ${code} root CA` });
  const identity = authority.issue({
    mst: party.tax_code,
    name: `SYNTHETIC ${code}`,
    // A test that moves the clock by years still gets signatures within the validity.
    notAfter: new Date(clock.now().getTime() + YEARS - 1),
  });
  const value = JSON.stringify({
    keyPem: identity.keyPem,
    certificatePem: identity.certificatePem,
  } satisfies StoredKey);
  await store.write(async (connection) => {
    const kept = await connection
      .insertInto('setting')
      .values({ name, value })
      .onConflict((conflict) => conflict.doNothing())
      .returning('name')
      .executeTakeFirst();
    if (kept !== undefined)
      await registerPartyCertificate(connection, code, new X509Certificate(identity.certificatePem));
  });
  return (await read()) as StoredKey;
}
