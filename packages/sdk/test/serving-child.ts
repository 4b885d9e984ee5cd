// A reference server that may be killed at any moment; it keeps its store and its port over a restart.
import { createServer } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';

const [store = '', port = '0'] = process.argv.slice(2);
const server = await createServer({ store, demo: true, signaturesFrom: null });
const host = await startNodeServer(server, { port: Number(port) });
const account = server.accounts.find(({ facility }) => facility === '99001');
process.send?.({ url: host.url, port: host.port, username: account?.username, password: account?.password });
