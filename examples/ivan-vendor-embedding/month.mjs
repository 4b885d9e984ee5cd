// Two units through one I-VAN: October's payrolls are declared, followed by webhooks and reconciled; November brings changes;
// October is closed by the office and its C12 held against the payroll once more. On synthetic data, against the reference server.
// node month.mjs FOLDER
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createServer, createVirtualClock } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';
import { createDeclarationsClient } from '@bhxh/sdk/declarations';
import { keyObjectSigner } from '@bhxh/signing';
import { startIvanService } from './service.mjs';

const folder = resolve(process.argv[2] ?? 'ivan');
mkdirSync(folder, { recursive: true });

// The gateway, and its clock in our hand.
const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-12T02:00:00Z') });
const now = () => clock.now();
const gateway = await createServer({ demo: true, clock });
const readyFile = join(folder, 'ready.json');
const host = await startNodeServer(gateway, { readyFile });
const ready = JSON.parse(readFileSync(readyFile, 'utf8'));
const { username, password } = ready.accounts.find(({ role }) => role === 'ivan');
const account = { username, password };

// A key for each unit, as its certificate authority would give one.
const units = [];
for (const code of ['ZZ0002A', 'ZZ0003A']) {
  const client = createDeclarationsClient({
    environment: 'mock',
    url: host.url,
    unit: code,
    credentials: account,
    now,
  });
  const { taxCode } = await client.readUnit();
  await client.close();
  const { key, certificate, chain } = gateway.authority().issue({ mst: taxCode, name: `Unit ${code}` });
  units.push({ code, signer: keyObjectSigner({ key, certificate, chain, label: code }) });
}

/** Told once when the endpoint is made, and given to the service before the first delivery. */
const secrets = [];
const service = await startIvanService({
  gateway: host.url,
  account,
  units,
  trust: ready.trust.map((path) => new X509Certificate(readFileSync(path))),
  secrets,
  folder,
  now,
});

const json = async (url, method, body, headers = {}) => {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
};
const control = (method, path, body) =>
  json(`${host.url}/control/${path}`, method, body, { 'x-bhxh-admin-key': ready.adminKey });
const settle = async (moment) => {
  clock.advanceTo(new Date(moment));
  await gateway.idle();
  await service.idle();
};

const person = (number, own = {}) => ({
  identity: `0990${String(90_000_000 + number).padStart(8, '0')}`,
  number: `99${String(number).padStart(8, '0')}`,
  name: `Người Lao Động ${number}`,
  birth: '02/03/1990',
  sex: '1',
  position: 'Nhân viên',
  wage: 5_310_000,
  status: 'working',
  decision: '',
  decisionDate: '',
  contractFrom: '',
  contractTo: '',
  effective: '',
  without: [],
  ...own,
});

try {
  const endpoint = await control('POST', 'webhooks', { url: `${service.url}/webhooks` });
  secrets.push(endpoint.body.secret);

  const october = {
    ZZ0002A: [person(3001), person(3003), person(3005, { wage: 7_450_000 })],
    ZZ0003A: [person(3101), person(3103)],
  };
  const declared = {};
  for (const [code, after] of Object.entries(october))
    declared[code] = await json(`${service.url}/units/${code}/payrolls/2026-10`, 'POST', {
      before: [],
      after,
    });

  // A wage of nothing: the finding comes back and nothing is sent.
  const wrong = await json(`${service.url}/units/ZZ0002A/payrolls/2026-10`, 'POST', {
    before: [],
    after: [person(3007, { wage: 0 })],
  });
  // Somebody else's webhook: refused, whatever it says.
  const forged = await json(
    `${service.url}/webhooks`,
    'POST',
    { type: 'dossier.completed', timestamp: now().toISOString(), data: { unit: 'ZZ0002A', subject: 'x' } },
    {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(now().getTime() / 1_000)),
      'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
    },
  );
  await settle('2026-11-02T02:00:00Z');

  // October ends at the office; in November one leaves, one earns more and one is on maternity leave.
  await control('POST', 'months/2026-10/close');
  await gateway.idle();
  const closed = await json(`${service.url}/units/ZZ0002A/statements/2026-10`, 'GET');
  const decision = { decision: '12/QĐ', decisionDate: '01/11/2026' };
  const november = [
    person(3001, { wage: 6_000_000, ...decision }),
    person(3003, { status: 'maternity', ...decision }),
    person(3005, { wage: 7_450_000, status: 'left', ...decision }),
  ];
  declared.november = await json(`${service.url}/units/ZZ0002A/payrolls/2026-11`, 'POST', {
    before: october.ZZ0002A,
    after: november,
  });
  await settle('2026-11-23T02:00:00Z');

  const shown = {};
  for (const { code } of units) {
    const { body } = await json(`${service.url}/units/${code}`, 'GET');
    shown[code] = body.dossiers.map(({ state, number, notices, reasons, statement }) => ({
      state,
      number,
      notices: notices.length,
      reasons,
      statement,
    }));
  }
  const result = {
    declared: Object.fromEntries(
      Object.entries(declared).map(([name, { status, body }]) => [
        name,
        { status, rows: body.rows, state: body.state },
      ]),
    ),
    wrong: { status: wrong.status, rules: wrong.body.findings?.map(({ ruleId }) => ruleId) },
    forged,
    closed: closed.body,
    units: shown,
  };
  writeFileSync(join(folder, 'result.json'), JSON.stringify(result, null, 2));
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await service.close();
  await host.close();
}
