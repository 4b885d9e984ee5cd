import { callAtRate } from './constant-rate.ts';
import { openSmallHospital } from './many-facilities.ts';

/** A noisy facility in a process of its own: each message is a rate and a count, and is answered with what came of it. */
const [, , url = '', number = '0'] = process.argv;
const hospital = openSmallHospital(url, Number(number), 32);
const wrong = await hospital.login();
if (wrong !== undefined) throw new Error(wrong);
process.on('message', (message) => {
  const { perSecond, count } = message as { perSecond: number; count: number };
  void callAtRate(perSecond, count, () => hospital.claim()).then(({ sorted, failed }) =>
    process.send?.({ taken: sorted.length, refused: [...failed] }),
  );
});
process.send?.('ready');
