// A load on the reference server from a process of its own: at an even pace, counted from the moment a call was due, or as fast as it answers.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { pacedLoad } from './paced-load.mjs';

const { kind, urls, folder, from, count, rate, seconds, connections, account, population } = JSON.parse(
  process.argv[2],
);
const password = createHash('md5').update(account.password).digest('hex');
const { username } = account;

async function login(url) {
  const answer = await fetch(`${url}/api/token/take`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  const { APIKey } = await answer.json();
  return APIKey;
}

/** Look-ups of people all over a made-up population, by a registered officer. */
async function lookUps(count = 5_000) {
  const { personOfPopulation } = await import('../packages/mock-server/dist/index.js');
  return Array.from({ length: count }, (_, number) => {
    // A prime step visits far apart places in turn, so that nothing near is still in memory.
    const { card, fullName, birthDate } = personOfPopulation((number * 7_368_787) % population);
    return {
      maThe: card,
      hoTen: fullName,
      ngaySinh: birthDate,
      hoTenCb: 'Trần Văn Thí Điểm',
      cccdCb: '099080000001',
    };
  });
}

async function requestsOf(token) {
  if (kind === 'card') {
    const query = new URLSearchParams({
      token: token.access_token,
      id_token: token.id_token,
      username,
      password,
    });
    return (await lookUps()).map((card) => ({
      method: 'POST',
      path: `/api/egw/KQNhanLichSuKCB2024?${query}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(card),
    }));
  }
  const session = { accesstoken: token.access_token, tokenid: token.id_token, passwordhash: password };
  if (kind === 'poll')
    return [{ method: 'GET', path: `/bhxh/v1/claims?maCSKCB=${account.facility}`, headers: session }];
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...session,
  };
  return readdirSync(folder)
    .sort()
    .slice(from, from + count)
    .map((name) => ({
      method: 'POST',
      path: '/api/qd130/guiHoSoXmlQD3176',
      headers,
      body: Buffer.from(
        new URLSearchParams({
          username,
          loaiHoSo: '130',
          maTinh: account.facility.slice(0, 2),
          maCSKCB: account.facility,
          fileHSBase64: readFileSync(join(folder, name)).toString('base64'),
        }).toString(),
      ),
    }));
}

const answers = new Map();
const refusals = [];
function noteAnswer(status, text, time) {
  let result = '';
  try {
    result = String(JSON.parse(text).maKetQua ?? '');
  } catch {
    result = 'unreadable';
  }
  const name = result === '' ? String(status) : `${status} ${result}`;
  answers.set(name, (answers.get(name) ?? 0) + 1);
  if (status === 503 || status === 429) refusals.push(time);
}

/** As fast as it answers, each connection one call after the other. */
async function closedLoad(calls) {
  if (calls.length % connections !== 0) {
    throw new Error(`${calls.length} calls cannot be shared evenly by ${connections} connections`);
  }
  const share = calls.length / connections;
  let client = 0;
  // The library counts its time in whole samples; a rate needs the first request and the last answer.
  let firstSent;
  let lastAnswered = 0;
  const run = await autocannon({
    url: urls,
    connections,
    timeout: 30,
    amount: calls.length,
    setupClient(one) {
      const mine = calls.slice(client * share, (client + 1) * share);
      client += 1;
      let begun = 0;
      one.setRequests(
        mine.map((call) => ({
          ...call,
          setupRequest: (prepared) => {
            begun = performance.now();
            firstSent ??= begun;
            return prepared;
          },
          onResponse: (status, text) => {
            lastAnswered = performance.now();
            noteAnswer(status, text, lastAnswered - begun);
          },
        })),
      );
    },
  });
  return {
    seconds: (lastAnswered - firstSent) / 1000,
    p50: run.latency.p50,
    p99: run.latency.p99,
    p999: run.latency.p99_9,
    lost: run.errors + run.timeouts,
  };
}

const token = await login(urls[0]);
const calls = await requestsOf(token);
const run =
  rate === undefined
    ? await closedLoad(calls)
    : await pacedLoad(calls, { urls, rate, seconds, connections, onAnswer: noteAnswer });
refusals.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    answers: Object.fromEntries(answers),
    ...run,
    slowestRefusal: refusals[Math.floor(refusals.length * 0.99)] ?? 0,
  }),
);
