// P3 to P6: signing beside the bare key, xmlsec1 and the bare token.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, paired, runOnce } from './measure.mjs';

const worker = fileURLToPath(new URL('signing-work.mjs', import.meta.url));
const peer = 'xmlsec1 --repeat, in process, the same document';

export async function measureSigning({ node, small }) {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-bench-signing-'));
  const work = async (mode, size = '', count = 0, options = {}) => {
    const run = await runOnce(node, [worker, mode, folder, size, String(count)], {
      capture: true,
      ...options,
    });
    if (run.status !== 0) throw new Error(`${mode} ${size} failed`);
    return { ...JSON.parse(run.text), peak: run.peak };
  };
  /** Seconds that one more document takes xmlsec1, its start and the reading of its keys left out. */
  const xmlsec = async (words, file, count) => {
    const all = async (repeat) => {
      const run = await runOnce('xmlsec1', [...words, '--repeat', String(repeat), join(folder, file)]);
      if (run.status !== 0) throw new Error(`xmlsec1 failed on ${file}`);
      return run.seconds;
    };
    const one = await all(1);
    return ((await all(count + 1)) - one) / count;
  };
  const rounds = small ? 1 : 7;
  const counts = { '2k': small ? 500 : 4000, '1m': small ? 10 : 60, '20m': small ? 2 : 6 };
  const against = (mode, size) => {
    const keys =
      mode === 'sign'
        ? ['--privkey-pem', `${join(folder, 'key.pem')},${join(folder, 'certificate.pem')}`]
        : ['--trusted-pem', join(folder, 'anchor.pem')];
    const file = mode === 'sign' ? `${size}.template.xml` : `${size}.signed.xml`;
    return paired(
      rounds,
      async () => (await work(mode, size, counts[size])).seconds,
      () => xmlsec([mode, ...keys, '--output', '/dev/null'], file, counts[size]),
    );
  };
  const rate = (seconds) =>
    seconds < 0.001 ? `${Math.round(1 / seconds)}/s` : `${(1000 * seconds).toFixed(1)} ms`;
  const faster = (id, what, { ours, theirs, ratio }, least) => ({
    id,
    work: what,
    peer,
    figure: `${rate(ours)} against ${rate(theirs)}`,
    value: 1 / ratio,
    bound: `≥ ${least} x its speed`,
    good: 1 / ratio >= least,
  });
  /** Slices of both kinds alternate inside one process. */
  const beside = (id, what, other, pairs, least) => {
    const ratio = median(pairs.map(([ours, theirs]) => theirs / ours));
    const [ours, theirs] = [0, 1].map((side) => median(pairs.map((pair) => pair[side])));
    return {
      id,
      work: what,
      peer: other,
      figure: `${rate(ours)} against ${rate(theirs)}`,
      value: ratio,
      bound: `≥ ${least} x its rate`,
      good: ratio >= least,
    };
  };
  try {
    const described = await work('prepare');
    const size = (name) => {
      const { bytes, bytesPerTag } = described[name];
      const text = bytes < 1e5 ? `${(bytes / 1000).toFixed(1)} KB` : `${Math.round(bytes / 2 ** 20)} MB`;
      return `${text} (a tag every ${Math.round(bytesPerTag)} bytes)`;
    };
    const slices = small ? 6 : 40;
    const { pairs } = await work('beside', '2k', slices);
    const bare = 'bare `crypto.sign` loop, the same RSA-2048 key and documents';
    const results = [
      beside('P3', `sign ${size('2k')}, the value verified before it is returned`, bare, pairs, 0.85),
      faster('P4', `sign ${size('1m')}`, await against('sign', '1m'), 5),
      faster('P4', `sign ${size('20m')}`, await against('sign', '20m'), 6),
    ];
    const { peak } = await work('sign', '20m', counts['20m'], { memory: true });
    results.push({
      id: 'P4',
      work: `sign ${size('20m')}: peak memory`,
      peer: '–',
      figure: `${Math.round(peak)} MB`,
      value: peak,
      bound: '≤ 150 MB',
      good: peak <= 150,
    });
    results.push(
      faster('P5', `verify ${size('2k')}, chain checked`, await against('verify', '2k'), 5),
      faster('P5', `verify ${size('1m')}, chain checked`, await against('verify', '1m'), 4),
    );
    await work('prepareToken');
    for (const sessions of [1, 2, 4]) {
      const token = await work('token', String(sessions), slices);
      const what = `sign ${size('2k')} through SoftHSM, ${sessions === 1 ? 'one session' : `${sessions} sessions`}`;
      results.push(beside('P6', what, 'bare C_Sign loop, as many sessions', token.pairs, 0.9));
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
