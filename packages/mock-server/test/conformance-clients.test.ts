import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@bhxh/sdk';
import { createDeclarationsClient, declarationsTarget } from '@bhxh/sdk/declarations';
import {
  claimsTarget,
  openJournal,
  planSubmission,
  runSubmission,
  type SubmissionTarget,
} from '@bhxh/sdk/submission';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClientSuite } from '../src/conformance/client-suite.ts';
import { runClients, type ClientBrief } from '../src/conformance/run-clients.ts';
import type { CaseResult } from '../src/conformance/run-suite.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-clients-'));
});
afterAll(() => rm(folder, { recursive: true }));

const suite = readClientSuite('claims');
const dossiers = readClientSuite('declarations');

async function judged(
  drive: (brief: ClientBrief) => Promise<void>,
  only?: readonly string[],
  of = suite,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for await (const result of runClients({
    suite: of,
    drive,
    now: () => new Date(),
    run: 'C1',
    ...(only === undefined ? {} : { only }),
  }))
    results.push(result);
  return results;
}

/** Habits that show in few cases are tried on those and some others; on all of them in the long run. */
const some = (...numbers: string[]): readonly string[] | undefined =>
  process.env['BHXH_TEST_LONG'] === '1' ? undefined : numbers.map((number) => `CLIENT-CLAIMS-${number}`);

const failed = (results: readonly CaseResult[]): string[] =>
  results.filter(({ verdict }) => verdict !== 'passed').map(({ id }) => id);

type Shared = Omit<Parameters<typeof createClient>[0], 'facility'>;

function openGateway(
  shared: Shared,
  facility: string | null,
  unit: string | undefined,
): { readonly client: { close(): Promise<void> }; readonly target: SubmissionTarget } {
  if (unit !== undefined && facility === null) {
    const client = createDeclarationsClient({ ...shared, unit });
    return { client, target: declarationsTarget(client) };
  }
  const client = createClient({ ...shared, facility: facility ?? '' });
  return { client, target: claimsTarget(client) };
}

/** The submission engine of the SDK, as `bhxh submit` runs it. */
async function engine({ case: one, url, account, documents }: ClientBrief): Promise<void> {
  const place = await mkdtemp(join(folder, 'engine-'));
  const paths: string[] = [];
  for (const { name, bytes } of documents) {
    paths.push(join(place, name));
    await writeFile(join(place, name), bytes);
  }
  const { username, password, facility, units } = account;
  const shared = {
    environment: 'mock',
    url,
    credentials: { username, password },
    now: () => new Date(),
    maxRate: 1_000,
  } as const;
  const { client, target } = openGateway(shared, facility ?? null, units?.[0]);
  const journal = await openJournal({
    path: join(place, 'journal'),
    keyFile: join(place, 'journal-key'),
    now: () => new Date(),
  });
  try {
    const sources = paths.map((path) => ({ path }));
    for await (const event of planSubmission({ journal, target, sources })) void event;
    for await (const event of runSubmission({ journal, target, now: () => new Date(), askAfter: [0, 1] }))
      void event;
  } catch (error) {
    // A run that a server stops is judged by what it did until then.
    if (!(error instanceof Error) || one.id.endsWith('-01')) throw error;
  } finally {
    await journal.close();
    await client.close();
  }
}

/** What hand-written software gets wrong; everything else of it is right. */
interface Habits {
  /** Logs in for every document. */
  readonly forgetsToken?: true;
  /** Sends again whatever was not a receipt, without asking or a key. */
  readonly repeatsBlindly?: true;
  /** Takes every HTTP 200 for a receipt. */
  readonly trustsStatus?: true;
}

const PATIENCE = 3;

function simple(habits: Habits): (brief: ClientBrief) => Promise<void> {
  return async ({ url, account, documents }) => {
    const md5 = createHash('md5').update(account.password).digest('hex').toUpperCase();
    let token: { access: string; id: string } | undefined;
    let logins = 0;
    const form = async (path: string, fields: Record<string, string>, headers = {}): Promise<Response> =>
      await fetch(url + path, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
      });
    const login = async (): Promise<boolean> => {
      logins += 1;
      const said = (await (
        await form('/api/token/take', { username: account.username, password: md5 })
      ).json()) as {
        APIKey?: { access_token: string; id_token: string } | null;
      };
      token =
        said.APIKey === undefined || said.APIKey === null
          ? undefined
          : { access: said.APIKey.access_token, id: said.APIKey.id_token };
      return token !== undefined;
    };
    const credentials = (): Record<string, string> => ({
      accessToken: token?.access ?? '',
      tokenId: token?.id ?? '',
      passwordHash: md5,
    });
    const isThere = async (sha256: string): Promise<boolean> => {
      const answer = await fetch(`${url}/bhxh/v1/claims?maCSKCB=${account.facility}&sha256=${sha256}`, {
        headers: credentials(),
      });
      if (answer.status !== 200) return false;
      return ((await answer.json()) as { claims: unknown[] }).claims.length > 0;
    };
    const offers = (await (await fetch(`${url}/.well-known/bhxh`)).json().catch(() => ({}))) as {
      statusQuery?: boolean;
    };
    for (const { bytes } of documents) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      for (let attempt = 1; attempt <= PATIENCE; attempt += 1) {
        if ((token === undefined || habits.forgetsToken === true) && !(await login())) return;
        let code: string | undefined;
        let status = 0;
        let wait = 0;
        try {
          const answer = await form(
            '/api/qd130/guiHoSoXmlQD3176',
            {
              username: account.username,
              loaiHoSo: '130',
              maTinh: account.facility!.slice(0, 2),
              maCSKCB: account.facility!,
              fileHSBase64: Buffer.from(bytes).toString('base64'),
            },
            credentials(),
          );
          status = answer.status;
          wait = Number(answer.headers.get('retry-after') ?? 0);
          code = String(((await answer.json()) as { maKetQua?: unknown }).maKetQua ?? '');
        } catch {
          code = undefined;
        }
        if (habits.trustsStatus === true && status === 200) break;
        if (habits.repeatsBlindly === true) {
          if (code === '200') break;
          continue;
        }
        if (code === '401' && logins < 2) token = undefined;
        else if (status === 503 || status === 429)
          await new Promise((resolve) => setTimeout(resolve, wait * 1_000));
        else if (status === 0 || (status === 200 && (code ?? '') === '')) {
          if (offers.statusQuery !== true || (await isThere(sha256))) break;
        } else break;
      }
    }
  };
}

describe('a right client passes:', () => {
  it('the SDK’s submission engine, every case', async () => {
    const results = await judged(engine);
    expect(results.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(results.map(({ id }) => id)).toEqual(suite.cases.map(({ id }) => id));
  }, 120_000);

  it('a small one that asks before it sends again, every case', async () => {
    expect((await judged(simple({}))).filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  }, 120_000);
});

/** Software that files every dossier, looks at the HTTP status alone and sends again until it is good. */
async function careless({ url, account, documents }: ClientBrief): Promise<void> {
  const ask = (path: string, init: RequestInit): Promise<Response | undefined> =>
    fetch(`${url}/declarations/v1/${path}`, { method: 'POST', redirect: 'manual', ...init }).catch(
      () => undefined,
    );
  for (const { bytes } of documents) {
    for (let attempt = 1; attempt <= PATIENCE; attempt += 1) {
      const { username, password } = account;
      const login = await ask('sessions', { body: JSON.stringify({ username, password }) });
      const { token } = ((await login?.json().catch(() => undefined)) ?? {}) as { token?: string };
      const answer = await ask('dossiers', {
        headers: { 'Content-Type': 'application/xml', Authorization: `Bearer ${token}` },
        body: Uint8Array.from(bytes),
      });
      if (answer?.ok === true) break;
    }
  }
}

describe('software that files dossiers', () => {
  it('passes every case when it is the SDK’s engine', async () => {
    const results = await judged(engine, undefined, dossiers);
    expect(results.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(results.map(({ id }) => id)).toEqual(dossiers.cases.map(({ id }) => id));
  }, 300_000);

  it('fails by its habits when it sends again whatever was not good, under a new login each time', async () => {
    const results = await judged(careless, undefined, dossiers);
    const broken = new Map(
      results.map(({ id, mismatches }) => [id, new Set(mismatches.map(({ what }) => what))]),
    );
    const rulesOf = (number: string): unknown => broken.get(`CLIENT-DECLARATIONS-${number}`);
    expect(rulesOf('01')).toContain('logins');
    expect(rulesOf('03')).toContain('asks-before-again');
    expect(rulesOf('04')).toContain('waits');
    expect(rulesOf('05')).toContain('sends-each');
  }, 300_000);
});

describe('a wrong client fails exactly the cases of its habit:', () => {
  it('one that logs in for every document', async () => {
    expect(failed(await judged(simple({ forgetsToken: true }), some('01', '03', '09')))).toEqual([
      'CLIENT-CLAIMS-01',
    ]);
  }, 120_000);

  it('one that sends again whatever was not a receipt', async () => {
    const results = await judged(simple({ repeatsBlindly: true }));
    expect(failed(results)).toEqual([
      'CLIENT-CLAIMS-02',
      'CLIENT-CLAIMS-03',
      'CLIENT-CLAIMS-04',
      'CLIENT-CLAIMS-05',
      'CLIENT-CLAIMS-06',
      'CLIENT-CLAIMS-07',
      'CLIENT-CLAIMS-08',
      'CLIENT-CLAIMS-09',
      'CLIENT-CLAIMS-10',
    ]);
    expect(results.find(({ id }) => id === 'CLIENT-CLAIMS-05')?.mismatches[0]?.what).toBe(
      'asks-before-again',
    );
    expect(results.find(({ id }) => id === 'CLIENT-CLAIMS-09')?.mismatches[0]?.what).toBe('waits');
  }, 120_000);

  it('one that takes every HTTP 200 for a receipt', async () => {
    const results = await judged(simple({ trustsStatus: true }), some('01', '02', '06', '12'));
    expect(failed(results)).toEqual(['CLIENT-CLAIMS-02']);
  }, 120_000);

  it('and one that never speaks, without being certified', async () => {
    const results = await judged(() => Promise.resolve(), ['CLIENT-CLAIMS-01', 'CLIENT-CLAIMS-05']);
    expect(failed(results)).toEqual(['CLIENT-CLAIMS-01', 'CLIENT-CLAIMS-05']);
  }, 60_000);
});
