export { certify, isIntact, type Certificate, type CertifiedCase } from './certificate.ts';
export { readClientSuite, type ClientCase, type ClientSuite } from './client-suite.ts';
export type { Mismatch } from './expectation.ts';
export { runClients, type ClientBrief, type ClientRunOptions } from './run-clients.ts';
export {
  runSuite,
  TargetUnreachable,
  type CaseResult,
  type CaseVerdict,
  type RunOptions,
} from './run-suite.ts';
export { readSuite, suiteNames, type Case, type Suite, type SuiteName } from './suite.ts';
export type { Target, TargetAccount } from './target.ts';
