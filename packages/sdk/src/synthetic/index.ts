export { generateClaims } from './generate-claims.ts';
export type { GenerateClaimsOptions, GeneratedClaim } from './generate-claims.ts';
export type { EpisodeKind } from './draft.ts';
