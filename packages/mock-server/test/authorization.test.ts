// X-19: every operation of every OpenAPI description, asked by every kind of caller, against the documented table.
// BHXH_UPDATE_AUTHORIZATION=1 writes the table anew after operations were added; what changed is then read in the diff.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setAccountStatus } from '../src/accounts/accounts.ts';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { answerOf, createHospital } from './hospital.ts';

const folder = new URL('../../../specs/openapi/', import.meta.url);
const table = new URL('../../../specs/conformance/authorization.yaml', import.meta.url);
const ADMIN = 'admin-key-of-this-matrix';

/** Who asks. All but `restricted` ask for what belongs to facility 99001 and unit ZZ0001A. */
const CALLERS = [
  'none',
  'invented',
  'expired',
  'suspended',
  'facility',
  'otherFacility',
  'restricted',
  'unit',
  'otherUnit',
  'provider',
  'bank',
  'officer',
  'admin',
  'adminKey',
  'adminKeyElsewhere',
] as const;
type Caller = (typeof CALLERS)[number];

/** `heard` is everything but a refusal of the caller: also that what he sent is wrong. */
type Outcome = string;

interface Json {
  readonly [name: string]: unknown;
}

interface Described {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly body: { readonly type: string; readonly schema: Json } | undefined;
  readonly follow: (node: unknown) => Json;
}

function describedOperations(): Described[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => {
      const document = parse(readFileSync(new URL(name, folder), 'utf8'), { merge: true }) as Json;
      const follow = (node: unknown): Json => {
        const reference = (node as Json | undefined)?.['$ref'];
        if (typeof reference !== 'string') return (node ?? {}) as Json;
        const steps = reference.slice(2).split('/');
        return follow(
          steps.reduce<unknown>(
            (at, step) => (at as Json)[step.replaceAll('~1', '/').replaceAll('~0', '~')],
            document,
          ),
        );
      };
      return Object.entries(document['paths'] as Json).flatMap(([path, item]) =>
        ['get', 'post', 'put', 'delete', 'patch'].flatMap((method): Described[] => {
          const spec = (item as Json)[method] as Json | undefined;
          if (spec === undefined) return [];
          const [media] = Object.entries((follow(spec['requestBody'])['content'] ?? {}) as Json);
          return [
            {
              id: String(spec['operationId']),
              method: method.toUpperCase(),
              path,
              parameters: ((spec['parameters'] ?? []) as unknown[]).map(
                (entry) => follow(entry) as unknown as { name: string; in: string; required?: boolean },
              ),
              body:
                media === undefined
                  ? undefined
                  : { type: media[0], schema: folded((media[1] as Json)['schema'], follow) },
              follow,
            },
          ];
        }),
      );
    });
}

/** A schema with what it takes over by `allOf`. */
function folded(schema: unknown, follow: (node: unknown) => Json): Json {
  const own = follow(schema);
  const parts = ((own['allOf'] ?? []) as unknown[]).map((part) => folded(part, follow));
  return {
    properties: Object.assign({}, ...parts.map((part) => part['properties']), own['properties']) as Json,
    required: [...parts.map((part) => part['required']), own['required']].flat().filter(Boolean),
  };
}

interface Credentials {
  readonly access: string;
  readonly id: string;
  readonly username: string;
  readonly md5: string;
  readonly adminKey?: string;
  readonly address?: string;
}

let server: BhxhServer;
let clock: VirtualClock;
let receipt = '';
const known = new Map<Caller, Credentials>();
const operations = describedOperations();

const accountOf = (caller: Caller): BhxhServer['accounts'][number] | undefined => {
  const find = (role: string, at: number) =>
    server.accounts.filter((account) => (account.role as string) === role)[at];
  const facility = (code: string) => server.accounts.find((account) => account.facility === code);
  switch (caller) {
    case 'facility':
    case 'expired':
      return facility('99001');
    case 'otherFacility':
      return facility('99002');
    case 'suspended':
      return facility('99011');
    case 'restricted':
      return facility('99099');
    case 'unit':
      return find('unit', 0);
    case 'otherUnit':
      return find('unit', 1);
    case 'provider':
      return find('ivan', 0);
    case 'bank':
      return find('bank', 0);
    case 'officer':
      return find('officer', 0);
    case 'admin':
      return find('admin', 0);
    default:
      return undefined;
  }
};

/** Every caller with a token of now; the expired one's is of ten minutes ago. */
async function enter(): Promise<void> {
  known.clear();
  const login = async (caller: Caller): Promise<void> => {
    const account = accountOf(caller);
    if (account === undefined) return;
    const hospital = createHospital('http://server', account);
    const answer = await answerOf(
      await server.fetch(
        new Request('http://server/api/token/take', {
          method: 'POST',
          body: new URLSearchParams({ username: account.username, password: hospital.md5 }),
        }),
        { address: '127.0.0.1' },
      ),
    );
    const key = answer.body['APIKey'] as { access_token: string; id_token: string } | undefined;
    known.set(caller, {
      access: key?.access_token ?? 'none',
      id: key?.id_token ?? 'none',
      username: account.username,
      md5: hospital.md5,
    });
  };
  const status = (caller: Caller, to: 'active' | 'suspended') =>
    setAccountStatus(server.store, server.clock, accountOf(caller)!.username, to);
  await login('expired');
  clock.advance(601_000);
  await status('suspended', 'active');
  await login('suspended');
  await status('suspended', 'suspended');
  for (const caller of CALLERS) if (!known.has(caller)) await login(caller);
  known.set('invented', { ...known.get('facility')!, access: 'invented', id: 'invented' });
  const nobody = { access: '', id: '', username: '', md5: '' };
  known.set('adminKey', { ...nobody, adminKey: ADMIN });
  known.set('adminKeyElsewhere', { ...nobody, adminKey: ADMIN, address: '10.0.0.9' });
}

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') });
  server = await createServer({ demo: true, clock, adminKey: ADMIN });
  await enter();
  const { access, id, username, md5 } = known.get('facility')!;
  const sent = await server.fetch(
    new Request('http://server/api/qd130/guiHoSoXmlQD3176', {
      method: 'POST',
      headers: { accessToken: access, tokenId: id, passwordHash: md5 },
      body: new URLSearchParams({
        username,
        loaiHoSo: '130',
        maTinh: '99',
        maCSKCB: '99001',
        fileHSBase64: 'PGEvPg==',
      }),
    }),
    { address: '127.0.0.1' },
  );
  receipt = String((await answerOf(sent)).body['maGiaoDich']);
}, 120_000);
afterAll(() => server.close());

/** Values by name, because patterns cannot be guessed. */
function valueOf(name: string, caller: Caller, { access, id, username, md5 }: Credentials): unknown {
  const facility = caller === 'restricted' ? '99099' : '99001';
  return new Map<string, unknown>(
    Object.entries({
      accessToken: access,
      token: access,
      tokenId: id,
      id_token: id,
      passwordHash: md5,
      password: md5,
      Username: username,
      Password: md5,
      username,
      maCSKCB: facility,
      maCskcb: facility,
      IDBENHVIEN: facility,
      maTinh: '99',
      fileHSBase64: 'PGEvPg==',
      fileBase64Str: 'PGEvPg==',
      fileHsBase64: 'PGEvPg==',
      loaiHoSo: '3',
      maThe: 'DN4999900000000',
      hoTen: 'Nguyễn Thị Thử Nghiệm',
      ngaySinh: '15/01/1990',
      unitCode: 'ZZ0001A',
      maGiaoDich: receipt,
      month: '2026-10',
      number: '9900000001',
      fullName: 'Nguyễn Thị Thử Nghiệm',
      headName: 'Nguyễn Thị Thử Nghiệm',
      birthDate: '15/01/1990',
      sha256: '0'.repeat(64),
      signAlgo: '1.2.840.113549.1.1.11',
      hash: [`${'A'.repeat(43)}=`],
      hashes: [`${'A'.repeat(43)}=`],
      party: 'VCB',
      from: '2026-10-01',
      to: '2026-10-02',
      facility: '99001',
      page: '1',
    }),
  ).get(name);
}

const anyOf = (type: unknown): unknown =>
  type === 'integer' ? 1 : type === 'array' ? ['AAAA'] : type === 'object' ? {} : 'x';

/** A body with every field that is required, because some gateways look at the caller once the body is right. */
function bodyOf(
  { body, path, follow }: Described,
  caller: Caller,
  credentials: Credentials,
): string | undefined {
  if (body === undefined) return undefined;
  if (body.type.includes('xml')) return '<a/>';
  const isLogin = path.endsWith('/sessions') || path.endsWith('/refresh');
  // What the control key may do is seen without doing it.
  if (isLogin || path.startsWith('/control/')) return '{}';
  const properties = (body.schema['properties'] ?? {}) as Json;
  const required = (body.schema['required'] ?? []) as string[];
  const isForm = body.type.includes('form');
  const fields = Object.fromEntries(
    required.map((name) => {
      const schema = follow(properties[name]);
      const given = valueOf(name, caller, credentials);
      return [
        name,
        schema['const'] ?? (schema['enum'] as unknown[] | undefined)?.[0] ?? given ?? anyOf(schema['type']),
      ];
    }),
  );
  if (isForm) return new URLSearchParams(fields as Record<string, string>).toString();
  return JSON.stringify(fields);
}

async function ask(operation: Described, caller: Caller): Promise<Outcome> {
  const credentials = known.get(caller) ?? { access: '', id: '', username: '', md5: '' };
  const headers = new Headers();
  const query = new URLSearchParams();
  let path = operation.path;
  for (const { name, in: place } of operation.parameters) {
    const value = valueOf(name, caller, credentials);
    if (name === 'Authorization') {
      if (credentials.access !== '') headers.set(name, `Bearer ${credentials.access}.${credentials.id}`);
    } else if (name === 'x-bhxh-admin-key') {
      if (credentials.adminKey !== undefined) headers.set(name, credentials.adminKey);
    } else if (place === 'path')
      path = path.replace(`{${name}}`, String(name === 'username' ? '99001_BV' : (value ?? 'none')));
    else if (typeof value === 'string' && value !== '')
      if (place === 'header') headers.set(name, value);
      else query.set(name, value);
  }
  const body = bodyOf(operation, caller, credentials);
  if (operation.body !== undefined) headers.set('Content-Type', operation.body.type);
  // Operations whose description leaves the manner of the session open take a bearer token.
  if (!headers.has('Authorization') && path.startsWith('/accounts/') && credentials.access !== '')
    headers.set('Authorization', `Bearer ${credentials.access}.${credentials.id}`);
  // The one upload whose parameters are not confirmed.
  if (path.startsWith('/api/HSDCTT12/') && credentials.access !== '')
    for (const name of ['accessToken', 'tokenId', 'passwordHash'])
      headers.set(name, String(valueOf(name, caller, credentials)));
  const text = query.toString();
  const response = await server.fetch(
    new Request(`http://server${path.replace(/\{\w+\}/g, 'none')}${text === '' ? '' : `?${text}`}`, {
      method: operation.method,
      headers,
      ...(body === undefined || operation.method === 'GET' ? {} : { body }),
    }),
    { address: credentials.address ?? '127.0.0.1' },
  );
  const isStream = response.headers.get('content-type')?.includes('event-stream') === true;
  if (isStream) {
    await response.body?.cancel();
    return 'heard';
  }
  const answer = await answerOf(response);
  const code = String(answer.body['maKetQua'] ?? answer.body['MaKetQua'] ?? '');
  if ([401, 403, 404].includes(answer.status)) return String(answer.status);
  return ['401', '402', '403'].includes(code) ? `200/${code}` : 'heard';
}

/** Those that end sessions or drop what arrived come last, after those that change the server. */
const UPSETTING = ['closeAccountSession', 'restoreSnapshot', 'resetDemo', 'changePassword'];

type Matrix = Readonly<Record<string, Readonly<Record<string, Outcome>>>>;

async function measured(): Promise<Matrix> {
  const rank = ({ id, path }: Described): number =>
    UPSETTING.includes(id) ? 2 + UPSETTING.indexOf(id) : path.startsWith('/control/') ? 1 : 0;
  const order = [...operations].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  const matrix: Record<string, Record<string, Outcome>> = {};
  for (const operation of order) {
    const isUpsetting = UPSETTING.includes(operation.id);
    const row: Record<string, Outcome> = {};
    for (const caller of CALLERS) {
      row[caller] = await ask(operation, caller);
      if (isUpsetting) await enter();
    }
    matrix[operation.id] = row;
  }
  return matrix;
}

interface Table {
  readonly callers: readonly string[];
  /** Which operations answer which callers how: one line for each way of answering. */
  readonly access: readonly {
    readonly operations: readonly string[];
    readonly answers: Readonly<Record<string, readonly string[]>>;
  }[];
}

const HEAD = `# Who may ask what (X-19): every operation of specs/openapi, asked by every kind of caller for what belongs to facility 99001
# and unit ZZ0001A. \`heard\` means that the caller was not refused; 401, 403 and 404 are HTTP statuses, 200/401 a code of the
# claims gateway. A test holds the server against this table, and an operation without a line fails it.
# Callers: none (no credentials), invented (a token nobody gave), expired (a token ten minutes old), suspended (a good token of
# an account that was suspended since), facility (99001), otherFacility (99002 with 99001's codes), restricted (99099, which
# issues no certificates), unit (ZZ0001A), otherUnit, provider (I-VAN of several units), bank, officer (of VSS), admin (an
# account without rights at the gateways), adminKey (the control key on this machine), adminKeyElsewhere (from another one).
`;

function written(matrix: Matrix): string {
  const groups = new Map<string, string[]>();
  for (const id of Object.keys(matrix).sort()) {
    const key = JSON.stringify(matrix[id]);
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  const lines = [HEAD, `callers: [${CALLERS.join(', ')}]\n`, 'access:\n'];
  for (const [key, ids] of groups) {
    const answers = new Map<string, string[]>();
    for (const [caller, outcome] of Object.entries(JSON.parse(key) as Record<string, string>))
      answers.set(outcome, [...(answers.get(outcome) ?? []), caller]);
    lines.push(`  - operations: [${ids.join(', ')}]\n    answers:\n`);
    for (const [outcome, callers] of answers) lines.push(`      '${outcome}': [${callers.join(', ')}]\n`);
  }
  return lines.join('');
}

let documentedOnce: Matrix | undefined;

function read(): Matrix {
  if (documentedOnce !== undefined) return documentedOnce;
  const { access } = parse(readFileSync(table, 'utf8')) as Table;
  const matrix: Record<string, Record<string, Outcome>> = {};
  for (const { operations: ids, answers } of access)
    for (const id of ids)
      matrix[id] = Object.fromEntries(
        CALLERS.map((caller) => [
          caller,
          Object.entries(answers).find(([, callers]) => callers.includes(caller))?.[0] ?? 'nothing said',
        ]),
      );
  documentedOnce = matrix;
  return matrix;
}

describe('the authorisation matrix (X-19)', () => {
  it('is what the server does, operation by operation and caller by caller', async () => {
    const seen = await measured();
    if (process.env['BHXH_UPDATE_AUTHORIZATION'] === '1') writeFileSync(table, written(seen));
    const documented = read();
    expect(Object.keys(documented).sort(), 'an operation has no line, or a line no operation').toEqual(
      operations.map(({ id }) => id).sort(),
    );
    expect(seen).toEqual(documented);
  }, 180_000);

  it('refuses whoever has no good token, wherever one is asked for', () => {
    const wrong = operations.filter(({ id, parameters }) => {
      const names = parameters.map(({ name }) => name);
      const needsToken = ['accessToken', 'token', 'Authorization'].some((name) => names.includes(name));
      const row = read()[id] ?? {};
      return (
        needsToken && ['none', 'invented', 'expired', 'suspended'].some((caller) => row[caller] === 'heard')
      );
    });
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it('lets no facility speak for another, no unit for another, and nobody but the key control the server', () => {
    const documented = read();
    const heard = (id: string, caller: Caller): boolean => documented[id]?.[caller] === 'heard';
    for (const { id, path, parameters, body } of operations) {
      const names = [
        ...parameters.map(({ name }) => name),
        ...((body?.schema['required'] ?? []) as string[]),
      ];
      const isFacilitys = ['maCSKCB', 'maCskcb', 'maGiaoDich'].some((name) => names.includes(name));
      if (isFacilitys && (path.startsWith('/api/') || path.startsWith('/bhxh/')))
        expect([id, heard(id, 'facility'), heard(id, 'otherFacility')]).toEqual([id, true, false]);
      if (path.startsWith('/api/') && id !== 'takeToken' && id !== 'sendDriverCertificate')
        for (const caller of ['unit', 'provider', 'bank', 'officer', 'admin'] as const)
          expect([id, caller, heard(id, caller)]).toEqual([id, caller, false]);
      if (path.includes('{unitCode}')) {
        expect([id, heard(id, 'unit'), heard(id, 'otherUnit')]).toEqual([id, true, false]);
      }
      if (names.includes('x-bhxh-admin-key'))
        for (const caller of CALLERS)
          if (caller !== 'adminKey') expect([id, caller, heard(id, caller)]).toEqual([id, caller, false]);
    }
  });
});
