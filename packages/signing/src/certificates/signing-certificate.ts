import type { X509Certificate } from 'node:crypto';
import { SigningError } from '../errors.ts';
import type { VerifyReasonCode } from '../reasons.ts';
import { verifyReasons } from '../reasons.ts';
import { certificateFacts } from './certificate-facts.ts';
import type { TrustStore } from './chain.ts';
import { checkChain, checkLink } from './chain.ts';

/**
 * Refuses a certificate that `verify` would refuse whatever the trust: outside its dates, not for signing, signed weakly, or
 * with a critical extension nobody understands.
 */
export function refuseUnfitCertificate(certificate: X509Certificate, now: Date): void {
  for (const code of checkLink(certificate, [certificate], 0, now, 'signing'))
    throw refusal(code, certificate);
}

/** How a certificate's chain and status are looked into before its key is used. */
export interface StatusCheck {
  readonly trust: TrustStore;
  /**
   * Called when nothing is wrong and yet not everything could be known, revocation for instance; signing then goes on, and
   * the caller shows the warning the law asks for. Without it an unknown status is a refusal.
   */
  readonly onUnknown?: (reasons: readonly VerifyReasonCode[]) => void;
}

/**
 * Checks the signer's certificate before it is used (TT 15/2025/TT-BKHCN, article 5): its chain to an anchor and the
 * revocation of every link, as `verify` would judge them now.
 *
 * @throws SigningError `ERR_CERTIFICATE_EXPIRED`, `ERR_CERTIFICATE_NOT_YET_VALID`, `ERR_CERTIFICATE_NOT_FOR_SIGNING`,
 * `ERR_CERTIFICATE_REVOKED`, `ERR_CERTIFICATE_REFUSED`, or `ERR_CERTIFICATE_STATUS_UNKNOWN`.
 */
export async function checkSigningCertificate(
  identity: { readonly certificate: X509Certificate; readonly chain: readonly X509Certificate[] },
  { trust, onUnknown }: StatusCheck,
  now: Date,
): Promise<void> {
  const { certificate, chain } = identity;
  const report = await checkChain({ certificate, others: chain, trust, at: now });
  const codes = [...new Set(report.reasons.map(({ code }) => code))];
  const refused = codes.find((code) => verifyReasons[code].verdict === 'invalid');
  if (refused !== undefined) throw refusal(refused, certificate);
  if (codes.length === 0) return;
  if (onUnknown === undefined)
    throw new SigningError('ERR_CERTIFICATE_STATUS_UNKNOWN', { reason: codes.join(', ') });
  onUnknown(codes);
}

function refusal(code: VerifyReasonCode, certificate: X509Certificate): SigningError {
  switch (code) {
    case 'CERTIFICATE_NOT_YET_VALID':
    case 'CERTIFICATE_EXPIRED': {
      const { notBefore, notAfter } = certificateFacts(certificate);
      return new SigningError(`ERR_${code}`, {
        notBefore: notBefore.toISOString(),
        notAfter: notAfter.toISOString(),
      });
    }
    case 'CERTIFICATE_KEY_USAGE':
      return new SigningError('ERR_CERTIFICATE_NOT_FOR_SIGNING');
    case 'CERTIFICATE_REVOKED':
      return new SigningError('ERR_CERTIFICATE_REVOKED');
    default:
      return new SigningError('ERR_CERTIFICATE_REFUSED', { reason: code });
  }
}
