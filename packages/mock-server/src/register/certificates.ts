import { X509Certificate } from 'node:crypto';
import type { Store } from '../store/store.ts';

const fingerprintOf = (certificate: X509Certificate): string =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase();

/** A facility registers each certificate before its first signed document, as on the real portal. */
export async function registerCertificate(
  store: Store,
  facility: string,
  certificate: X509Certificate,
): Promise<void> {
  await store.write((connection) =>
    connection
      .insertInto('certificate')
      .values({
        fingerprint: fingerprintOf(certificate),
        facility,
        pem: certificate.toString(),
        from_at: new Date(certificate.validFrom).getTime(),
        to_at: new Date(certificate.validTo).getTime(),
        status: 'active',
      })
      .onConflict((conflict) =>
        conflict.columns(['facility', 'fingerprint']).doUpdateSet({ status: 'active' }),
      )
      .execute(),
  );
}

export async function trustAuthority(store: Store, certificate: X509Certificate): Promise<void> {
  await store.write((connection) =>
    connection
      .insertInto('trust')
      .values({ fingerprint: fingerprintOf(certificate), pem: certificate.toString() })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
}

const parsed = new Map<string, X509Certificate>();

function certificateOf(pem: string): X509Certificate {
  let certificate = parsed.get(pem);
  if (certificate === undefined) {
    if (parsed.size > 10_000) parsed.clear();
    certificate = new X509Certificate(pem);
    parsed.set(pem, certificate);
  }
  return certificate;
}

/** The authorities this server trusts. */
export async function trustedAuthorities(store: Store): Promise<X509Certificate[]> {
  const rows = await store.read.selectFrom('trust').select('pem').execute();
  return rows.map(({ pem }) => certificateOf(pem));
}

/** The certificates a facility may sign with. */
export async function registeredCertificates(store: Store, facility: string): Promise<X509Certificate[]> {
  const rows = await store.read
    .selectFrom('certificate')
    .select('pem')
    .where('facility', '=', facility)
    .where('status', '=', 'active')
    .execute();
  return rows.map(({ pem }) => certificateOf(pem));
}
