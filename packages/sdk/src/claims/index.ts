export { buildClaim, buildClaimFile, streamClaimFile, wrapClaim, wrapClaims } from './build.ts';
export type { BuildClaimFileOptions, BuiltTable, StreamClaimFileOptions } from './build.ts';
export { buildCatalogue } from './build-catalogue.ts';
export type { BuildCatalogueOptions } from './build-catalogue.ts';
export { buildCertificates } from './build-certificates.ts';
export type { BuildCertificatesOptions } from './build-certificates.ts';
export { buildCheckIn, buildMedicalAssessment } from './build-check-in.ts';
export { buildTable } from './build-table.ts';
export { computeSummary } from './compute-summary.ts';
export type { ComputedSummary, SummaryChange } from './compute-summary.ts';
export type {
  CatalogueKind,
  CatalogueRow,
  CertificateInput,
  CheckInRow,
  ClaimFileOptions,
  ClaimInput,
  ClaimTables,
  MedicalAssessmentRow,
  SourceClaims,
  SourceProblem,
  Standards,
  TableRow,
  WireClaim,
} from './types.ts';
export { claimsFromCsv } from './sources/claims-from-csv.ts';
export { claimsFromJson } from './sources/claims-from-json.ts';
export { claimsFromXlsx } from './sources/claims-from-xlsx.ts';
export { catalogueFrom, type CatalogueSource } from './read-catalogue.ts';
export { readClaimFile } from './read.ts';
export type { ReadClaim, ReadClaimFileOptions } from './read.ts';
