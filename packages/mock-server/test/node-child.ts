import { startNodeServer } from '../src/hosts/node.ts';
import { createServer } from '../src/server.ts';

/** One of several nodes over one PostgreSQL, in a process of its own, to be killed. */
const [place = 'memory', takeOverAfter = '3'] = process.argv.slice(2);
const server = await createServer({
  demo: true,
  store: place,
  signaturesFrom: null,
  takeOverAfter: Number(takeOverAfter),
});
const host = await startNodeServer(server);
process.send?.({ url: host.url, adminKey: server.adminKey, account: server.accounts[0] });
process.once('message', () => void host.close().then(() => process.exit(0)));
