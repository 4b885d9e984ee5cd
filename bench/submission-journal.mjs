// Fills a journal (`fill N`) or opens it as a new process does (`open`), and prints how long the opening took.
import { createHash } from 'node:crypto';
import { openJournal } from '@bhxh/sdk/submission';

const [what, path, count = '0'] = process.argv.slice(2);
const begun = performance.now();
const journal = await openJournal({ path, keyFile: `${path}.key`, now: () => new Date() });
console.log(JSON.stringify({ opened: (performance.now() - begun) / 1000, counts: await journal.counts() }));

/** Three records an item, as a night leaves them: planned, sending, accepted. */
if (what === 'fill') {
  const bytes = Buffer.from('<A/>');
  for (let from = 0; from < Number(count) / 3; from += 500) {
    const added = await journal.add(
      Array.from({ length: Math.min(500, Math.ceil(Number(count) / 3) - from) }, (_, at) => {
        const key = `LK${from + at}`;
        const sha256 = createHash('sha256').update(key).digest('hex');
        const path = `/in/${from + at}.xml`;
        return { sender: 'mock/99001', kind: 'claim', route: 'claim:3176', key, sha256, size: 30_000, path };
      }),
    );
    await Promise.all(
      added.map(async ({ item }) => {
        await journal.record(item, { state: 'sending', attempts: 0, bytes });
        const receipt = { id: `GD${item.id}`, at: '20261122080000', text: '' };
        await journal.record(item, { state: 'accepted', attempts: 1, receipt });
      }),
    );
  }
}
await journal.close();
