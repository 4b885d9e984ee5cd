// P11 and T-08: how long the command takes before it does anything.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, paired, runOnce } from './measure.mjs';

export async function measureStartUp({ bhxh, node }) {
  const seconds = async (args) => (await runOnce(node, args)).seconds;
  for (let warm = 0; warm < 3; warm += 1) await seconds([bhxh, '--help']);
  const help = await paired(
    30,
    () => seconds([bhxh, '--help']),
    () => seconds(['-e', '0']),
  );
  const versions = [];
  for (let round = 0; round < 15; round += 1) versions.push(await seconds([bhxh, '--version']));
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-bench-'));
  try {
    const claims = join(folder, 'claims');
    await runOnce(node, [bhxh, 'generate', 'claims', '--count', '1', '--out', claims]);
    const cold = [];
    for (let round = 0; round < 9; round += 1) cold.push(await seconds([bhxh, 'validate', claims]));
    return [
      {
        id: 'P11',
        work: '`bhxh --help`, cold',
        peer: '`node -e 0`',
        figure: `${ms(help.ours)} against ${ms(help.theirs)}`,
        value: help.ratio,
        bound: '≤ 1.35 x its time',
        good: help.ratio <= 1.35,
      },
      {
        id: 'T-08',
        work: '`bhxh --version`',
        peer: '–',
        figure: ms(median(versions)),
        value: median(versions) * 1000,
        bound: '≤ 150 ms',
        good: median(versions) <= 0.15,
      },
      {
        id: 'T-08',
        work: 'validate one claim, cold',
        peer: '–',
        figure: ms(median(cold)),
        value: median(cold) * 1000,
        bound: '≤ 400 ms',
        good: median(cold) <= 0.4,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ms = (seconds) => `${Math.round(seconds * 1000)} ms`;
