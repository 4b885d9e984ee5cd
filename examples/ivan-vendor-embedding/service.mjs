// A small I-VAN: employers' payroll programs post two payrolls, the service declares, signs, sends and follows; the gateway's
// webhooks say when to look. One journal for each unit, so that nothing is sent twice and nothing is lost when it dies.
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { calculatePayroll } from '@bhxh/sdk/contributions';
import {
  buildDossier,
  checkDossier,
  createDeclarationsClient,
  declarationsTarget,
  declarationSpecs,
  diffPayrolls,
  formHeader,
  formOfDiff,
  readC12Form,
  reconcileC12,
} from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { openJournal, planSubmission, runSubmission } from '@bhxh/sdk/submission';
import { verifyWebhook } from '@bhxh/sdk/webhooks';
import { sign, verify } from '@bhxh/signing';

const LARGEST = 1_000_000;
/** As licensed: code and name of the provider. */
const PROVIDER = { MaIVAN: '99999', TenIVAN: 'Tổ chức I-VAN Thử' };

/**
 * @param options.gateway address of the declarations gateway
 * @param options.account username and password of the provider, who acts for every unit
 * @param options.units code and signer of each unit; the signer may be a token, an HSM or a remote key
 * @param options.trust certificates of the office whose notices are believed
 * @param options.secrets of the webhook endpoint, the current one and the one before
 */
export async function startIvanService({ gateway, account, units, trust, secrets, folder, now }) {
  // The synthetic overlay is for demonstrations: a real provider leaves it out, and synthetic data is refused.
  const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
  const specs = declarationSpecs(specifications);
  const offices = new Map();
  for (const { code, signer } of units) offices.set(code, await openOffice(code, signer));

  async function openOffice(code, signer) {
    const place = join(folder, code);
    await mkdir(place, { recursive: true });
    const client = createDeclarationsClient({
      environment: 'mock',
      url: gateway,
      unit: code,
      credentials: account,
      now,
    });
    const journal = await openJournal({
      path: join(place, 'sent.journal'),
      keyFile: join(folder, 'receipts.key'),
      now,
    });
    return {
      code,
      signer,
      place,
      client,
      journal,
      target: declarationsTarget(client),
      dossiers: new Map(),
      payrolls: new Map(),
      line: Promise.resolve(),
    };
  }

  /** One thing of a unit after the other; what fails does not stop the next. */
  const inLine = (office, work) => {
    const turn = office.line.then(work);
    office.line = turn.catch(() => undefined);
    return turn;
  };

  /** Two payrolls become a signed dossier 600 that is on its way, or findings and nothing is sent. */
  async function declare(office, month, { before, after }) {
    const registered = await office.client.readUnit();
    const period = `${month.slice(5)}/${month.slice(0, 4)}`;
    const unit = {
      TenDoiTuong: registered.name,
      MaSoBHXH: office.code,
      MaSoThue: registered.taxCode,
      LoaiDoiTuong: '1',
      NguoiKy: 'Giám đốc',
      DienThoai: registered.phone ?? '0990000001',
      CoQuanQuanLy: registered.agency,
    };
    const day = new Date(now().getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
    const envelope = {
      TenThuTuc: specs.procedures.find(({ code }) => code === '600').label.vi,
      MaThuTuc: '600',
      KyKeKhai: period,
      NgayLap: day.split('-').reverse().join('/'),
      QuyTrinhISO: '',
    };
    const diff = diffPayrolls(before, after, { month });
    const form = formOfDiff(diff, formHeader(specs.form('D02-TS'), unit, envelope), month, specs);
    const dossier = { provider: PROVIDER, unit, dossier: envelope, forms: [form], attachments: [] };
    const { findings } = checkDossier(specifications, dossier, { now });
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (errors.length > 0)
      return {
        status: 422,
        body: { findings: errors.map(({ ruleId, path, message }) => ({ ruleId, path, message })) },
      };

    const bytes = await buildDossier(specifications, dossier, (document) =>
      sign(document, office.signer, { profile: 'declaration-xml', now }),
    );
    const path = join(office.place, `600-${month}-${office.dossiers.size + 1}.xml`);
    await writeFile(path, bytes);
    office.payrolls.set(period, { month, after, scheme: registered.scheme, region: registered.region });
    return { status: 202, body: { rows: form.rows.length, ...(await send(office, path)) } };
  }

  /** The journal knows the document before a byte leaves; what came of it is asked for if the answer is lost. */
  async function send(office, path) {
    const { journal, target } = office;
    let item;
    for await (const event of planSubmission({ journal, target, sources: [{ path }] })) {
      if (event.kind === 'refused') throw new Error(event.problem.en);
      ({ item } = event);
    }
    for await (const event of runSubmission({ journal, target, now }))
      if (event.kind === 'item' && event.item.id === item.id) ({ item } = event);
    const id = item.receipt?.id;
    if (id !== undefined) office.dossiers.set(id, { id, state: 'received', notices: [], statement: null });
    return { state: item.state, maGiaoDich: id ?? null };
  }

  /** Looks where a dossier stands, and keeps what came back once its signature is good. */
  async function follow(office, id) {
    const known = office.dossiers.get(id);
    if (known === undefined) return;
    const status = await office.client.readDossierStatus(id);
    known.state = status.state;
    known.number = status.soHoSo;
    known.reasons = status.reasons.map(({ code }) => code);
    for (const { id: document, form, name } of status.documents) {
      if (known.notices.includes(document)) continue;
      const bytes = await verified(await office.client.readDocument(document));
      await writeFile(join(office.place, `${document}.xml`), bytes);
      known.notices.push(document);
      if (form === 'C12-TS') known.statement = reconcile(office, bytes, document);
      known.last = name;
    }
  }

  async function verified(bytes) {
    const { verdict, reasons } = await verify(bytes, {
      profile: 'declaration-xml',
      trust: { anchors: trust },
      now,
    });
    if (verdict !== 'valid') throw new Error(`a document of the office is ${verdict}: ${reasons[0]?.code}`);
    return bytes;
  }

  /** Holds a C12 against itself and against what the payroll of its month owes, to the đồng. */
  function reconcile(office, bytes, name) {
    const c12 = readC12Form(specifications, bytes, name);
    const payroll = office.payrolls.get(c12.month ?? '');
    const people = (payroll?.after ?? [])
      .filter(({ status }) => status !== 'left')
      .map(({ identity, wage, status }) => ({
        key: identity,
        wage,
        absence: status === 'working' ? null : status,
      }));
    const declared =
      payroll === undefined ? undefined : calculatePayroll(specifications, people, payroll).columns;
    const findings = reconcileC12(specifications, c12, declared === undefined ? {} : { declared });
    return { month: c12.month, due: c12.lines.get('B.3')?.total ?? 0, declared: declared?.total, findings };
  }

  /** The gateway repeats deliveries until it is answered; each counts once. */
  const seen = new Set();
  const jobs = new Set();
  function take(headers, body) {
    const { id, type, data } = verifyWebhook(headers, body, { secrets, now });
    const office = offices.get(String(data.unit));
    if (seen.has(id) || office === undefined || !type.startsWith('dossier.')) return;
    seen.add(id);
    const job = inLine(office, () => follow(office, String(data.subject))).catch((error) => {
      // Looked at again with the next webhook; a service with many units keeps a list of these.
      seen.delete(id);
      office.trouble = error.message;
    });
    jobs.add(job);
    void job.finally(() => jobs.delete(job));
  }

  const server = createServer((request, response) => {
    void answer(request)
      .catch(({ code, status }) => ({ status: status ?? 500, body: { code: code ?? 'INTERNAL' } }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
  });

  async function answer(request) {
    const body = await bytesOf(request);
    const [, kind, code, what, month] = request.url.split('/');
    if (request.method === 'POST' && kind === 'webhooks') {
      try {
        take(request.headers, body);
      } catch (error) {
        return { status: 400, body: { code: error.code } };
      }
      // At once: the gateway does not wait for what is done about it.
      return { status: 200, body: {} };
    }
    const office = kind === 'units' ? offices.get(code) : undefined;
    if (office === undefined) return { status: 404, body: { code: 'UNIT_UNKNOWN' } };
    if (request.method === 'POST' && what === 'payrolls' && /^\d{4}-(0[1-9]|1[0-2])$/.test(month ?? ''))
      return await inLine(office, () => declare(office, month, JSON.parse(body.toString('utf8'))));
    if (request.method === 'GET' && what === undefined)
      return { status: 200, body: { unit: code, dossiers: [...office.dossiers.values()] } };
    if (request.method === 'GET' && what === 'statements')
      return {
        status: 200,
        body: reconcile(office, await verified(await office.client.readStatement(month)), month),
      };
    return { status: 404, body: { code: 'NOT_FOUND' } };
  }

  // Behind the vendor's own front door: who may post for which unit is decided there.
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Resolves when every webhook that arrived was dealt with. */
    async idle() {
      while (jobs.size > 0) await Promise.all(jobs);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      for (const office of offices.values()) {
        await office.line;
        await office.journal.close();
        await office.client.close();
      }
    },
  };
}

async function bytesOf(request) {
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > LARGEST) throw Object.assign(new Error('too large'), { status: 413, code: 'TOO_LARGE' });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
