import type { TokenWords } from './token-words.ts';
import type { VerifyStep } from '@bhxh/signing';
import type { FlagName } from '../flags.ts';
import type { SkipReason } from '../inputs/input-file.ts';

type Values = Readonly<Record<string, string>>;

/** A sentence and, where there is one, the next thing to type. */
export interface Sentence {
  readonly message: string;
  readonly hint?: string;
}

export type CommandName =
  | 'bhxh'
  | 'demo'
  | 'init'
  | 'doctor'
  | 'generate'
  | 'generate claims'
  | 'generate statements'
  | 'build'
  | 'build claims'
  | 'build declaration'
  | 'c12'
  | 'c12 show'
  | 'c12 reconcile'
  | 'lookup'
  | 'lookup person'
  | 'lookup unit'
  | 'lookup household'
  | 'lookup card'
  | 'lookup agency'
  | 'lookup ward'
  | 'declarations'
  | 'declarations diff'
  | 'declarations template'
  | 'print'
  | 'validate'
  | 'sign'
  | 'verify'
  | 'explain'
  | 'submit'
  | 'status'
  | 'card'
  | 'card check'
  | 'card history'
  | 'checkin'
  | 'contributions'
  | 'contributions calculate'
  | 'contributions adjust'
  | 'contributions interest'
  | 'contributions voluntary'
  | 'contributions household'
  | 'contributions relief'
  | 'remittance'
  | 'remittance parse'
  | 'remittance format'
  | 'remittance qr'
  | 'payments'
  | 'payments reconcile'
  | 'payments statement'
  | 'payments balance'
  | 'payments trace'
  | 'payments disburse'
  | 'codes'
  | 'codes list'
  | 'specs'
  | 'specs list'
  | 'specs show'
  | 'specs diff'
  | 'specs explain'
  | 'journal'
  | 'journal show'
  | 'journal verify'
  | 'journal repair'
  | 'journal resolve'
  | 'queue'
  | 'queue add'
  | 'worker'
  | 'worker run'
  | 'worker status'
  | 'journal report'
  | 'receipts'
  | 'receipts export'
  | 'reconcile'
  | 'trust'
  | 'trust list'
  | 'trust add'
  | 'trust remove'
  | 'trust update'
  | 'token'
  | 'token list'
  | 'token info'
  | 'token test'
  | 'conformance'
  | 'conformance run'
  | 'conformance client'
  | 'mock'
  | 'mock start'
  | 'mock scenarios'
  | 'mock backup'
  | 'mock restore'
  | 'mock check'
  | 'mock audit'
  | 'mock requests'
  | 'mock replay'
  | 'mock snapshot'
  | 'mock outbox'
  | 'mock sms'
  | 'listen'
  | 'trigger'
  | 'mock clock'
  | 'mock close-month'
  | 'mock phone'
  | 'mock reset'
  | 'completion';

/** Errors that only the command line can make. */
export type CliErrorCode =
  | 'ERR_OPTION_INVALID'
  | 'ERR_OPTION_MISSING'
  | 'ERR_COMMAND_UNKNOWN'
  | 'ERR_CONFIGURATION'
  | 'ERR_OUTPUT_UNWRITABLE'
  | 'ERR_OUTPUT_EXISTS'
  | 'ERR_INPUT_NOTHING'
  | 'ERR_INPUT_UNREADABLE'
  | 'ERR_JOURNAL_MISSING'
  | 'ERR_QR_UNREADABLE'
  | 'ERR_PIN_MISSING'
  | 'ERR_ACCOUNT_MISSING'
  | 'ERR_SENDER_UNCLEAR'
  | 'ERR_SERVER_UNREACHABLE'
  | 'ERR_SERVER_REFUSED'
  | 'ERR_INTERRUPTED'
  | 'ERR_BUG';

/** One language of the command line. Every key exists in both, which the compiler checks. */
export interface Messages {
  readonly commands: Readonly<Record<CommandName, string>>;
  readonly flags: Readonly<Record<FlagName, string>>;
  readonly errors: Readonly<Record<CliErrorCode, (values: Values) => Sentence>>;
  readonly skipped: Readonly<Record<SkipReason, string>>;
  readonly words: Readonly<Record<Word, string>>;
  readonly doctor: Readonly<Record<DoctorCheck, string>>;
  readonly demo: Readonly<Record<DemoStep, string>>;
  readonly trust: TrustWords;
  readonly token: TokenWords;
  readonly signing: Readonly<Record<'kept' | 'failed', string>>;
  readonly signature: Readonly<Record<SignaturePart, string>>;
  readonly signatureSteps: Readonly<Record<VerifyStep, string>>;
}

/** What `bhxh doctor` looks at, and what it says when something is missing. */
export type DoctorCheck =
  | 'node'
  | 'nodeOld'
  | 'specs'
  | 'configuration'
  | 'configurationNone'
  | 'password'
  | 'passwordMissing'
  | 'state'
  | 'stateUnwritable'
  | 'pkcs11'
  | 'key'
  | 'keyFails'
  | 'gateway'
  | 'gatewayFails'
  | 'gatewayNone'
  | 'clock';

/** Short words and headings of reports, each used in more than one sentence or table. */
export type Word =
  | 'usage'
  | 'frozen'
  | 'reset'
  | 'commands'
  | 'options'
  | 'everywhere'
  | 'hint'
  | 'files'
  | 'claims'
  | 'valid'
  | 'invalid'
  | 'skipped'
  | 'undetermined'
  | 'error'
  | 'warning'
  | 'info'
  | 'rule'
  | 'count'
  | 'department'
  | 'line'
  | 'where'
  | 'what'
  | 'todo'
  | 'summary'
  | 'findings'
  | 'byRule'
  | 'byDepartment'
  | 'report'
  | 'specs'
  | 'ruleset'
  | 'legal'
  | 'verdict'
  | 'steps'
  | 'signature'
  | 'signer'
  | 'due'
  | 'state'
  | 'accepted'
  | 'rejected'
  | 'unknown'
  | 'planned'
  | 'confirmed'
  | 'left'
  | 'total'
  | 'origin'
  | 'confidence'
  | 'value'
  | 'from'
  | 'to'
  | 'title'
  | 'masked'
  | 'generated'
  | 'bank'
  | 'book'
  | 'credits'
  | 'debits'
  | 'matched'
  | 'mismatch'
  | 'refused'
  | 'notSent'
  | 'since'
  | 'settled'
  | 'proof'
  | 'opening'
  | 'closing'
  | 'run'
  | 'reconciliation'
  | 'accountNumber'
  | 'nothingWrong'
  | 'waitingOnPhone'
  | 'codeOnPhone'
  | 'nothingWaits'
  | 'listening'
  | 'reconnecting'
  | 'triggered'
  | 'units'
  | 'workers'
  | 'interest'
  | 'signatureReport'
  | 'noEvidence';

/** What `bhxh demo` says at each step. */
export type DemoStep =
  | 'server'
  | 'generated'
  | 'validated'
  | 'broken'
  | 'signed'
  | 'noToken'
  | 'accepted'
  | 'adjudicated'
  | 'altered'
  | 'done'
  | 'failed';

/** What `bhxh trust` says. */
export interface TrustWords {
  readonly nobody: string;
  readonly compare: string;
  readonly added: string;
  readonly removed: string;
  readonly updated: string;
  readonly domain: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly addedBy: string;
  readonly always: string;
  readonly by: Readonly<Record<'user' | 'update' | 'specs', string>>;
}

/** Parts of a signature as `bhxh explain --signature` names them. */
export type SignaturePart =
  | 'place'
  | 'algorithm'
  | 'reference'
  | 'covers'
  | 'transforms'
  | 'now'
  | 'canonical'
  | 'issuer'
  | 'validity'
  | 'claimed'
  | 'timeStamp'
  | 'fits'
  | 'fitsNot'
  | 'promised'
  | 'value'
  | 'certificate'
  | 'serial'
  | 'chain'
  | 'trustNotAsked'
  | 'times'
  | 'checkedAt'
  | 'profile';
