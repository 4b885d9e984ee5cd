export * from './types.ts';
export { declarationSentence } from '../messages/declarations/index.ts';
export { attachmentFiles, buildDossier, buildEnvelope, buildForm, formFiles } from './build.ts';
export type { DossierFile, SignDocument } from './build.ts';
export { dueOf, readC12, readC12Form, reconcileC12 } from './c12.ts';
export type { C12, C12Finding } from './c12.ts';
export { benefitAmount } from './benefit-amount.ts';
export type { BenefitAmount, BenefitQuestion } from './benefit-amount.ts';
export { checkDossier } from './check-dossier.ts';
export type { DossierReport } from './check-dossier.ts';
export { diffPayrolls, formOfDiff } from './diff.ts';
export type { CompanionRow, DiffChoice, DiffRow, PayrollDiff } from './diff.ts';
export { readDossier, readForm } from './read.ts';
export type { ReadDossier } from './read.ts';
export { channelIds, openChannel } from './channels.ts';
export type { Channel, CodeMeaning } from './channels.ts';
export { ownMapping, readFormTable } from './read-form-table.ts';
export type { FormTable, TableMapping, TableProblem } from './read-form-table.ts';
export { formHeader, readTemplate, templateSheets } from './template.ts';
export type { ReadTemplate, TemplateSheet } from './template.ts';
export { readPayroll } from './read-payroll.ts';
export type { Payroll, PayrollProblem, PayrollRow, PayrollStatus } from './read-payroll.ts';
export { declarationSpecs } from './specs.ts';
export type { DeclarationSpecs } from './specs.ts';
export { createDeclarationsClient } from './gateway.ts';
export type {
  DeclarationsClient,
  DeclarationsOptions,
  DossierReceipt,
  DossierSendOptions,
  DossierStatistics,
  HouseholdAnswer,
  HouseholdQuestion,
  MemberList,
  PersonAnswer,
  PersonQuestion,
  RegisteredUnit,
  UnitObligations,
} from './gateway.ts';
export type { DossierList, DossierQuery, DossierState, DossierStatus, DossierStatusCalls } from './status.ts';
export { declarationsTarget, identifyDossier } from './submit.ts';
export type { DossierIdentity } from './submit.ts';
