import type { ServerContext } from '../../context.ts';
import { bytesOf } from '../../store/tables.ts';
import { readEnvelope } from '@bhxh/sdk/payments/read';
import { compareListing, readPage, type ReadPage } from '../compare-listing.ts';
import { paymentsOf } from '../context.ts';
import { keepDocument } from '../act-on-record.ts';
import { recordLifecycle } from '../lifecycles.ts';
import { ownAccount, type ActingParty } from '../parties.ts';
import { findReceipt, keepMessage, newReceipt, type ReceivedEnvelope } from '../receive-envelope.ts';
import {
  changeRecord,
  createRecord,
  recordByOwnId,
  showRecord,
  type Content,
  type PaymentRecord,
} from '../records.ts';
import type { RecordKind, StepOutcome } from '../record-kind.ts';
import { refusePayment } from '../refuse.ts';
import { writeForm } from '../write-form.ts';

const KIND = 'reconciliation';
/** States of a run after which the day may be run again. */
const AGAIN = ['REFUSED', 'MISMATCH', 'SENT_MISMATCH'];

const ownIdOf = (account: string, day: string, run: number): string => `${account} ${day} ${run}`;

/** Takes a page of a bank's listing; the page that completes the listing has it compared. */
export async function receiveListingPage(
  server: ServerContext,
  bank: ActingParty,
  by: string,
  envelope: ReceivedEnvelope,
): Promise<Content> {
  const { store, specifications } = server;
  const { header } = envelope;
  const run = Number(/^end-of-day\.(\d{1,2})$/.exec(header.service ?? '')?.[1] ?? 0);
  const read = await readPage(server, envelope.document);
  if (run < 1 || read === undefined) throw refusePayment('MESSAGE_UNEXPECTED');
  const account = await ownAccount(store.read, bank, read.page.account);
  const day = header.businessDate;
  const { runs = 1 } = recordLifecycle(specifications, KIND);
  const known = await store.write(async (connection) => {
    await store.lock(connection, `${KIND} ${account.number} ${day}`);
    const repeated = await findReceipt(connection, envelope);
    const present = await recordByOwnId(connection, KIND, bank.code, ownIdOf(account.number, day, run));
    if (repeated !== undefined && present !== undefined) return present;
    const before =
      run === 1
        ? undefined
        : await recordByOwnId(connection, KIND, bank.code, ownIdOf(account.number, day, run - 1));
    if (present === undefined && (run > runs || (run > 1 && !AGAIN.includes(before?.state ?? ''))))
      throw refusePayment('RUN_ORDER');
    const record =
      present ??
      (await createRecord(server, connection, {
        kind: KIND,
        office: account.office,
        bank: bank.code,
        owner: bank.code,
        madeBy: by,
        ownId: ownIdOf(account.number, day, run),
        businessDate: day,
        content: {
          account: account.number,
          run,
          pages: [],
          problems: [],
          differences: [],
          matched: 0,
          reason: null,
        },
      }));
    if (record.state !== 'NOT_RECONCILED') throw refusePayment('STATE_WRONG', { detail: record.state });
    await keepMessage(connection, envelope, newReceipt(envelope).id, '{}');
    const pages = record.content['pages'] as readonly number[];
    const isDoubled = pages.includes(read.page.page);
    if (!isDoubled) await keepDocument(connection, record.id, `page-${read.page.page}`, envelope.bytes);
    return await changeRecord(server, connection, record, {
      action: 'page',
      state: isDoubled ? 'REFUSED' : 'NOT_RECONCILED',
      by,
      note: null,
      content: {
        ...record.content,
        pages: [...pages, read.page.page],
        ...(isDoubled ? { problems: [{ code: 'PAGE_DOUBLED', page: read.page.page }] } : {}),
      },
    });
  });
  if (known.state !== 'NOT_RECONCILED') return await showRecord(server, store.read, known);
  const pages = await pagesOf(server, known);
  const last = pages.find(({ page }) => page.isLast)?.page.page;
  if (last === undefined || pages.length < last) return await showRecord(server, store.read, known);
  return await showRecord(server, store.read, await settle(server, known, pages, 'compare', 'server'));
}

async function pagesOf(server: ServerContext, record: PaymentRecord): Promise<readonly ReadPage[]> {
  const rows = await server.store.read
    .selectFrom('payment_document')
    .select('bytes')
    .where('record_id', '=', record.id)
    .where('name', 'like', 'page-%')
    .execute();
  const pages: ReadPage[] = [];
  for (const { bytes } of rows) {
    const read = await readPage(server, readEnvelope(bytesOf(bytes)).document);
    if (read !== undefined) pages.push(read);
  }
  return pages;
}

async function comparison(
  server: ServerContext,
  record: PaymentRecord,
  pages: readonly ReadPage[],
): Promise<{ readonly state: string; readonly content: Content }> {
  const account = await ownAccount(
    server.store.read,
    { code: record.bank },
    String(record.content['account']),
  );
  const { state, ...result } = await compareListing(server, account, record.business_date, pages);
  return { state, content: { ...record.content, ...result } };
}

async function settle(
  server: ServerContext,
  record: PaymentRecord,
  pages: readonly ReadPage[],
  action: string,
  by: string,
): Promise<PaymentRecord> {
  const { state, content } = await comparison(server, record, pages);
  return await server.store.write((connection) =>
    changeRecord(server, connection, record, { action, state, by, note: null, content }),
  );
}

/** The confirmation (điện xác nhận) of the office, signed; a mismatch says why. */
async function confirmation(
  server: ServerContext,
  record: PaymentRecord,
  isMatched: boolean,
): Promise<Uint8Array> {
  const { content } = record;
  const form = writeForm('DIEN_XAC_NHAN', {
    SO: record.id,
    NGAN_HANG: record.bank,
    CO_QUAN_BHXH: record.office,
    TAI_KHOAN: String(content['account']),
    NGAY_HACH_TOAN: record.business_date,
    LAN: String(content['run']),
    KET_QUA: isMatched ? 'KHOP' : 'KHONG_KHOP',
    SO_KHOP: String(content['matched']),
    SO_LECH: String((content['differences'] as readonly unknown[]).length),
    LY_DO: String(content['reason'] ?? ''),
  });
  return await paymentsOf(server).keys.signForm(record.office, form);
}

export const reconciliationKind: RecordKind = {
  kind: KIND,
  open: () => Promise.reject(refusePayment('SIDE_WRONG')),
  async act(server, record, { action, note }): Promise<StepOutcome> {
    switch (action) {
      case 'close': {
        const pages = await pagesOf(server, record);
        return await comparison(server, record, pages);
      }
      case 'propose-mismatch':
        return { content: { ...record.content, reason: note } };
      case 'confirm-matched':
      case 'confirm-mismatch': {
        const bytes = await confirmation(server, record, action === 'confirm-matched');
        return { documents: [{ name: 'confirmation', bytes }] };
      }
      default:
        return {};
    }
  },
};
