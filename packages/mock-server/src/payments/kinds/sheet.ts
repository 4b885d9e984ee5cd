import { verify } from '@bhxh/signing';
import type { ServerContext } from '../../context.ts';
import { bytesOf } from '../../store/tables.ts';
import { applyStep } from '../act-on-record.ts';
import { balanceOn, movementsBetween } from '../bank-book.ts';
import { cutOffData } from '../business-day.ts';
import { paymentsOf } from '../context.ts';
import { ownMovements } from '../own-book.ts';
import { ownAccount, partyCertificates, type ActingParty } from '../parties.ts';
import { showRecord, visibleRecord, type Content, type PaymentRecord } from '../records.ts';
import type { RecordKind, StepOutcome } from '../record-kind.ts';
import { refusePayment } from '../refuse.ts';
import { writeSheet } from '../write-form.ts';

const KIND = 'sheet';
const SECOND = 1_000;

const lastDayOf = (month: string): string => {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return `${month}-${String(new Date(Date.UTC(year, number, 0)).getUTCDate()).padStart(2, '0')}`;
};

/** Figures of a month at the bank and in the own book, side by side. */
async function balanceFigures(
  server: ServerContext,
  account: Awaited<ReturnType<typeof ownAccount>>,
  month: string,
): Promise<Content> {
  const { read } = server.store;
  const [from, to] = [`${month}-01`, lastDayOf(month)];
  const movements = await movementsBetween(read, account.number, from, to);
  const sum = (direction: string): number =>
    movements.filter((one) => one.direction === direction).reduce((all, { amount }) => all + amount, 0);
  const closing = await balanceOn(read, account, to);
  const book = (await ownMovements(read, account.number, to)).reduce(
    (all, { direction, amount }) => all + (direction === 'credit' ? amount : -amount),
    account.opening,
  );
  return {
    opening: String(closing - sum('credit') + sum('debit')),
    credits: String(sum('credit')),
    debits: String(sum('debit')),
    closing: String(closing),
    bookClosing: String(book),
    difference: String(closing - book),
    count: movements.length,
  };
}

function stateAfter(state: string, side: 'bank' | 'office'): string | undefined {
  const mine = side === 'bank' ? 'SIGNED_BY_BANK' : 'SIGNED_BY_OFFICE';
  if (state === 'UNSIGNED') return mine;
  return state === 'SIGNED_BY_BOTH' || state === mine ? undefined : 'SIGNED_BY_BOTH';
}

async function documentOf(server: ServerContext, record: PaymentRecord): Promise<Uint8Array> {
  const { bytes } = await server.store.read
    .selectFrom('payment_document')
    .select('bytes')
    .where('record_id', '=', record.id)
    .where('name', '=', KIND)
    .executeTakeFirstOrThrow();
  return bytesOf(bytes);
}

const DATA = /<NOI_DUNG [\s\S]*<\/NOI_DUNG>/;
const dataOf = (sheet: Uint8Array): string => DATA.exec(Buffer.from(sheet).toString('utf8'))?.[0] ?? '';

/** Takes a sheet back with one more signature: that of the caller, over the very data that was made. */
export async function takeSignedSheet(
  server: ServerContext,
  actor: { readonly party: ActingParty; readonly name: string },
  choice: { readonly id: string; readonly ifMatch: string | undefined; readonly bytes: Uint8Array },
): Promise<Content> {
  const { store, clock } = server;
  const { party, name } = actor;
  const record = await visibleRecord(store.read, KIND, choice.id, party.code);
  if (choice.ifMatch === undefined) throw refusePayment('VERSION_MISSING');
  if (choice.ifMatch !== `"${record.version}"`) throw refusePayment('VERSION_CHANGED');
  const state = stateAfter(record.state, party.side);
  if (state === undefined) throw refusePayment('STATE_WRONG', { detail: record.state });
  const known = await documentOf(server, record);
  if (dataOf(known) !== dataOf(choice.bytes)) throw refusePayment('SHEET_CHANGED');
  const anchors = await partyCertificates(store, party.code);
  if (anchors.length === 0) throw refusePayment('CERTIFICATE_NOT_REGISTERED');
  const outcome = await verify(choice.bytes, {
    profile: 'balance-sheet',
    party: party.side,
    trust: { anchors },
    now: () => clock.now(),
  });
  if (outcome.verdict !== 'valid')
    throw refusePayment('SIGNATURE_INVALID', { detail: outcome.reasons[0]?.code ?? outcome.verdict });
  // The other side's signature must still be the one that was given.
  const other = party.side === 'bank' ? 'CHUKY_BHXH' : 'CHUKY_NGANHANG';
  const part = (sheet: Uint8Array): string =>
    new RegExp(`<${other}[ />][\\s\\S]*?(?:</${other}>|/>)`).exec(Buffer.from(sheet).toString('utf8'))?.[0] ??
    '';
  if (record.state !== 'UNSIGNED' && part(known) !== part(choice.bytes)) throw refusePayment('SHEET_CHANGED');
  const changed = await store.write((connection) =>
    applyStep(server, connection, record, {
      action: 'sign',
      state,
      by: name,
      note: null,
      outcome: { documents: [{ name: KIND, bytes: choice.bytes }] },
    }),
  );
  return await showRecord(server, store.read, changed);
}

export const sheetKind: RecordKind = {
  kind: KIND,
  async open(server, { party, name }, body) {
    const { store, clock, specifications } = server;
    const account = await ownAccount(store.read, party, String(body['account']));
    const month = String(body['month']);
    const causes = (body['causes'] ?? []) as readonly string[];
    const figures = await balanceFigures(server, account, month);
    const isBalance = body['kind'] === 'balance';
    const rows = isBalance
      ? causes.map((cause) => ({ NGUYEN_NHAN: cause }))
      : (await movementsBetween(store.read, account.number, `${month}-01`, lastDayOf(month)))
          .filter(({ direction }) => direction === 'debit')
          .map(({ reference, booking_date, amount, text }) => ({
            SO_BUT_TOAN: reference,
            NGAY: booking_date,
            SO_TIEN: String(amount),
            NOI_DUNG_CHUYEN: text,
          }));
    const sheet = writeSheet(
      isBalance ? 'BANG_DOI_CHIEU_SO_DU' : 'BANG_KE_CHUYEN_TIEN',
      `bang-${account.number}-${month}`,
      {
        TAI_KHOAN: account.number,
        NGAN_HANG: account.bank,
        CO_QUAN_BHXH: account.office,
        KY: month,
        DU_DAU_KY: String(figures['opening']),
        PHAT_SINH_CO: String(figures['credits']),
        PHAT_SINH_NO: String(figures['debits']),
        DU_CUOI_KY: String(figures['closing']),
        DU_SO_SACH: String(figures['bookClosing']),
        CHENH_LECH: String(figures['difference']),
      },
      rows,
    );
    const { answer } = cutOffData(specifications).referenceBank;
    return {
      kind: KIND,
      office: account.office,
      bank: account.bank,
      owner: party.code,
      madeBy: name,
      content: { ...body, causes, ...figures },
      documents: [{ name: KIND, bytes: sheet }],
      later: [{ step: 'sign', at: new Date(clock.now().getTime() + answer * SECOND) }],
    };
  },
  /** The reference bank signs what nobody signed for it. */
  async run(server, record, step): Promise<StepOutcome | undefined> {
    const state = stateAfter(record.state, 'bank');
    if (step !== 'sign' || state === undefined) return undefined;
    const bytes = await paymentsOf(server).keys.signSheet(
      record.bank,
      'bank',
      await documentOf(server, record),
    );
    return { state, documents: [{ name: KIND, bytes }] };
  },
};
