import { createHash } from 'node:crypto';
import { readSpec, readSpecFolder } from '../contract/specs-folder.ts';

export const suiteNames = ['claims', 'declarations', 'bank'] as const;
export type SuiteName = (typeof suiteNames)[number];

export interface Titled {
  readonly vi: string;
  readonly en: string;
}

/** What one value of an answer has to be; text in it may name variables. */
export type Matcher =
  | string
  | number
  | boolean
  | null
  | {
      readonly is?: string | number | boolean;
      /** Equal as text, because a gateway may write a code as a number. */
      readonly says?: string;
      readonly not?: string;
      readonly oneOf?: readonly (string | number)[];
      readonly matches?: string;
      readonly type?: 'text' | 'number' | 'list' | 'object';
      readonly present?: boolean;
      readonly least?: number;
      readonly count?: number;
    };

export interface Expectation {
  readonly status?: number | readonly number[];
  /** The official code (`maKetQua`), wherever the family puts it and of whichever type. */
  readonly code?: string | readonly string[];
  readonly headers?: Readonly<Record<string, Matcher>>;
  /** By path: `APIKey.access_token`, `claims.0.sha256`. */
  readonly body?: Readonly<Record<string, Matcher>>;
  /** The body is byte for byte the one that an earlier step remembered. */
  readonly sameAs?: string;
  /** Text that may stand nowhere in the answer. */
  readonly never?: readonly string[];
  /** Whether the answer must be one that the OpenAPI description allows; true if left out. */
  readonly described?: boolean;
}

export interface CallStep {
  readonly call: string;
  /** Parts of the suite that are merged in first. */
  readonly use?: readonly string[];
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | null>>;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly form?: Readonly<Record<string, string | null>>;
  readonly json?: Readonly<Record<string, unknown>>;
  /** Name of a document that is the body. */
  readonly body?: string;
  readonly text?: string;
  readonly contentType?: string;
  readonly expect?: Expectation;
  /** Repeats the call until the expectation holds, for so many seconds. */
  readonly within?: number;
  readonly capture?: Readonly<Record<string, string>>;
  readonly remember?: string;
}

export interface DocumentStep {
  readonly document: string;
  readonly as: string;
  readonly with?: Readonly<Record<string, string>>;
  /** Whose key signs; `none` leaves it unsigned, `altered` changes it after the signature. */
  readonly sign: 'sender' | 'other' | 'none' | 'altered';
}

export interface MacroStep {
  readonly do: string;
}

/** Moves the clock of a server with a control API. */
export interface AdvanceStep {
  readonly advance: number;
}

export type Step = CallStep | DocumentStep | MacroStep | AdvanceStep;

/** What a target has to have for a case to be played. */
export type Need =
  'facility' | 'facilityKey' | 'other' | 'otherKey' | 'control' | 'idempotencyKey' | 'statusQuery';

export interface Case {
  readonly id: string;
  readonly title: Titled;
  readonly origin: 'legal' | 'gateway' | 'practice' | 'reference';
  readonly needs?: readonly Need[];
  readonly steps: readonly Step[];
}

interface SuiteHead {
  readonly suite: SuiteName;
  readonly title: Titled;
  /** File under `specs/openapi`. */
  readonly openapi: string;
  /** Which accounts of the target take part. */
  readonly roles: { readonly sender: string; readonly other: string };
  readonly parts: Readonly<Record<string, Partial<CallStep>>>;
  readonly macros: Readonly<Record<string, readonly Step[]>>;
}

export interface Suite extends SuiteHead {
  readonly cases: readonly Case[];
  /** SHA-256 over every file of the suite and of its documents. */
  readonly hash: string;
}

export interface DocumentTemplate {
  readonly id: string;
  readonly profile: 'bhxh-xml' | 'declaration-xml';
  /** Each part carries a signature of its own before it goes into the whole. */
  readonly partsAreSigned?: boolean;
  /** Inner files by name; `${base64:NAME}` and `${length:NAME}` of the whole stand for them. */
  readonly parts: Readonly<Record<string, string>>;
  readonly whole: string;
}

export function readTemplate(id: string): DocumentTemplate {
  return readSpec(`conformance/documents/${id}.yaml`) as DocumentTemplate;
}

/** A suite of `specs/conformance`, its cases in the order of their files. */
export function readSuite(name: SuiteName): Suite {
  const head = readSpec(`conformance/${name}/suite.yaml`) as SuiteHead;
  const topics = readSpecFolder(`conformance/${name}`).filter(
    (file): file is { readonly cases: readonly Case[] } => 'cases' in (file as object),
  );
  const cases = topics.flatMap((topic) => topic.cases);
  const contents = [head, topics, readSpecFolder('conformance/documents')];
  const hash = createHash('sha256').update(JSON.stringify(contents)).digest('hex');
  return { ...head, cases, hash };
}
