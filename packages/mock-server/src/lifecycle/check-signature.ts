import type { X509Certificate } from 'node:crypto';
import { verify, type VerifyResult } from '@bhxh/signing';
import type { ServerContext } from '../context.ts';
import type { Signers } from '../register/signers.ts';
import type { ShownSignature } from './outcome.ts';

/** What a document's signature proves, and the only bytes that may be read from here on. */
export interface CheckedSignature {
  readonly shown: ShownSignature;
  readonly isSigned: boolean;
  /** The canonical bytes that were signed; the document itself where it carries no signature. */
  readonly content: Uint8Array;
}

/**
 * Verifies a document against the sender's registered certificates and tax code. Without any registered certificate or
 * trusted authority, the server knows nobody, and only place, coverage and mathematics are judged.
 */
export async function checkSignature(
  server: ServerContext,
  facility: string,
  document: Uint8Array,
  profile: Profile = 'bhxh-xml',
): Promise<CheckedSignature> {
  const recent = await judge(server, await server.signers.recent(facility), document, profile);
  if (!recent.isSigned || recent.shown.verdict === 'valid') return recent;
  // Nobody is refused by a list that may lack the certificate he registered a moment ago.
  return await judge(server, await server.signers.fresh(facility), document, profile);
}

type Profile = 'bhxh-xml' | 'declaration-xml';

async function judge(
  server: ServerContext,
  { registered, authorities, taxCode }: Signers,
  document: Uint8Array,
  profile: Profile,
): Promise<CheckedSignature> {
  const knowsSigners = registered.length > 0 || authorities.length > 0;
  const trust = knowsSigners ? { anchors: [...registered, ...authorities] } : ('not-checked' as const);
  const options = { profile, trust, now: () => server.clock.now() } as const;
  let result = await verify(document, options);
  const isForeign =
    server.requiresRegistration && knowsSigners && result.verdict === 'valid' && !isAmong(result, registered);
  // A registered certificate speaks for its facility whatever its subject; of others, the tax code is worth telling.
  if (isForeign && taxCode !== undefined) {
    result = await verify(document, { ...options, expect: { mst: taxCode } });
  }
  const codes = [...new Set(result.reasons.map(({ code }) => code as string))];
  if (codes.includes('SIGNATURE_MISSING')) {
    return { isSigned: false, content: document, shown: { verdict: 'skipped', reasons: [] } };
  }
  if (isForeign) codes.push('CERTIFICATE_NOT_REGISTERED');
  const signer = result.signer?.subject;
  const verdict = isForeign ? 'invalid' : result.verdict;
  return {
    isSigned: true,
    // Canonical bytes are written anew each time; many ask for the verdict only.
    get content() {
      return verdict === 'valid' ? (result.signedBytes ?? document) : document;
    },
    shown: { verdict, reasons: codes, ...(signer === undefined ? {} : { signer }) },
  };
}

/**
 * A document with the verdict of its receipt, which stands: certificates that are withdrawn or expire between receipt
 * and check change nothing. Only the bytes that it covers are found again.
 */
export async function asJudged(
  document: Uint8Array,
  shown: ShownSignature,
  now: Date,
): Promise<CheckedSignature> {
  if (shown.verdict !== 'valid') {
    return { isSigned: shown.verdict !== 'skipped', content: document, shown };
  }
  const { signedBytes } = await verify(document, {
    profile: 'bhxh-xml',
    trust: 'not-checked',
    now: () => now,
  });
  return { isSigned: true, content: signedBytes ?? document, shown };
}

const isAmong = (result: VerifyResult, registered: readonly X509Certificate[]): boolean =>
  registered.some(
    (certificate) => result.signer !== undefined && certificate.raw.equals(result.signer.certificate.raw),
  );
