import { startNodeServer } from '../src/hosts/node.ts';
import { createServer } from '../src/server.ts';

/** A server in a process of its own, to be killed; says where it listens and who may log in. `plain` seeds nobody. */
const server = await createServer({
  demo: process.argv[3] !== 'plain',
  store: process.argv[2] ?? 'memory',
  signaturesFrom: null,
});
const host = await startNodeServer(server);
process.send?.({ url: host.url, account: server.accounts[0] });
