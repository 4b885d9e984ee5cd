// A gateway that logs in, takes every upload and answers after a while; announces nothing, as the real one. Prints its address.
import { createServer } from 'node:http';

const delay = Number(process.argv[2] ?? 20);
const json = { 'content-type': 'application/json' };
const token = JSON.stringify({
  maKetQua: '200',
  APIKey: { access_token: 'synthetic-access', id_token: 'synthetic-id', expires_in: 'soon' },
});
let taken = 0;

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (request.url === '/api/token/take') return response.writeHead(200, json).end(token);
    if (request.method !== 'POST') return response.writeHead(404).end();
    const answer = JSON.stringify({
      maKetQua: '200',
      maGiaoDich: `GD${++taken}`,
      thoiGianTiepNhan: '20261122080000',
      thongDiep: '',
    });
    const end = () => response.writeHead(200, { ...json, 'content-length': answer.length }).end(answer);
    if (delay === 0) end();
    else setTimeout(end, delay);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
