import { createHash } from 'node:crypto';
import { readSpec, readSpecFolder } from '../contract/specs-folder.ts';
import type { SuiteName, Titled } from './suite.ts';

export type CallKind = 'login' | 'upload' | 'query';

/** What goes wrong at one call of a kind: a scenario of the server, a plain refusal, or a redirect to another host. */
export interface PlannedFault {
  readonly on: CallKind;
  /** Which call of that kind, from 1; every one if left out. */
  readonly nth?: number;
  readonly scenario?: string;
  readonly refuse?: { readonly status: number; readonly retryAfter: number };
  readonly redirect?: true;
}

/** One thing that the record of a client must show; mechanisms are in `client-rules.ts`. */
export interface ClientRule {
  readonly rule: ClientRuleName;
  readonly least?: number;
  readonly most?: number;
}

export type ClientRuleName =
  | 'described'
  | 'logs-in-first'
  | 'logins'
  | 'sends-each'
  | 'sends-nothing-else'
  | 'stored-once'
  | 'asks-before-again'
  | 'keeps-key'
  | 'waits'
  | 'follows-no-redirect'
  | 'hides-password';

export interface ClientCase {
  readonly id: string;
  readonly title: Titled;
  /** What the client is to do. */
  readonly give: Titled;
  readonly documents: number;
  /** The server offers nothing beyond the real gateway. */
  readonly legacy?: boolean;
  readonly faults?: readonly PlannedFault[];
  readonly rules: readonly ClientRule[];
}

export interface ClientSuite {
  readonly suite: SuiteName;
  readonly title: Titled;
  readonly openapi: string;
  readonly operations: Readonly<Record<CallKind, readonly string[]>>;
  /** Form field that holds the document in base64; the body is the document where there is none. */
  readonly documentField?: string;
  readonly template: string;
  readonly role: string;
  readonly cases: readonly ClientCase[];
  readonly hash: string;
}

export function readClientSuite(name: SuiteName): ClientSuite {
  const suite = readSpec(`conformance/clients/${name}.yaml`) as Omit<ClientSuite, 'hash'>;
  const contents = [suite, readSpecFolder('conformance/documents')];
  return { ...suite, hash: createHash('sha256').update(JSON.stringify(contents)).digest('hex') };
}
