import type { components } from '../../generated/bank-gateway.ts';
import { creditNotification, type CreditNotice } from './bank-messages.ts';
import { step, targetOf } from './call-parts.ts';
import { vietnamMoment, type Exchange, type SendOptions } from './exchange.ts';

type Schemas = components['schemas'];
export type CreditReceipt = Schemas['CreditReceipt'];
export type CreditDetail = Schemas['CreditDetail'];
export type CreditList = Schemas['CreditList'];
export type CreditStatus = Schemas['CreditStatus'];
export type ObligationQuestion = Schemas['ObligationQuestion'];
export type ObligationAnswer = Schemas['ObligationAnswer'];
export type CollectionReport = Schemas['CollectionReport'];
export type Callback = Schemas['Callback'];
export type PortalPayment = Schemas['PortalPayment'];
export type LedgerAccount = Schemas['LedgerAccount'];

export interface CreditQuery {
  readonly account?: string;
  readonly from?: string;
  readonly to?: string;
  readonly status?: CreditStatus;
  readonly unitCode?: string;
  readonly reference?: string;
  readonly limit?: number;
  readonly after?: string;
}

/** Collection: what banks tell of money that came in, and what became of it. */
export interface CollectionCalls {
  /** Tells VSS about credits of one account. The same message id with the same content gets the same answer. */
  notifyCredits(
    notification: {
      readonly messageId: string;
      readonly office: string;
      readonly account: string;
      readonly businessDate: string;
      readonly credits: readonly CreditNotice[];
      /** Of the message; kept the same when the message is sent again. Now, when left out. */
      readonly createdAt?: Date;
    },
    options?: SendOptions,
  ): Promise<CreditReceipt & { readonly attempts: number }>;
  findCredits(query?: CreditQuery, signal?: AbortSignal): Promise<CreditList>;
  /** A credit with the journal entries and messages its figures come from. */
  readCredit(id: string, signal?: AbortSignal): Promise<CreditDetail>;
  inquireObligation(question: ObligationQuestion, signal?: AbortSignal): Promise<ObligationAnswer>;
  readCollectionReport(
    days: { readonly from: string; readonly to: string },
    signal?: AbortSignal,
  ): Promise<CollectionReport>;
  /** Tells what the national portal's payment channel says; telling it again changes nothing. */
  callBack(callback: Callback, options?: SendOptions): Promise<PortalPayment>;
  /** Balance of a ledger account (`carried:ZZ1234C`) and the entries it comes from. */
  explainAccount(account: string, limit?: number, signal?: AbortSignal): Promise<LedgerAccount>;
}

export function createCollectionCalls(exchange: Exchange): CollectionCalls {
  return {
    async notifyCredits(notification, options) {
      const { messageId, office, account, businessDate, credits } = notification;
      const createdAt = vietnamMoment(notification.createdAt ?? exchange.now());
      const profile = exchange.profile('camt.054');
      const document = creditNotification(profile, { messageId, account, createdAt, credits });
      const header = {
        to: office,
        messageId,
        definition: `camt.054.${profile.version}`,
        createdAt,
        businessDate,
      };
      const { body, attempts } = await exchange.send<CreditReceipt>(
        'notifyCredits',
        targetOf('credits'),
        { header, document },
        options,
      );
      return { ...body, attempts };
    },
    findCredits: (query = {}, signal) =>
      exchange.read('findCredits', targetOf('credits', { ...query }), signal),
    readCredit: (id, signal) => exchange.read('readCredit', targetOf(`credits/${step(id)}`), signal),
    inquireObligation: (question, signal) =>
      exchange.post('inquireObligation', targetOf('obligation-inquiries'), question, {
        effect: 'read',
        ...(signal === undefined ? {} : { signal }),
      }),
    readCollectionReport: (days, signal) =>
      exchange.read('readCollectionReport', targetOf('collection-reports', { ...days }), signal),
    callBack: (callback, options) =>
      exchange.post('callBack', targetOf('portal-callbacks'), callback, options),
    explainAccount: (account, limit, signal) =>
      exchange.read('explainAccount', targetOf(`ledger/${step(account)}`, { limit }), signal),
  };
}
