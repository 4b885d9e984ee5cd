import type { X509Certificate } from 'node:crypto';
import type { Store } from '../store/store.ts';
import { registeredCertificates, trustedAuthorities } from './certificates.ts';

/** Whose signatures count for a facility. */
export interface Signers {
  readonly registered: readonly X509Certificate[];
  readonly authorities: readonly X509Certificate[];
  readonly taxCode: string | undefined;
}

export interface SignerRegister {
  /** As it stands, or stood up to two seconds ago. */
  recent(facility: string): Promise<Signers>;
  /** As it stands. */
  fresh(facility: string): Promise<Signers>;
}

/** A facility sends thousands of documents a night under one certificate; a withdrawn one must end within a minute. */
const KEPT = 2_000;
const MOST = 20_000;

export function createSignerRegister(store: Store): SignerRegister {
  const known = new Map<string, { readonly signers: Signers; readonly until: number }>();
  const register: SignerRegister = {
    async recent(facility) {
      const kept = known.get(facility);
      return kept !== undefined && performance.now() < kept.until
        ? kept.signers
        : await register.fresh(facility);
    },
    async fresh(facility) {
      const row = await store.read
        .selectFrom('facility')
        .select('tax_code')
        .where('code', '=', facility)
        .executeTakeFirst();
      const signers = {
        registered: await registeredCertificates(store, facility),
        authorities: await trustedAuthorities(store),
        taxCode: row?.tax_code ?? undefined,
      };
      if (known.size >= MOST) known.clear();
      known.set(facility, { signers, until: performance.now() + KEPT });
      return signers;
    },
  };
  return register;
}
