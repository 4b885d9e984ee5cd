import type { components } from '../../generated/bank-gateway.ts';
import { step, targetOf } from './call-parts.ts';
import type { Exchange, SendOptions } from './exchange.ts';

type Schemas = components['schemas'];

/** A step of a life cycle, taken on the version that was read. */
export interface StepToTake {
  readonly action: string;
  readonly note?: string;
  /** One-time code of a payer. */
  readonly code?: string;
}

export interface RecordQuery {
  readonly state?: string;
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

interface Versioned {
  readonly id: string;
  readonly version: number;
}

/** Records of one kind, which go through a life cycle with maker and checker. */
export interface RecordCalls<Fresh, Known extends Versioned> {
  /** Makes a record; under an idempotency key, or its own id, at most once. */
  open(fresh: Fresh, options?: SendOptions): Promise<Known>;
  read(id: string, signal?: AbortSignal): Promise<Known>;
  find(
    query?: RecordQuery,
    signal?: AbortSignal,
  ): Promise<{ readonly records: readonly Known[]; readonly next: string | null }>;
  /**
   * Takes a step. Throws a BankRefusal whose official code is `VERSION_CHANGED` when somebody was faster,
   * `MAKER_IS_CHECKER`, `DUTY_MISSING` or `STATE_WRONG`.
   */
  act(known: Versioned, stepToTake: StepToTake, options?: SendOptions): Promise<Known>;
}

function recordCalls<Fresh, Known extends Versioned>(
  exchange: Exchange,
  path: string,
  noun: string,
): RecordCalls<Fresh, Known> {
  return {
    open: (fresh, options) => exchange.post(`open${noun}`, targetOf(path), fresh, options),
    read: (id, signal) => exchange.read(`read${noun}`, targetOf(`${path}/${step(id)}`), signal),
    find: (query = {}, signal) => exchange.read(`find${noun}s`, targetOf(path, { ...query }), signal),
    act: ({ id, version }, stepToTake, options) =>
      exchange.post(`actOn${noun}`, targetOf(`${path}/${step(id)}/actions`), stepToTake, {
        ...options,
        version,
      }),
  };
}

/** Every kind of record of the bank gateway. */
export interface AllRecordCalls {
  readonly portalPayments: RecordCalls<Schemas['NewPortalPayment'], Schemas['PortalPayment']>;
  readonly agentBatches: RecordCalls<Schemas['NewAgentBatch'], Schemas['AgentBatch']>;
  readonly assignments: RecordCalls<Schemas['NewAssignment'], Schemas['Assignment']>;
  readonly refunds: RecordCalls<Schemas['NewRefund'], Schemas['Refund']>;
  readonly sweeps: RecordCalls<Schemas['NewSweep'], Schemas['Sweep']>;
  readonly cutOffExtensions: RecordCalls<Schemas['NewCutOffExtension'], Schemas['CutOffExtension']>;
  readonly traces: RecordCalls<Schemas['NewTrace'], Schemas['Trace']>;
  readonly disbursements: RecordCalls<Schemas['NewDisbursement'], Schemas['Disbursement']>;
  readonly sheets: RecordCalls<Schemas['NewSheet'], Schemas['Sheet']>;
}

export function createRecordCalls(exchange: Exchange): AllRecordCalls {
  return {
    portalPayments: recordCalls(exchange, 'portal-payments', 'PortalPayment'),
    agentBatches: recordCalls(exchange, 'agent-batches', 'AgentBatch'),
    assignments: recordCalls(exchange, 'assignments', 'Assignment'),
    refunds: recordCalls(exchange, 'refunds', 'Refund'),
    sweeps: recordCalls(exchange, 'sweeps', 'Sweep'),
    cutOffExtensions: recordCalls(exchange, 'cut-off-extensions', 'CutOffExtension'),
    traces: recordCalls(exchange, 'traces', 'Trace'),
    disbursements: recordCalls(exchange, 'disbursements', 'Disbursement'),
    sheets: recordCalls(exchange, 'sheets', 'Sheet'),
  };
}
