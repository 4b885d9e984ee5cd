import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { NodeHostOptions } from '../src/hosts/node.ts';
import type { DemoAccount } from '../src/seed/demo.ts';
import type { ServerOptions } from '../src/server.ts';

/** A node of the server in a process of its own. */
export interface NodeProcess {
  readonly url: string;
  /** The first account it seeded. */
  readonly account: DemoAccount;
  readonly pid: number;
  /** Rejects, with what it said last, when the node ends and nobody killed it; settles in no other way. */
  readonly lost: Promise<never>;
  kill(): void;
}

/** What a node is told beside its store; only what survives a command line. */
export interface NodeChange {
  readonly server?: Pick<ServerOptions, 'rateLimits' | 'requireIdempotencyKey'>;
  readonly host?: Pick<NodeHostOptions, 'timeLimits' | 'mostConnections'>;
}

/** Resolves when the node listens; `plain` seeds nobody, as a node beside the first must. */
export function startNodeProcess(
  store: string,
  kind: 'demo' | 'plain',
  change: NodeChange = {},
): Promise<NodeProcess> {
  const child = fork(
    fileURLToPath(new URL('./server-child.ts', import.meta.url)),
    [store, kind, JSON.stringify(change)],
    { execArgv: ['--conditions=@bhxh/source', '--import', 'tsx'], silent: true },
  );
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-2_000);
  });
  let isKilled = false;
  const lost = new Promise<never>((_, reject) =>
    child.once('close', () => {
      if (!isKilled) reject(new Error(`the node ended by itself: ${said}`));
    }),
  );
  // Whoever waits for the node hears of it, and nobody else has to.
  lost.catch(() => undefined);
  return new Promise((resolve, reject) => {
    child.once('message', (message) =>
      resolve({
        ...(message as Pick<NodeProcess, 'url' | 'account'>),
        pid: child.pid ?? 0,
        lost,
        kill: () => {
          isKilled = true;
          child.kill('SIGKILL');
        },
      }),
    );
    lost.catch(reject);
  });
}
