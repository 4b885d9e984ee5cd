import { createBankClient, type BankClient } from '@bhxh/sdk/payments';
import { createDemoAuthority, keyObjectSigner, sign } from '@bhxh/signing';
import { cliError } from '../cli-error.ts';
import { anySeed, newSeed, type Stage } from './stage.ts';

const BANK = 'VCB';
const OFFICE = '09901';
/** Collecting account of the office at the bank. */
const ACCOUNT = '9999203001';
const UNIT = 'ZZ0001A';
const AMOUNT = 1_000_000;

/** Acts as somebody of a bank or of an office, with a key that is made for this occasion. */
async function asParty<T>(
  stage: Stage,
  party: string,
  work: (client: BankClient, now: Date) => Promise<T>,
): Promise<T> {
  const account = stage.ready.accounts.find((one) => one.party === party);
  if (account === undefined) throw cliError('ERR_ACCOUNT_MISSING', { missing: party });
  const at = await stage.now();
  const now = (): Date => at;
  const { key, certificate } = createDemoAuthority({ now }).issue({ mst: '9900000009', name: party });
  const signer = keyObjectSigner({ key, certificate, chain: [], label: party });
  const client = createBankClient({
    environment: 'mock',
    url: stage.ready.url,
    party,
    credentials: { username: account.username, password: account.password },
    now,
    sign: (envelope) => sign(envelope, signer, { profile: 'payment-message', now }),
  });
  try {
    await client.registerCertificate(certificate.toString());
    return await work(client, at);
  } finally {
    await client.close();
  }
}

const vietnamDay = (moment: Date): string =>
  new Date(moment.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);

/** Tells of one movement on the collecting account; gives its reference and the id of the credit. */
async function tell(
  stage: Stage,
  reverses?: string,
): Promise<{ readonly reference: string; readonly id: string }> {
  const seed = await newSeed(stage, reverses === undefined ? 'payment.received' : 'payment.reversed');
  return await asParty(stage, BANK, async (client, now) => {
    const businessDate = vietnamDay(now);
    const reference = `${reverses === undefined ? 'FT' : 'RV'}${seed}`;
    const { credits } = await client.notifyCredits({
      messageId: `T${reference}`,
      office: OFFICE,
      account: ACCOUNT,
      businessDate,
      credits: [
        {
          reference,
          amount: AMOUNT,
          bookingDate: businessDate,
          text: `+BHXH+103+00+${UNIT}+${OFFICE}+dong BHXH+`,
          payerName: 'CONG TY THU NGHIEM',
          payerAccount: '9999000077',
          ...(reverses === undefined ? {} : { reverses }),
        },
      ],
    });
    return { reference, id: credits[0]?.id ?? '' };
  });
}

/** A unit pays at a bank, which tells the office. */
export const credit = async (stage: Stage): Promise<string> => (await tell(stage)).id;

/** The same, and the bank takes it back. */
export async function reversedCredit(stage: Stage): Promise<string> {
  const { reference } = await tell(stage);
  return (await tell(stage, reference)).id;
}

/** The office asks the bank about a payment whose text says too little. */
export const traceInquiry = (stage: Stage): Promise<string> =>
  asParty(stage, OFFICE, async (client, now) => {
    const { id } = await client.traces.open({
      reason: 'text-unclear',
      content: 'THIEU MA DON VI',
      bank: BANK,
      originalReference: `FT${anySeed(now)}`,
      originalAmount: String(AMOUNT),
      originalDate: vietnamDay(now),
    });
    return id;
  });
