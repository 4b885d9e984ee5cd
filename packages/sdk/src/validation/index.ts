export type { Finding, FindingLocation, FindingValue, RecordReference, Verdict } from './finding.ts';
export type { CatalogueLookup, ExternalFacts } from './checks/check.ts';
export { readFacts } from './checks/external-facts.ts';
export type { FileReport, PreviewReport, RulesetUse, SignatureReport } from './report/file-report.ts';
export { stepNames, worstVerdict, type StepName, type StepReport } from './report/steps.ts';
export { createValidator, type ValidationInput, type Validator, type ValidatorOptions } from './validator.ts';
export type { VerifySignature } from './validation-setup.ts';
export {
  ReportCounter,
  toJsonFile,
  toJsonFinding,
  toJsonReport,
  type JsonFile,
  type JsonFinding,
  type JsonReport,
  type JsonReportOptions,
  type ReportSummary,
} from './report/json-report.ts';
export { fileSource } from './file-source.ts';
export {
  validateFiles,
  type FileOutcome,
  type FileToValidate,
  type ValidateFilesOptions,
} from './validate-files.ts';
