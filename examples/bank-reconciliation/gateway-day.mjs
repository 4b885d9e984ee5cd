// The same day over the bank gateway: a bank and an office of VSS, each with its own key, against the reference server.
import { X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, createVirtualClock } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';
import { createBankClient } from '@bhxh/sdk/payments';
import { createDemoAuthority, keyObjectSigner, sign, verify } from '@bhxh/signing';

/** Monday, 9:00 in Vietnam: after that the clock moves only when the day does. */
const start = new Date('2026-10-12T02:00:00Z');
const day = '2026-10-12';
const account = '9999203001';
const office = '09901';
const text = (unit) => `+BHXH+103+00+${unit}+${office}+dong BHXH+`;

const movements = [
  { reference: 'FT01', amount: 3_398_400, text: text('ZZ0001A') },
  { reference: 'FT02', amount: 1_200_000, text: `BHXH 103 00 ZZ0001A ${office} dong BHXH` },
  { reference: 'FT03', amount: 500_000, text: text('ZZ0001A') },
  { reference: 'FT04', amount: 700_000, text: 'nop BHXH thang 9' },
  { reference: 'FT05', amount: 900_000, text: text('ZZ0001A') },
  { reference: 'FT06', amount: 250_000, text: text('ZZ0001A') },
].map((movement) => ({ ...movement, bookingDate: day }));

/** One party's software: its account at the gateway, its own key, and the certificates it believes. */
async function openParty({ server, url, now }, username, keys) {
  const { party, password } = server.accounts.find((one) => one.username === username);
  let signer = keys.get(party);
  if (signer === undefined) {
    const issued = createDemoAuthority({ now }).issue({ mst: '9900000009', name: party });
    signer = keyObjectSigner({ key: issued.key, certificate: issued.certificate, chain: [], label: party });
    keys.set(party, signer);
  }
  const trusted = new Map();
  const client = createBankClient({
    environment: 'mock',
    url,
    party,
    credentials: { username, password },
    now,
    sign: (envelope) => sign(envelope, signer, { profile: 'payment-message', now }),
    async check(envelope, sender) {
      // In life the certificate of the other side comes with the contract, not from the server.
      if (!trusted.has(sender))
        trusted.set(sender, new X509Certificate(await client.readCertificate(sender)));
      const trust = { anchors: [trusted.get(sender)] };
      const outcome = await verify(envelope, { profile: 'payment-message', trust, now });
      if (outcome.verdict !== 'valid') throw new Error(`the signature of ${sender} does not hold`);
      return outcome.signedBytes;
    },
  });
  await client.registerCertificate(signer.certificate.toString());
  return client;
}

/** Runs the day and returns what an operator would look at. The confirmation is written into `folder`. */
export async function runGatewayDay(folder) {
  mkdirSync(folder, { recursive: true });
  const clock = createVirtualClock(undefined, { frozenAt: start });
  const server = await createServer({ demo: true, clock });
  const host = await startNodeServer(server);
  const place = { server, url: host.url, now: () => clock.now() };
  const keys = new Map();
  const bank = await openParty(place, 'VCB_TTV', keys);
  const maker = await openParty(place, '09901_TTV', keys);
  const checker = await openParty(place, '09901_KTT', keys);
  let number = 0;
  const next = (mark) => `${mark}-${(number += 1)}`;
  const later = async (minutes) => {
    clock.advance(minutes * 60_000);
    await server.idle();
  };
  const tell = (messageId, credits) =>
    bank.notifyCredits({ messageId, office, account, businessDate: day, credits });
  try {
    // 1. Notifications: five credits, of which the second message is told twice; the sixth is lost on the way.
    for (const [index, movement] of movements.slice(0, 5).entries()) {
      const told = index === 4 ? { ...movement, amount: 990_000 } : movement;
      await tell(`CREDIT-${index}`, [told]);
      if (index === 1) await tell(`CREDIT-${index}`, [told]);
    }
    const { credits } = await maker.findCredits({ account });
    const suspense = credits.filter(({ status }) => status === 'SUSPENSE').length;

    // 2. The bank takes the third one back.
    await tell(next('N'), [{ reference: 'FT03R', amount: 500_000, bookingDate: day, reverses: 'FT03' }]);
    const reversed = await maker.findCredits({ reference: 'FT03' });

    // 3. Its listing of the day does not agree: one amount differs, one credit was never notified.
    const back = { reference: 'FT03R', amount: 500_000, bookingDate: day, reverses: 'FT03' };
    const truth = [...movements, back];
    const net = truth.reduce((sum, one) => sum + (one.reverses === undefined ? one.amount : -one.amount), 0);
    const list = (run) =>
      bank.sendListingPage({
        messageId: next('L'),
        office,
        account,
        businessDate: day,
        run,
        page: 1,
        isLast: true,
        opening: 0,
        closing: net,
        movements: truth,
      });
    const first = await list(1);

    // 4. Three trace inquiries: made by one, approved by another, answered by the bank, closed.
    const ask = async (reason, content, { reference, amount }) => {
      const draft = await maker.traces.open({
        reason,
        content,
        bank: 'VCB',
        originalReference: reference,
        originalAmount: String(amount),
        originalDate: day,
      });
      const pending = await maker.traces.act(draft, { action: 'submit' });
      return await checker.traces.act(pending, { action: 'approve' });
    };
    const sent = [
      await ask('text-unclear', 'THIEU MA DON VI', movements[3]),
      await ask('wrong-amount', 'SAO KE GHI 900000', { ...movements[4], amount: 990_000 }),
      await ask('not-received', 'KHONG NHAN DUOC BAO CO', movements[5]),
    ];
    await later(10);
    const closed = [];
    for (const { id } of sent) {
      const answered = await maker.traces.read(id);
      closed.push(await checker.traces.act(answered, { action: 'close' }));
    }

    // 5. The bank settles it: it takes the wrong amount back and tells the right one, and the credit that was lost.
    await tell(next('N'), [{ reference: 'FT05R', amount: 990_000, bookingDate: day, reverses: 'FT05' }]);
    await tell(next('N'), [{ ...movements[4], reference: 'FT05B' }, movements[5]]);
    truth.splice(4, 1, { ...movements[4], amount: 990_000 }, { ...movements[4], reference: 'FT05B' });
    truth.push({ reference: 'FT05R', amount: 990_000, bookingDate: day, reverses: 'FT05' });

    // 6. The second run agrees; a maker proposes to confirm it, a checker does, and the bank holds the signed answer.
    const second = await list(2);
    const proposed = await maker.actOnReconciliation(second, { action: 'propose-matched' });
    const confirmed = await checker.actOnReconciliation(proposed, { action: 'confirm-matched' });
    writeFileSync(join(folder, 'confirmation.xml'), await bank.readConfirmation(confirmed.id));

    // 7. Balance and statement, as the bank signs them.
    const [balance] = await maker.inquireBalance({ messageId: next('B'), bank: 'VCB', account });
    const statement = await maker.readStatement({
      messageId: next('S'),
      bank: 'VCB',
      account,
      from: day,
      to: day,
      openingBefore: 0,
    });
    return {
      notified: credits.length,
      suspense,
      reversed: reversed.credits.map(({ status }) => status),
      first: { state: first.state, differences: first.differences.map(({ code }) => code).toSorted() },
      traces: closed.map(({ state, outcome }) => `${state} ${outcome}`),
      second: { state: second.state, matched: second.matched },
      confirmed: confirmed.state,
      net,
      balance: balance.amount,
      statement: { closing: statement.closing, lines: statement.lines.length },
    };
  } finally {
    await Promise.all([bank, maker, checker].map((client) => client.close()));
    await host.close();
  }
}

if (process.argv[1]?.endsWith('gateway-day.mjs')) {
  const result = await runGatewayDay(process.argv[2] ?? 'gateway-day');
  console.log(JSON.stringify(result, null, 2));
}
