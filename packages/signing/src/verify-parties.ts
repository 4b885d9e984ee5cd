import type { ProfileName, SignatureProfile } from './profiles.ts';
import { knownProfile, partiesOf, partyUnknown } from './resolve-profile.ts';
import type { SignatureVerdict, VerifyResult } from './types.ts';
import type { VerifyOptions } from './verify-xml.ts';
import { verify } from './verify-xml.ts';

/** What is expected of one party's signature. */
export type PartyExpectation = Pick<VerifyOptions, 'trust' | 'at' | 'expect'>;

export interface PartiesResult {
  /** The worst of the results: a document counts only when every party has signed it. */
  readonly verdict: SignatureVerdict;
  /** One result for each party of the profile, in the order of its places. */
  readonly results: ReadonlyMap<string, VerifyResult>;
}

/**
 * Verifies a document that several parties sign, each signature by itself and against its own signer. To look at one of
 * them, while the others have yet to sign, call `verify` with `party`.
 *
 * @throws SigningError `ERR_PROFILE_UNKNOWN`; `ERR_PARTY_UNKNOWN` for a profile without parties or a name it does not have.
 * @example
 * const { verdict, results } = await verifyParties(bytes, {
 *   profile: 'balance-sheet',
 *   parties: { bank: { trust, expect: { mst: bankTaxCode } }, office: { trust: vssTrust } },
 *   now: () => new Date(),
 * });
 */
export async function verifyParties(
  xml: Uint8Array,
  options: {
    readonly profile: ProfileName | SignatureProfile;
    readonly parties: Readonly<Record<string, PartyExpectation>>;
    readonly now: () => Date;
  },
): Promise<PartiesResult> {
  const { now } = options;
  const profile = knownProfile(options.profile);
  const expected = new Map(Object.entries(options.parties));
  const parties = partiesOf(profile);
  const strange = [...expected.keys()].find((party) => !parties.includes(party));
  if (parties.length === 0 || strange !== undefined) throw partyUnknown(profile);
  const results = new Map<string, VerifyResult>();
  for (const party of parties) {
    results.set(party, await verify(xml, { ...expected.get(party), profile, party, now }));
  }
  const verdicts = [...results.values()].map(({ verdict }) => verdict);
  const worst = (['invalid', 'undetermined'] as const).find((verdict) => verdicts.includes(verdict));
  return { verdict: worst ?? 'valid', results };
}
