import { SigningError } from './errors.ts';
import type { ProfileName, SignaturePlace, SignatureProfile } from './profiles.ts';
import { findProfile } from './profiles.ts';

/** Who signs documents of a profile, in the order of its places; empty where each document has one signature. */
export const partiesOf = ({ places }: SignatureProfile): readonly string[] => [
  ...new Set(places.flatMap(({ party }) => (party === undefined ? [] : [party]))),
];

export function knownProfile(profile: ProfileName | SignatureProfile): SignatureProfile {
  const found = typeof profile === 'string' ? findProfile(profile) : profile;
  if (found === undefined) throw new SigningError('ERR_PROFILE_UNKNOWN', { profile: String(profile) });
  return found;
}

export const partyUnknown = (profile: SignatureProfile): SigningError =>
  new SigningError('ERR_PARTY_UNKNOWN', {
    profile: profile.id,
    parties: partiesOf(profile).join(', ') || '–',
  });

/**
 * The profile as one party signs and verifies it: its own places, with those of the others set aside.
 *
 * @throws SigningError `ERR_PROFILE_UNKNOWN`; `ERR_PARTY_UNKNOWN` when the profile has parties and none of them was named,
 * or has no party of that name.
 */
export function resolveProfile(profile: ProfileName | SignatureProfile, party?: string): SignatureProfile {
  const found = knownProfile(profile);
  let byParty = resolved.get(found);
  if (byParty === undefined) resolved.set(found, (byParty = new Map()));
  let one = byParty.get(party);
  if (one === undefined) byParty.set(party, (one = profileOf(found, party)));
  return one;
}

const resolved = new WeakMap<SignatureProfile, Map<string | undefined, SignatureProfile>>();

function profileOf(found: SignatureProfile, party: string | undefined): SignatureProfile {
  const parties = partiesOf(found);
  if (party === undefined && parties.length === 0) return found;
  if (party === undefined || !parties.includes(party)) throw partyUnknown(found);
  return { ...found, places: found.places.filter((place) => place.party === party).map(amongOthers) };

  function amongOthers(place: SignaturePlace): SignaturePlace {
    const others = found.places.filter((other) => other.root === place.root && other.party !== party);
    return { ...place, otherPlaces: others.map(({ path }) => path) };
  }
}
