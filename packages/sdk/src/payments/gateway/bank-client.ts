import type { Environment } from '../../environments.ts';
import { openSpecifications, type Specifications } from '../../specifications/index.ts';
import { loginByPassword } from '../../transport/rest-login.ts';
import { createRestPipeline, type RestOptions } from '../../transport/rest-pipeline.ts';
import { createAccountCalls, type AccountCalls } from './account-calls.ts';
import { targetOf } from './call-parts.ts';
import { createCollectionCalls, type CollectionCalls } from './collection-calls.ts';
import { createExchange, type CheckMessage, type SignMessage } from './exchange.ts';
import { createMessageCalls, type MessageCalls } from './message-calls.ts';
import { createReconciliationCalls, type ReconciliationCalls } from './reconciliation-calls.ts';
import { refusalOf } from './refusal.ts';
import { createRecordCalls, type AllRecordCalls } from './record-calls.ts';

export interface BankClientOptions extends RestOptions {
  /** Short code of the own bank, or the five digits of the own office. */
  readonly party: string;
  /** Signs own messages; without it nothing can be sent that needs a signature. */
  readonly sign?: SignMessage;
  /** Checks messages of others; without it none of them is read. */
  readonly check?: CheckMessage;
  readonly specifications?: Specifications;
}

/** Calls of the bank gateway (reference profile, specs/openapi/bank-gateway.yaml), for a bank or for an office of VSS. */
export interface BankClient
  extends CollectionCalls, AccountCalls, AllRecordCalls, ReconciliationCalls, MessageCalls {
  readonly party: string;
  readonly environment: Environment;
  /** What the server offers for an unknown outcome. */
  offers(signal?: AbortSignal): Promise<{ readonly idempotencyKey: boolean; readonly statusQuery: boolean }>;
  close(): Promise<void>;
}

/**
 * Opens the bank gateway for one bank or office. Nothing is sent before the first call.
 *
 * ```ts
 * const bank = createBankClient({
 *   environment: 'mock',
 *   url: 'http://127.0.0.1:8080',
 *   party: 'VCB',
 *   credentials: { username: 'VCB_TTV', password: () => readPassword() },
 *   now: () => new Date(),
 *   sign: (envelope) => sign(envelope, signer, { profile: 'payment-message', now: () => new Date() }),
 * });
 * const receipt = await bank.notifyCredits({
 *   messageId: 'VCB20261012-1', office: '09901', account: '9999203001', businessDate: '2026-10-12',
 *   credits: [{ reference: 'FT1', amount: 3_398_400, bookingDate: '2026-10-12', text: '+BHXH+103+00+ZZ0001A+09901+dong BHXH+' }],
 * });
 * ```
 *
 * @throws BhxhError `usage` for an unsafe or missing address; calls throw `auth`, `rejected` (a BankRefusal with the
 * gateway's own code), `unavailable`, `network`, and `unknown-outcome` when a message may have arrived without an answer:
 * then send the same message again, or look for its id with `findMessages`
 */
export function createBankClient(options: BankClientOptions): BankClient {
  const pipeline = createRestPipeline(options, (rest) =>
    loginByPassword(rest, options, { target: targetOf('sessions'), onProblem: refusalOf }),
  );
  const exchange = createExchange(pipeline, {
    party: options.party,
    specifications: options.specifications ?? openSpecifications(),
    now: options.now,
    ...(options.sign === undefined ? {} : { sign: options.sign }),
    ...(options.check === undefined ? {} : { check: options.check }),
  });
  return {
    ...createCollectionCalls(exchange),
    ...createAccountCalls(exchange),
    ...createRecordCalls(exchange),
    ...createReconciliationCalls(exchange),
    ...createMessageCalls(exchange),
    party: options.party,
    environment: pipeline.environment,
    async offers(signal) {
      const { body } = await pipeline.call({
        operation: 'discover',
        effect: 'read',
        method: 'GET',
        target: '/.well-known/bhxh',
        needsToken: false,
        ...(signal === undefined ? {} : { signal }),
      });
      return {
        idempotencyKey: body['idempotencyKey'] === true,
        statusQuery: body['statusQuery'] === true,
      };
    },
    close: () => pipeline.close(),
  };
}
