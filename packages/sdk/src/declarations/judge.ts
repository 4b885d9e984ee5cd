/**
 * Reading and judging of dossiers, without builders and clients: what a receiver shares with a sender.
 *
 * @packageDocumentation
 */
export * from './types.ts';
export { benefitAmount } from './benefit-amount.ts';
export type { BenefitAmount, BenefitQuestion } from './benefit-amount.ts';
export { checkDossier } from './check-dossier.ts';
export type { DossierReport } from './check-dossier.ts';
export { readDossier, readForm } from './read.ts';
export type { ReadDossier } from './read.ts';
export { declarationSpecs } from './specs.ts';
export type { DeclarationSpecs } from './specs.ts';
