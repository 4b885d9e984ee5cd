// The least that sending a folder can be: read, encode, POST over kept connections, so many at a time; no journal, no checks.
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

const [url, folder, concurrency] = process.argv.slice(2);
const address = new URL('/api/qd130/guiHoSoXmlQD3176', url);
const agent = new Agent({ keepAlive: true, maxSockets: Number(concurrency) });
const names = readdirSync(folder).sort();
let next = 0;
let accepted = 0;

function post(body) {
  return new Promise((resolve, reject) => {
    const sending = request(
      address,
      {
        agent,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length },
      },
      (answer) => {
        let text = '';
        answer.on('data', (piece) => (text += piece));
        answer.on('end', () => resolve(JSON.parse(text)));
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}

await Promise.all(
  Array.from({ length: Number(concurrency) }, async () => {
    while (next < names.length) {
      const bytes = await readFile(join(folder, names[next++]));
      const body = `username=99001_BV&loaiHoSo=3&maTinh=99&maCSKCB=99001&fileHSBase64=${encodeURIComponent(bytes.toString('base64'))}`;
      const { maKetQua } = await post(Buffer.from(body));
      if (maKetQua === '200') accepted += 1;
    }
  }),
);
agent.destroy();
console.log(JSON.stringify({ accepted }));
