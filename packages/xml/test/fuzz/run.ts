/*
 * node --conditions=@bhxh/source --import tsx packages/xml/test/fuzz/run.ts [seed] [documents per round] [rounds]
 *
 * Every round takes the next seed; what fails prints the seed and the document.
 */
import { fuzz } from './check.ts';

const [seed = 1, count = 20_000, rounds = 10] = process.argv.slice(2).map(Number);
for (let round = 0; round < rounds; round++) {
  const { documents, distinct, accepted, errors } = fuzz(seed + round, count);
  const codes = [...errors].sort((a, b) => b[1] - a[1]).map(([code, times]) => `${code} ${times}`);
  process.stdout.write(
    `seed ${seed + round}: ${documents} documents, ${distinct} distinct, ${accepted} accepted; ${codes.join(', ')}\n`,
  );
}
