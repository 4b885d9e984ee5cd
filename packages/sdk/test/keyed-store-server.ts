import { createServer } from 'node:http';
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

/** What is wrong with a mutant. */
export type Mutation = 'no-dedupe' | 'reply-before-sync' | 'key-without-sender';

/**
 * The smallest server with idempotency keys: one line a document, in a file that is synced before the reply. Mutants
 * of it show that the history checker finds what it is for.
 */
export interface KeyedStoreServer {
  readonly url: string;
  /** Ends as after a power cut: connections are cut and what was not synced is gone. */
  crash(): Promise<void>;
  /** Documents in the file. */
  stored(): string[];
}

export async function startKeyedStoreServer(
  path: string,
  port = 0,
  mutation?: Mutation,
): Promise<KeyedStoreServer> {
  const stored = (): string[] => readLines(path).map(({ document }) => document);
  const known = new Set(readLines(path).map(({ key }) => key));
  const descriptor = openSync(path, 'a');
  let waiting: string[] = [];
  let down = false;
  const sync = (): void => {
    if (down || waiting.length === 0) return;
    for (const line of waiting) writeSync(descriptor, line);
    fdatasyncSync(descriptor);
    waiting = [];
  };
  // The page cache of a server that replies too early: it reaches the disk later.
  const later = setInterval(sync, 100);

  const server = createServer((request, response) => {
    let body = '';
    request.on('error', () => {});
    request.on('data', (piece) => (body += piece));
    request.on('end', () => {
      if (down) return void request.socket.destroy();
      const { sender, document } = JSON.parse(body) as { sender: string; document: string };
      const given = String(request.headers['idempotency-key']);
      const key = mutation === 'key-without-sender' ? given : `${sender}/${given}`;
      if (mutation === 'no-dedupe' || !known.has(key)) {
        known.add(key);
        waiting.push(`${JSON.stringify({ key, document })}\n`);
        if (mutation !== 'reply-before-sync') sync();
      }
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async crash() {
      down = true;
      clearInterval(later);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      closeSync(descriptor);
    },
    stored,
  };
}

function readLines(path: string): { key: string; document: string }[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { key: string; document: string });
}
