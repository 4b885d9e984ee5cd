import type { components } from '../../generated/bank-gateway.ts';
import { listingPage, type ListedMovement } from './bank-messages.ts';
import { step, targetOf } from './call-parts.ts';
import { vietnamMoment, type Exchange, type SendOptions } from './exchange.ts';
import type { StepToTake } from './record-calls.ts';

type Schemas = components['schemas'];
export type Reconciliation = Schemas['Reconciliation'];
export type ReconciliationList = Schemas['ReconciliationList'];

/** A page of a day's listing, run by run. */
export interface ListingToSend {
  readonly messageId: string;
  readonly office: string;
  readonly account: string;
  readonly businessDate: string;
  /** From 1; a refused or mismatched run allows the next. */
  readonly run: number;
  readonly page: number;
  readonly isLast: boolean;
  readonly opening: number;
  readonly closing: number;
  readonly movements: readonly ListedMovement[];
  readonly createdAt?: Date;
}

/** End-of-day reconciliation between a bank's listing and the book of VSS. */
export interface ReconciliationCalls {
  sendListingPage(listing: ListingToSend, options?: SendOptions): Promise<Reconciliation>;
  readReconciliation(id: string, signal?: AbortSignal): Promise<Reconciliation>;
  findReconciliations(
    query?: {
      readonly account?: string;
      readonly businessDate?: string;
      readonly state?: string;
      readonly limit?: number;
      readonly after?: string;
    },
    signal?: AbortSignal,
  ): Promise<ReconciliationList>;
  actOnReconciliation(
    known: Pick<Reconciliation, 'id' | 'version'>,
    stepToTake: StepToTake,
    options?: SendOptions,
  ): Promise<Reconciliation>;
  /** The office's signed confirmation (điện xác nhận). */
  readConfirmation(id: string, signal?: AbortSignal): Promise<Uint8Array>;
}

export function createReconciliationCalls(exchange: Exchange): ReconciliationCalls {
  return {
    async sendListingPage(listing, options) {
      const { messageId, office, businessDate, run } = listing;
      const createdAt = vietnamMoment(listing.createdAt ?? exchange.now());
      const profile = exchange.profile('camt.053');
      const header = {
        to: office,
        messageId,
        definition: `camt.053.${profile.version}`,
        service: `end-of-day.${run}`,
        createdAt,
        businessDate,
      };
      const document = listingPage(profile, { ...listing, createdAt });
      const { body } = await exchange.send<Reconciliation>(
        'sendListingPage',
        targetOf('reconciliations/pages'),
        { header, document },
        options,
      );
      return body;
    },
    readReconciliation: (id, signal) =>
      exchange.read('readReconciliation', targetOf(`reconciliations/${step(id)}`), signal),
    findReconciliations: (query = {}, signal) =>
      exchange.read('findReconciliations', targetOf('reconciliations', { ...query }), signal),
    actOnReconciliation: ({ id, version }, stepToTake, options) =>
      exchange.post('actOnReconciliation', targetOf(`reconciliations/${step(id)}/actions`), stepToTake, {
        ...options,
        version,
      }),
    readConfirmation: (id, signal) =>
      exchange.content('readConfirmation', targetOf(`reconciliations/${step(id)}/confirmation`), signal),
  };
}
