import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer } from '../src/hosts/node.ts';
import { createServer } from '../src/server.ts';

/** A server in a process of its own, to be killed while it closes a month. */
const [store = 'memory', adminKey = '', at = ''] = process.argv.slice(2);
const server = await createServer({
  store,
  adminKey,
  clock: createVirtualClock(undefined, { frozenAt: new Date(at) }),
});
const host = await startNodeServer(server);
process.send?.({ url: host.url });
