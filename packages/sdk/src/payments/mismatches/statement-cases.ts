import type { DayDraft, Drawn, ExpectedPage, StatementFault, StatementRow } from './day-draft.ts';

/** Cases of a whole statement: pages, no entry at all, an opening balance that is not the closing one. */
export const statementCases = [23, 24, 25] as const;
export type StatementCase = (typeof statementCases)[number];

const faults: readonly StatementFault[] = ['page-missing', 'last-page-missing', 'page-order', 'page-doubled'];

/** Each of these happens to an account of its own, so that the statement of the others still proves something. */
export function drawStatement(draft: DayDraft, kind: StatementCase, { number, row }: Drawn): void {
  const account = `99991${String(number).padStart(9, '0')}`;
  const before = 2_000_000;
  const rows = ['', 'B', 'C'].map((mark): StatementRow => ({
    ...row,
    account,
    reference: `${row.reference}${mark}`,
    order: `${row.order}${mark}`,
  }));
  const held = { account, before, opening: before, fault: 'none', isPaged: false } as const;
  const [first, second, third] = rows as [StatementRow, StatementRow, StatementRow];
  if (kind === 24) {
    draft.accounts.push(held);
    return;
  }
  if (kind === 25) {
    draft.accounts.push({ ...held, opening: before + 1000 });
    draft.addBoth(first);
    draft.pages.push({ code: 'OPENING_BROKEN', account, page: 1 });
    return;
  }
  const fault = faults[Math.floor(draft.random() * faults.length)] ?? 'page-missing';
  draft.accounts.push({ ...held, closing: before + 3 * row.amount, fault, isPaged: true });
  const ids = rows.map((one) => draft.addBook(one));
  const expectPage = (code: ExpectedPage['code'], page: number): void => {
    draft.pages.push({ code, account, page });
  };
  switch (fault) {
    case 'page-missing':
      draft.statement.push(first, third);
      expectPage('PAGE_MISSING', 2);
      expectPage('BALANCE_BROKEN', 3);
      draft.expect('MISSING_AT_BANK', [], ids.slice(1, 2), 0, second.amount);
      return;
    case 'last-page-missing':
      draft.statement.push(first, second);
      expectPage('LAST_PAGE_MISSING', 3);
      draft.expect('MISSING_AT_BANK', [], ids.slice(2), 0, third.amount);
      return;
    case 'page-order':
      draft.statement.push(first, third, second);
      expectPage('PAGE_ORDER', 2);
      return;
    default:
      draft.statement.push(first, second, second, third);
      expectPage('PAGE_DOUBLED', 2);
      draft.expect('DUPLICATE_AT_BANK', [second.reference], [], second.amount, 0);
  }
}
