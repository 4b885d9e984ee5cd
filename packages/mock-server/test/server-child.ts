import { startNodeServer } from '../src/hosts/node.ts';
import { createServer } from '../src/server.ts';
import type { NodeChange } from './node-process.ts';

/** A server in a process of its own, to be killed; says where it listens and who may log in. `plain` seeds nobody. */
const [, , place = 'memory', kind = 'demo', change = '{}'] = process.argv;
const told = JSON.parse(change) as NodeChange;
const server = await createServer({
  demo: kind !== 'plain',
  store: place,
  signaturesFrom: null,
  ...told.server,
});
const host = await startNodeServer(server, told.host);
process.send?.({ url: host.url, account: server.accounts[0] });
