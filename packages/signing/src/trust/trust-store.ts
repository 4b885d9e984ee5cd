import type { AnchorTerms, TrustStore } from '../certificates/chain.ts';
import type { TrustAnchor } from './trust-list.ts';
import { certificateOf } from './trust-list.ts';

/** Authorities of one kind, and the days on which what they vouch for counts (`yyyy-MM-dd`, in Vietnam; both included). */
export interface TrustDomainTerms {
  readonly id: string;
  readonly from?: string;
  readonly until?: string;
  /** Whether an unknown status of a certificate leaves the verdict open even where the certificate names nobody to ask. */
  readonly requiresStatus?: boolean;
}

/**
 * What `verify` is to believe: the anchors of the given domains, each within its own days and those of its domain. Anchors
 * of other domains are left out, so that no authority speaks for signers it was never meant for.
 */
export function trustStoreOf(
  anchors: readonly TrustAnchor[],
  domains: readonly TrustDomainTerms[],
): Pick<TrustStore, 'anchors' | 'terms'> {
  const wanted = new Map(domains.map((domain) => [domain.id, domain]));
  const used = anchors.filter(({ domain }) => wanted.has(domain));
  const terms = used.map((anchor): [string, AnchorTerms] => {
    const domain = wanted.get(anchor.domain)!;
    const from = [startOf(anchor.from), startOf(domain.from)].filter((day) => day !== undefined);
    const until = [endOf(anchor.until), endOf(domain.until)].filter((day) => day !== undefined);
    return [
      anchor.fingerprint,
      {
        ...(from.length === 0 ? {} : { from: new Date(Math.max(...from)) }),
        ...(until.length === 0 ? {} : { until: new Date(Math.min(...until)) }),
        ...(domain.requiresStatus === true ? { requiresStatus: true } : {}),
      },
    ];
  });
  return { anchors: used.map(certificateOf), terms: new Map(terms) };
}

const startOf = (day: string | undefined): number | undefined =>
  day === undefined ? undefined : Date.parse(`${day}T00:00:00+07:00`);

const endOf = (day: string | undefined): number | undefined =>
  day === undefined ? undefined : Date.parse(`${day}T23:59:59.999+07:00`);
