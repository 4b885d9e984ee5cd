// The least that an intake of claims can be: the same HTTP host and router, the form read, its file decoded, an answer; nothing verified, nothing kept. Prints its address.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const inServer = createRequire(new URL('../packages/mock-server/package.json', import.meta.url));
const load = (name) => import(pathToFileURL(inServer.resolve(name)).href);
const { Hono } = await load('hono');
const { createAdaptorServer } = await load('@hono/node-server');

const app = new Hono();
let taken = 0;
app.post('/api/token/take', (call) =>
  call.json({ maKetQua: '200', APIKey: { access_token: 'synthetic', id_token: 'synthetic' } }),
);
app.post('/api/qd130/guiHoSoXmlQD3176', async (call) => {
  const pieces = [];
  for await (const piece of call.env.incoming) pieces.push(piece);
  const fields = new URLSearchParams(Buffer.concat(pieces).toString('latin1'));
  const bytes = Buffer.from(fields.get('fileHSBase64'), 'base64');
  taken += 1;
  return call.json({
    maKetQua: bytes.length > 0 ? 200 : 205,
    maGiaoDich: `99001${taken}`,
    thoiGianTiepNhan: '20261122080000',
    thongDiep: '',
  });
});
const listener = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
listener.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${listener.address().port}`));
process.stdin.resume();
process.stdin.once('close', () => process.exit());
