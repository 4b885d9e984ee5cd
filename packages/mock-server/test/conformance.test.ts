import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKey, type Signer } from '@bhxh/signing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certify, isIntact } from '../src/conformance/certificate.ts';
import { runSuite, TargetUnreachable, type CaseResult } from '../src/conformance/run-suite.ts';
import { readSuite, type Suite, type SuiteName } from '../src/conformance/suite.ts';
import type { Target } from '../src/conformance/target.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { doubling, forgetful, modern, otherShape, startWrongServer, type Spoiling } from './wrong-server.ts';

interface Ready {
  readonly accounts: Target['accounts'];
  readonly adminKey: string;
  readonly keys: readonly { readonly facility: string; readonly ref: string; readonly pinFile: string }[];
  readonly unitKeys: readonly { readonly unit: string; readonly ref: string; readonly pinFile: string }[];
}

let folder: string;
let server: BhxhServer;
let host: NodeHost;
let target: Target;
let run = 0;

async function openTarget(opened: BhxhServer, place: string): Promise<{ host: NodeHost; target: Target }> {
  const readyFile = join(place, 'ready.json');
  const listening = await startNodeServer(opened, { readyFile });
  const ready = JSON.parse(await readFile(readyFile, 'utf8')) as Ready;
  const keys = [
    ...ready.keys.map(({ facility, ...key }) => ({ code: facility, ...key })),
    ...ready.unitKeys.map(({ unit, ...key }) => ({ code: unit, ...key })),
  ];
  const signers = new Map<string, Promise<Signer>>();
  for (const { code, ref, pinFile } of keys)
    signers.set(code, openKey(ref, { pin: async () => await readFile(pinFile) }));
  return {
    host: listening,
    target: {
      url: listening.url,
      accounts: ready.accounts,
      adminKey: ready.adminKey,
      signerOf: async (code) => await signers.get(code),
    },
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-conformance-'));
  server = await createServer({ demo: true });
  ({ host, target } = await openTarget(server, folder));
}, 120_000);
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

async function played(suite: Suite, against: Target, only?: readonly string[]): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  run += 1;
  for await (const result of runSuite({
    suite,
    target: against,
    now: () => server.clock.now(),
    run: `T${run}`,
    ...(only === undefined ? {} : { only }),
  }))
    results.push(result);
  return results;
}

const failed = (results: readonly CaseResult[]): string[] =>
  results.filter(({ verdict }) => verdict !== 'passed').map(({ id }) => id);

/** Cases whose last word needs a minute of patience are left out where they cannot fail. */
const quick = (name: SuiteName, ids: readonly string[]): readonly string[] =>
  process.env['BHXH_TEST_LONG'] === '1' ? readSuite(name).cases.map(({ id }) => id) : ids;

describe('the reference server', () => {
  it('passes every case of the claims suite, and none is left out', async () => {
    const suite = readSuite('claims');
    const results = await played(suite, target);
    expect(results.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(results.map(({ id }) => id)).toEqual(suite.cases.map(({ id }) => id));
    expect(results.length).toBeGreaterThanOrEqual(41);
  }, 120_000);

  it('passes every case of the declarations suite, and none is left out', async () => {
    const suite = readSuite('declarations');
    const results = await played(suite, target);
    expect(results.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(results.map(({ id }) => id)).toEqual(suite.cases.map(({ id }) => id));
    expect(results.length).toBeGreaterThanOrEqual(26);
  }, 120_000);

  it('passes every case of the bank suite, and none is left out', async () => {
    const suite = readSuite('bank');
    const results = await played(suite, target);
    expect(results.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(results.map(({ id }) => id)).toEqual(suite.cases.map(({ id }) => id));
    expect(results.length).toBeGreaterThanOrEqual(13);
  }, 120_000);

  it('is asked nothing that it does not have: a legacy server skips the cases of the reference profile', async () => {
    const legacy = await createServer({ demo: true, legacy: true });
    const opened = await openTarget(legacy, join(folder, 'legacy'));
    const { adminKey: _unused, ...plain } = opened.target;
    const results = await played(readSuite('claims'), plain);
    await opened.host.close();
    expect(results.filter(({ verdict }) => verdict === 'failed' || verdict === 'undetermined')).toEqual([]);
    const skipped = results.filter(({ verdict }) => verdict === 'skipped');
    expect(new Set(skipped.flatMap(({ missing }) => missing))).toEqual(
      new Set(['statusQuery', 'idempotencyKey', 'control']),
    );
    expect(results.find(({ id }) => id === 'CLAIMS-SEND-02')?.verdict).toBe('passed');
  }, 120_000);
});

describe('a deliberately wrong server fails exactly the cases of its fault:', () => {
  const judge = async (name: SuiteName, fault: Spoiling, only?: readonly string[]): Promise<string[]> => {
    const wrong = await startWrongServer(target.url, fault);
    try {
      return failed(await played(readSuite(name), { ...target, url: wrong.url }, only));
    } finally {
      await wrong.close();
    }
  };

  it('one that makes two of what is sent twice', async () => {
    expect(await judge('claims', doubling())).toEqual([
      'CLAIMS-SEND-02',
      'CLAIMS-RESULT-03',
      'CLAIMS-RESULT-10',
      'CLAIMS-TIME-02',
    ]);
    expect(await judge('declarations', doubling())).toEqual([
      'DECLARATIONS-SEND-02',
      'DECLARATIONS-SEND-03',
      'DECLARATIONS-RESULT-02',
    ]);
  }, 120_000);

  it('one that takes any token', async () => {
    const account = target.accounts.find(({ role }) => role === 'facility')!;
    const { createHospital } = await import('./hospital.ts');
    const insider = createHospital(target.url, account as Parameters<typeof createHospital>[1]);
    const trusting: Spoiling = {
      async request({ path, headers }) {
        if (!path.includes('guiHoSoXml')) return {};
        await insider.login();
        const { access, id } = insider.tokens();
        const own = new Headers(headers);
        for (const [name, value] of Object.entries({
          accessToken: access,
          tokenId: id,
          passwordHash: insider.md5,
        }))
          own.set(name, value);
        return { headers: own };
      },
    };
    expect(await judge('claims', trusting)).toEqual([
      'CLAIMS-TOKEN-07',
      'CLAIMS-TOKEN-08',
      'CLAIMS-TOKEN-09',
      'CLAIMS-TIME-01',
    ]);
  }, 120_000);

  it('one that forgets in a day what it received', async () => {
    expect(
      await judge(
        'claims',
        forgetful(target.url, target.adminKey!),
        quick('claims', ['CLAIMS-SEND-02', 'CLAIMS-RESULT-01', 'CLAIMS-TIME-01', 'CLAIMS-TIME-02']),
      ),
    ).toEqual(['CLAIMS-TIME-02']);
  }, 120_000);

  it('one that answers HTTP 401 where the gateway answers 200 with a code', async () => {
    expect(await judge('claims', modern)).toEqual([
      'CLAIMS-TOKEN-04',
      'CLAIMS-TOKEN-05',
      'CLAIMS-TOKEN-07',
      'CLAIMS-TOKEN-08',
      'CLAIMS-TOKEN-09',
      'CLAIMS-TOKEN-10',
      'CLAIMS-CARD-04',
      'CLAIMS-TIME-01',
    ]);
  }, 120_000);

  it('one whose receipts have another shape', async () => {
    const wrong = await judge('claims', otherShape);
    const receives = (steps: Suite['cases'][number]['steps']): boolean =>
      JSON.stringify(steps).includes('"received"');
    expect(wrong).toEqual(
      readSuite('claims')
        .cases.filter(({ steps }) => receives(steps))
        .map(({ id }) => id),
    );
    expect(wrong).toContain('CLAIMS-SEND-01');
    expect(wrong).not.toContain('CLAIMS-SEND-05');
  }, 120_000);

  it('one that pays what nobody signed', async () => {
    const careless = await createServer({ demo: true, signaturesFrom: null });
    const opened = await openTarget(careless, join(folder, 'careless'));
    const suite = readSuite('claims');
    // The wrong one is asked for a minute whether it has not changed its mind.
    const impatient: Suite = {
      ...suite,
      cases: suite.cases.map((one) => ({
        ...one,
        steps: one.steps.map((step) => ('within' in step ? { ...step, within: 3 } : step)),
      })),
    };
    const results = await played(
      impatient,
      opened.target,
      quick('claims', ['CLAIMS-SEND-01', 'CLAIMS-RESULT-04', 'CLAIMS-RESULT-05', 'CLAIMS-RESULT-06']),
    );
    await opened.host.close();
    expect(failed(results)).toEqual(['CLAIMS-RESULT-05']);
    expect(results.find(({ id }) => id === 'CLAIMS-RESULT-05')?.mismatches[0]).toMatchObject({
      what: 'body state',
      expected: '"rejected"',
    });
  }, 120_000);
});

describe('a run', () => {
  it('ends in a certificate whose number and digest hold every verdict', async () => {
    const suite = readSuite('claims');
    const results = await played(suite, target, ['CLAIMS-TOKEN-01', 'CLAIMS-SEND-01']);
    const facts = {
      side: 'server',
      suite: 'claims',
      specs: { suite: suite.hash, hash: 'a'.repeat(64) },
      tool: 'test',
      subject: target.url,
      now: new Date('2026-11-22T03:00:00Z'),
    } as const;
    const part = certify({ ...facts, scope: 'part', results });
    expect([part.summary.passed, part.conforms, isIntact(part)]).toEqual([2, false, true]);
    const whole = certify({ ...facts, scope: 'whole', results });
    expect(whole.conforms).toBe(true);
    expect(whole.number).toMatch(/^BHXH-20261122-[0-9A-F]{12}$/);
    const forged = { ...whole, cases: whole.cases.map((one) => ({ ...one, verdict: 'failed' as const })) };
    expect(isIntact(forged)).toBe(false);
    expect(isIntact(JSON.parse(JSON.stringify(whole)) as typeof whole)).toBe(true);
    expect(JSON.stringify(whole)).not.toContain(target.accounts[0]!.password);
  });

  it('against an address where nobody listens says so instead of failing cases', async () => {
    await expect(
      played(readSuite('claims'), { ...target, url: 'http://127.0.0.1:9' }, ['CLAIMS-TOKEN-01']),
    ).rejects.toThrow(TargetUnreachable);
  });

  it('calls a case undetermined, never passed, when the server breaks off', async () => {
    const broken = await startWrongServer(target.url, {
      request({ path }) {
        if (path.includes('guiHoSoXml')) throw new Error('gone');
        return {};
      },
    });
    const [result] = await played(readSuite('claims'), { ...target, url: broken.url }, ['CLAIMS-SEND-01']);
    await broken.close();
    expect(result?.verdict).toBe('undetermined');
  });
});
