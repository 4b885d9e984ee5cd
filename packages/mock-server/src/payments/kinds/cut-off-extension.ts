import { businessDay, cutOffData } from '../business-day.ts';
import { findParty, requireLive } from '../parties.ts';
import { extendedCutOff } from '../records.ts';
import type { RecordKind } from '../record-kind.ts';
import { refusePayment } from '../refuse.ts';

const KIND = 'cut-off-extension';

/** A later cut-off of a bank on one day; it stands once the other side has agreed. */
export const cutOffExtensionKind: RecordKind = {
  kind: KIND,
  async open(server, { party, name }, body) {
    const { specifications, store, clock } = server;
    const bank = party.side === 'bank' ? party.code : String(body['bank']);
    requireLive(specifications, bank, clock.now());
    const office = party.side === 'office' ? party.code : String(body['office'] ?? '');
    if ((await findParty(store.read, office))?.side !== 'office') throw refusePayment('ENVELOPE_RECEIVER');
    const day = new Date(`${String(body['businessDate'])}T00:00:00+07:00`);
    const oldTime = businessDay(specifications, day, await extendedCutOff(store.read, bank, day)).cutOff;
    const newTime = String(body['newTime']);
    if (newTime <= oldTime || newTime > cutOffData(specifications).latest.at)
      throw refusePayment('PAST_CUT_OFF');
    return {
      kind: KIND,
      office,
      bank,
      owner: party.code,
      madeBy: name,
      businessDate: String(body['businessDate']),
      content: { ...body, bank, office, oldTime },
    };
  },
};
