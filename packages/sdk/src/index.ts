export * from './errors/index.ts';
export { type ClaimsClient, type ClientOptions, createClient } from './client.ts';
export {
  type Environment,
  type EnvironmentName,
  proxyFromEnvironment,
  resolveEnvironment,
} from './environments.ts';
export type {
  CallOptions,
  CardReply,
  CardRequest,
  CoPaymentReply,
  CoPaymentRequest,
  DriverCertificate,
  DriverCertificateReply,
  HistoryReply,
  LookUpAnswer,
  Receipt,
} from './claims/gateway.ts';
export type { CatalogueNumber, GatewayStandard, SubmissionKind } from './claims/operations.ts';
export type {
  ClaimList,
  ClaimQuery,
  ClaimStatus,
  Offers,
  SubmissionList,
  SubmissionQuery,
  SubmissionStatus,
} from './claims/status.ts';
export type { CallEvent } from './transport/call.ts';
export { UnreadableAnswer } from './transport/failures.ts';
export type { Fetch } from './transport/fetch-transport.ts';
export type { TimeLimits } from './transport/pipeline.ts';
export {
  createRetryBudget,
  defaultRetryPolicy,
  type RetryBudget,
  type RetryPolicy,
} from './transport/retry-policy.ts';
export { requestSigner, type RequestSigner } from './transport/request-signer.ts';
export { createSessionCache, type Credentials, type SessionCache } from './transport/session.ts';
export type { Sleep } from './transport/sleep.ts';
