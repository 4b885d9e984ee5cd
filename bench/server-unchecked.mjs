// The reference server whose intake verifies no signature and keeps no document: everything else of the handler is the same. Prints its address and an account.
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

const inServer = createRequire(new URL('../packages/mock-server/package.json', import.meta.url));
const signing = pathToFileURL(inServer.resolve('@bhxh/signing')).href;
const unverified = `export * from ${JSON.stringify(signing)};
  export const verify = async () => ({ verdict: 'valid', reasons: [] });`;
const hook = `export const resolve = (specifier, context, next) =>
  specifier === '@bhxh/signing' && context.parentURL?.includes('/mock-server/')
    ? { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(unverified)}`)}, shortCircuit: true }
    : next(specifier, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const dist = (name) => import(new URL(`../packages/mock-server/dist/${name}`, import.meta.url));
const { createServer } = await dist('index.js');
const { startNodeServer } = await dist('hosts/node.js');

const server = await createServer({ demo: true });
let taken = 0;
server.store.writeAtOnce = async () => ({
  id: `99001${++taken}`,
  receivedAt: '20261122080000',
  isReplay: false,
});
const listening = await startNodeServer(server);
const account = server.accounts.find(({ facility }) => facility === '99001');
console.log(JSON.stringify({ url: listening.url, account }));
process.stdin.resume();
process.stdin.once('close', () => process.exit());
