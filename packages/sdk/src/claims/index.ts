export { buildClaim, buildClaimFile, streamClaimFile, wrapClaim, wrapClaims } from './build.ts';
export type { BuildClaimFileOptions, BuiltTable, StreamClaimFileOptions } from './build.ts';
export { buildTable } from './build-table.ts';
export { computeSummary } from './compute-summary.ts';
export type { ComputedSummary, SummaryChange } from './compute-summary.ts';
export type { ClaimFileOptions, ClaimTables, SourceClaims, SourceProblem, TableRow } from './types.ts';
