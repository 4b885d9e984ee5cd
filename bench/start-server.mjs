// The reference server as a process of its own, as anybody starts it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Resolves when the ready file is there; `seconds` says how long that took. */
export async function startServer(folder, bhxh, node, { store, demo = true, population } = {}) {
  mkdirSync(folder, { recursive: true });
  const ready = join(folder, 'ready.json');
  rmSync(ready, { force: true });
  const begun = performance.now();
  const child = spawn(
    node,
    [
      bhxh,
      'mock',
      'start',
      ...(demo ? ['--demo'] : []),
      ...(population === undefined ? [] : ['--population', String(population)]),
      '--store',
      store ?? join(folder, 'server.sqlite'),
      '--ready-file',
      ready,
    ],
    { stdio: 'ignore' },
  );
  const gone = new Promise((resolve) => child.once('close', resolve));
  while (!existsSync(ready)) {
    if (child.exitCode !== null)
      throw new Error(`the server ended with ${child.exitCode} before it was ready`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const seconds = (performance.now() - begun) / 1000;
  const { url, accounts, keys } = JSON.parse(readFileSync(ready, 'utf8'));
  return {
    url,
    seconds,
    pid: child.pid,
    account: accounts.find(({ facility }) => facility === '99001'),
    key: keys.find(({ facility }) => facility === '99001'),
    /** Resolves when no check waits any more. */
    async untilChecked() {
      for (;;) {
        const text = await (await fetch(`${url}/metrics`)).text();
        if (/^bhxh_jobs_waiting 0$/m.test(text)) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
