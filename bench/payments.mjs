// P9 and P10: reading statements against a DOM, and reconciling against a bare hash join.
import { fileURLToPath } from 'node:url';
import { paired, runOnce } from './measure.mjs';

const worker = fileURLToPath(new URL('payments-work.mjs', import.meta.url));

export async function measurePayments({ node, small }) {
  const measured = (mode, count) => async () => {
    const run = await runOnce(
      node,
      ['--expose-gc', '--max-old-space-size=6144', worker, mode, String(count)],
      {
        capture: true,
      },
    );
    if (run.status !== 0) throw new Error(`${mode} of ${count} failed`);
    return JSON.parse(run.text).milliseconds / 1000;
  };
  const rounds = small ? 1 : 5;
  const entries = small ? 2000 : 50_000;
  const reading = await paired(rounds, measured('read', entries), measured('dom', entries));
  const lines = small ? 20_000 : 1_000_000;
  const matching = await paired(rounds, measured('reconcile', lines), measured('join', lines));
  const rate = (count, seconds) => `${Math.round(count / seconds / 1000)} k/s`;
  return [
    {
      id: 'P9',
      work: `read ${entries} entries of camt.053`,
      peer: 'libxml2-wasm DOM, the same fields',
      figure: `${rate(entries, reading.ours)} against ${rate(entries, reading.theirs)}`,
      value: 1 / reading.ratio,
      bound: '≥ 2 x its entries/s',
      good: 1 / reading.ratio >= 2,
    },
    {
      id: 'P10',
      work: `reconcile ${lines} x ${lines} lines, all rules, 1 % mismatches`,
      peer: 'a bare two-map hash join',
      figure: `${matching.ours.toFixed(2)} s against ${matching.theirs.toFixed(2)} s`,
      value: matching.ratio,
      bound: '≤ 4 x its time',
      good: matching.ratio <= 4,
    },
  ];
}
