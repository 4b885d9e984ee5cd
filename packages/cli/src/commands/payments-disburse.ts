import {
  batchMessage,
  buildBatch,
  controlFigures,
  disbursementData,
  messageProfile,
  readAmount,
  writeMessage,
  type DisbursementBatch,
  type Payee,
  type Voucher,
} from '@bhxh/sdk/payments';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { csvColumns } from '../csv-column.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { neededOption } from '../needed-option.ts';
import { dateOption } from '../number-option.ts';
import { messageNumber, openPayments, vietnamNow } from '../open-payments.ts';
import { writeWhole } from '../output-folder.ts';
import { showRecord } from '../payment-record.ts';
import { quoted } from '../read-inputs.ts';

const command = 'payments disburse';
const neededColumns = ['voucher', 'name', 'amount'] as const;
const furtherColumns = ['account', 'clearing', 'identity', 'postOffice', 'text'] as const;

/**
 * Disbursement: vouchers of a CSV file become a batch, written as pain.001 with `--out` or opened at the gateway; with a
 * number its state and the results of its lines, or the next step of its life.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, format, messages } = context;
  const [id] = context.arguments;
  if (id !== undefined) return showRecord(context, command, id, (client) => client.disbursements);
  const from = neededOption(options, 'from', command);
  const data = disbursementData(openSpecifications());
  const purpose = neededOption(options, 'purpose', command);
  const known = data.purposes.find(({ code }) => code === purpose);
  if (known === undefined)
    throw cliError('ERR_OPTION_INVALID', {
      option: '--purpose',
      value: purpose,
      why: data.purposes.map(({ code }) => code).join(', '),
      command,
    });
  const on = dateOption(options, 'date', command) ?? vietnamNow(context).slice(0, 10);
  const vouchers: Voucher[] = [];
  for await (const voucher of vouchersOf(context, from, { family: known.family, purpose, on }))
    vouchers.push(voucher);
  if (vouchers.length === 0) throw cliError('ERR_INPUT_NOTHING', { paths: quoted(from) });
  const head = {
    id: messageNumber(context, 'LC'),
    debitAccount: neededOption(options, 'debit', command),
    debitClearing: textOption(options, 'clearing') ?? '',
    payer: textOption(options, 'office') ?? 'BHXH',
    on,
  };
  const batch = buildBatch(head, vouchers);
  const { count, sum } = controlFigures(batch.lines.map(({ amount }) => amount));
  const out = textOption(options, 'out');
  const isDry = flagOption(options, 'dryRun');
  const summary = { schema: 'bhxh-payments-batch/1', batch: batch.id, purpose, count, sum };
  if (isDry || out !== undefined) {
    if (!isDry && out !== undefined) {
      neededOption(options, 'clearing', command);
      const content = batchMessage(batch, data, vietnamNow(context));
      const profile = messageProfile(openSpecifications(), 'pain.001');
      writeWhole(out, writeMessage(profile, content), flagOption(options, 'force'));
    }
    streams.write(
      format === 'json'
        ? `${JSON.stringify({ ...summary, out: isDry ? null : out })}\n`
        : `${isDry ? messages.words.notSent : out}: ${count} × ${known.label[context.language]}, ${sum} VND\n`,
    );
    return exitCodes.done;
  }
  const client = await openPayments(context, command);
  try {
    const record = await client.disbursements.open(requestOf(batch), { idempotencyKey: batch.id });
    streams.write(
      format === 'json'
        ? `${JSON.stringify({ ...summary, id: record.id, state: record.state })}\n`
        : `${record.id} ${record.state}: ${count}, ${sum} VND\n`,
    );
    streams.note(`${messages.words.hint}: bhxh payments disburse ${record.id} --step submit\n`);
  } finally {
    await client.close();
  }
  return exitCodes.done;
}

type NewDisbursement = Parameters<Awaited<ReturnType<typeof openPayments>>['disbursements']['open']>[0];

function requestOf(batch: DisbursementBatch): NewDisbursement {
  return {
    purpose: batch.purpose,
    debitAccount: batch.debitAccount,
    requestedOn: batch.on,
    lines: batch.lines.map(({ id, voucher, payee, amount, text }) => ({
      lineId: id,
      voucher,
      payeeName: payee.name,
      amount: String(amount),
      ...('account' in payee
        ? { method: 'account' as const, account: payee.account, bankCode: payee.clearing }
        : { method: 'post-office' as const, bankCode: payee.postOffice }),
      ...(text === '' ? {} : { text }),
    })),
  };
}

/** Every row is checked before anything is written or sent. */
async function* vouchersOf(
  context: CommandContext,
  path: string,
  common: Pick<Voucher, 'family' | 'purpose' | 'on'>,
): AsyncGenerator<Voucher> {
  let row = 1;
  for await (const cells of csvColumns(path, neededColumns, context.stdin, furtherColumns)) {
    row += 1;
    const [
      id = '',
      name = '',
      money = '',
      account = '',
      clearing = '',
      identity = '',
      postOffice = '',
      text = '',
    ] = cells;
    const amount = readAmount(money);
    const payee = payeeOf({ name, account, clearing, identity, postOffice });
    const why =
      typeof amount === 'string'
        ? amount
        : amount === 0
          ? 'amount'
          : !/^[A-Z0-9/.-]{1,30}$/i.test(id)
            ? 'voucher'
            : payee === undefined
              ? 'account, clearing | identity, postOffice'
              : undefined;
    if (why !== undefined || typeof amount === 'string' || payee === undefined)
      throw cliError('ERR_INPUT_UNREADABLE', { path: `${quoted(path)}:${row}`, why: why ?? '' });
    yield { ...common, id, document: id, payee, amount, text };
  }
}

function payeeOf(cells: {
  readonly name: string;
  readonly account: string;
  readonly clearing: string;
  readonly identity: string;
  readonly postOffice: string;
}): Payee | undefined {
  const { name, account, clearing, identity, postOffice } = cells;
  if (name === '') return undefined;
  if (account !== '' && clearing !== '') return { name, account, clearing };
  return identity !== '' && postOffice !== '' ? { name, identity, postOffice } : undefined;
}
