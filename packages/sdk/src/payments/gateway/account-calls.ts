import type { components } from '../../generated/bank-gateway.ts';
import { readStatement as readLines } from '../read-statement.ts';
import { messageProfiles } from '../message-profile.ts';
import type { Balance } from '../statement.ts';
import { reportRequest } from './bank-messages.ts';
import { step, targetOf } from './call-parts.ts';
import { vietnamMoment, type Exchange, type SendOptions } from './exchange.ts';
import { proveStatement, type ProvenStatement } from './read-statement.ts';

type Schemas = components['schemas'];
export type StatementOffer = Schemas['StatementOffer'];

export interface AccountRequest {
  readonly messageId: string;
  readonly bank: string;
  readonly account: string;
}

/** What an office asks a bank about an account. */
export interface AccountCalls {
  /** Balances as the bank signed them: ITBD booked, ITAV available. */
  inquireBalance(request: AccountRequest, options?: SendOptions): Promise<readonly Balance[]>;
  /**
   * All pages of a statement, each one's signature checked and the whole proven. `openingBefore` is the own closing
   * balance of the day before.
   *
   * @throws BhxhError ERR_STATEMENT_REFUSED when it is not complete or does not balance
   */
  readStatement(
    request: AccountRequest & {
      readonly from: string;
      readonly to: string;
      readonly openingBefore?: number;
    },
    options?: SendOptions,
  ): Promise<ProvenStatement>;
  /** One page as the bank signed it. */
  readStatementPage(
    offer: Pick<StatementOffer, 'id'>,
    page: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array>;
}

export function createAccountCalls(exchange: Exchange): AccountCalls {
  const ask = async <T>(
    operation: string,
    target: string,
    request: AccountRequest & { readonly from: string; readonly to: string },
    report: 'camt.052' | 'camt.053',
    options: SendOptions | undefined,
  ): Promise<{ readonly body: T; readonly content: Uint8Array }> => {
    const { messageId, bank, account, from, to } = request;
    const createdAt = vietnamMoment(exchange.now());
    const profile = exchange.profile('camt.060');
    return await exchange.send<T>(
      operation,
      target,
      {
        header: {
          to: bank,
          messageId,
          definition: `camt.060.${profile.version}`,
          createdAt,
          businessDate: createdAt.slice(0, 10),
        },
        document: reportRequest(profile, {
          messageId,
          createdAt,
          account,
          report,
          from,
          to,
          owner: exchange.party,
        }),
      },
      { effect: 'read', ...options },
    );
  };
  const readStatementPage = (
    { id }: Pick<StatementOffer, 'id'>,
    page: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> =>
    exchange.content('readStatementPage', targetOf(`statements/${step(id)}/pages/${page}`), signal);
  return {
    async inquireBalance(request, options) {
      const today = vietnamMoment(exchange.now()).slice(0, 10);
      const { content } = await ask(
        'inquireBalance',
        targetOf('balance-inquiries'),
        { ...request, from: today, to: today },
        'camt.052',
        options,
      );
      const { document } = await exchange.open(content, request.bank);
      const balances: Balance[] = [];
      for await (const event of readLines([document], messageProfiles(exchange.specifications)))
        if (event.kind === 'page') balances.push(...event.page.balances);
      return balances;
    },
    async readStatement(request, options) {
      const { body: offer } = await ask<StatementOffer>(
        'requestStatement',
        targetOf('statements'),
        request,
        'camt.053',
        options,
      );
      async function* documents(): AsyncGenerator<Uint8Array> {
        for (let page = 1; page <= offer.pages; page += 1) {
          const bytes = await readStatementPage(offer, page, options?.signal);
          yield (await exchange.open(bytes, request.bank)).document;
        }
      }
      return await proveStatement(
        exchange.specifications,
        request.account,
        documents(),
        request.openingBefore,
      );
    },
    readStatementPage,
  };
}
