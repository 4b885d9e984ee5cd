import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createDemoAuthority, keyObjectSigner, sign, type Signer } from '@bhxh/signing';
import type { VirtualClock } from '../clock/clock.ts';
import type { Store } from '../store/store.ts';
import { syntheticTaxCode } from '../seed/synthetic-tax-code.ts';

/** The test key with which this server signs for the social insurance office. Nobody else should trust it. */
export interface OfficeKey {
  /** PEM of the authority that issued it: the root to trust. */
  certificate(): Promise<string>;
  /** Signs a form of the office; the claimed time is that of the step. */
  sign(document: Uint8Array, at: Date): Promise<Uint8Array>;
}

interface StoredKey {
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly authorityPem: string;
}

const SETTING = 'office-key';
/** The office's place in the reserved tax codes, behind those of facilities and units. */
const OFFICE = 900;

/** The key is made when it is first needed and kept in the store, so that every node signs alike. */
export function createOfficeKey(store: Store, clock: VirtualClock): OfficeKey {
  let opened: Promise<{ readonly signer: Signer; readonly authorityPem: string }> | undefined;
  const open = (): NonNullable<typeof opened> => {
    opened ??= storedKey(store, clock).then(({ keyPem, certificatePem, authorityPem }) => ({
      authorityPem,
      signer: keyObjectSigner({
        key: createPrivateKey(keyPem),
        certificate: new X509Certificate(certificatePem),
        chain: [new X509Certificate(authorityPem)],
        label: SETTING,
      }),
    }));
    opened.catch(() => (opened = undefined));
    return opened;
  };
  return {
    certificate: async () => (await open()).authorityPem,
    sign: async (document, at) =>
      await sign(document, (await open()).signer, { profile: 'declaration-xml', now: () => at }),
  };
}

async function storedKey(store: Store, clock: VirtualClock): Promise<StoredKey> {
  const read = async (): Promise<StoredKey | undefined> => {
    const row = await store.read
      .selectFrom('setting')
      .select('value')
      .where('name', '=', SETTING)
      .executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.value) as StoredKey);
  };
  const known = await read();
  if (known !== undefined) return known;
  const authority = createDemoAuthority({ now: () => clock.now(), name: 'SYNTHETIC office root CA' });
  const identity = authority.issue({
    mst: syntheticTaxCode(OFFICE),
    name: 'Social insurance office',
    // Steps are signed as of the moment they were planned for, which a clock that jumped has left behind.
    notBefore: new Date(clock.now().getTime() - 364 * 86_400_000),
    // A test that moves the clock by years still gets signatures within the validity.
    notAfter: new Date(clock.now().getTime() + 3_650 * 86_400_000 - 1),
  });
  const value = JSON.stringify({
    keyPem: identity.keyPem,
    certificatePem: identity.certificatePem,
    authorityPem: authority.certificatePem,
  } satisfies StoredKey);
  await store.write((connection) =>
    connection
      .insertInto('setting')
      .values({ name: SETTING, value })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
  return (await read()) as StoredKey;
}
