import { startNodeServer } from '../src/hosts/node.ts';
import { createServer } from '../src/server.ts';

/** A node of the bank gateway in a process of its own; says where it listens and who may sign in. */
const server = await createServer({ demo: true, store: process.argv[2] ?? 'memory' });
const host = await startNodeServer(server);
process.send?.({ url: host.url, accounts: server.accounts });
process.once('disconnect', () => void host.close().then(() => process.exit(0)));
