// The commands of "Each morning" in the hospital's guide, in both languages, as they stand there, after a night with a bad line.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startFaultProxy } from '../../sdk/test/fault-proxy.ts';
import { runBhxh, startServer, surroundingsOf, writeClaims } from './bhxh-process.ts';

const guides = join(import.meta.dirname, '..', '..', '..', 'docs', 'getting-started');

/** The `bhxh` lines of the fifth chapter, in order. */
function morningOf(guide: string): string[][] {
  const chapter = /^## 5\..*?(?=^## )/ms.exec(readFileSync(join(guides, guide), 'utf8'))?.[0] ?? '';
  return [...chapter.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.trim().split(' '))
    .filter(([program]) => program === 'bhxh')
    .map(([, ...words]) => words);
}

const asks: ReadonlySet<string> = new Set(['status', 'reconcile']);

test('both guides give the same commands', () => {
  expect(morningOf('hospital.md').length).toBeGreaterThan(6);
  expect(morningOf('hospital.vi.md')).toEqual(morningOf('hospital.md'));
});

test('the morning after a night that lost an answer ends with nothing open', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-morning-'));
  const server = await startServer(folder, ['--legacy']);
  // The answers of the whole night are lost: two claims, numbered 17 and 18 in the guide, are unknown.
  const proxy = await startFaultProxy({ target: server.url, seed: 5, faults: { truncated: 1 } });
  try {
    const night = surroundingsOf(folder, proxy.url, server.account);
    const morning = surroundingsOf(folder, server.url, server.account);
    const journal = ['--journal', join(folder, 'night.journal')];
    writeClaims(join(folder, 'in'), 2);
    const sent = await runBhxh(['submit', 'in', ...journal], night);
    expect(sent.status, sent.stderr).toBe(7);
    for (const words of morningOf('hospital.md')) {
      const numbered = words.map((word) => ({ '17': '1', '18': '2' })[word] ?? word);
      const ended = await runBhxh([...numbered, ...journal], morning);
      const line = words.join(' ');
      expect(ended.stderr, line).not.toMatch(/ERR_(OPTION|COMMAND|BUG)/);
      // This server can be asked nothing and says so; the rest works, or names what is left.
      expect(asks.has(words[0] ?? '') ? [6] : [0, 7], `${line}: ${ended.stderr}`).toContain(ended.status);
    }
    const last = await runBhxh(['submit', '--resume', ...journal], morning);
    expect(last.status, last.stderr).toBe(0);
    expect(existsSync(join(folder, 'morning.html'))).toBe(true);
  } finally {
    await proxy.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);
