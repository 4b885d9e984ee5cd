import { verify, type ProfileName } from '@bhxh/signing';
import type { VerifySignature } from '@bhxh/sdk/validation';

/** Place, coverage and mathematics of a signature, without trust; loaded by validation's worker threads by its address. */
export const verifySignature: VerifySignature = (xml, { profile }) =>
  verify(xml, { profile: profile as ProfileName, trust: 'not-checked', now: () => new Date() });
