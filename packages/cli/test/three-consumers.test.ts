// One rule set, three consumers: the vectors of every rule must be judged alike by the SDK, the command and the server.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServer, type BhxhServer } from '@bhxh/mock-server';
import { createClient } from '@bhxh/sdk';
import { openSpecifications, type VectorCase } from '@bhxh/sdk/specifications';
import { createValidator, type JsonReport } from '@bhxh/sdk/validation';
import { materializeVector } from '../../sdk/test/materialize-vector.ts';

const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');
const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const now = (): Date => new Date();

interface Sample {
  readonly name: string;
  readonly rule: string;
  readonly vector: VectorCase;
  readonly bytes: Uint8Array;
  /** Rule ids of errors and warnings as the SDK finds them, sorted and without repetition. */
  readonly found: readonly string[];
  readonly evaluated: readonly string[];
  readonly verdict: string;
}

let folder: string;
let server: BhxhServer;
const samples: Sample[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-vectors-'));
  server = await createServer({ demo: true, signaturesFrom: null });
  const rules = new Set(
    specifications.rulesetIds().flatMap((id) => specifications.ruleset(id).rules.map((rule) => rule.id)),
  );
  for (const rule of [...rules].sort()) {
    const cases = specifications.vectors(rule).flatMap((file) => file.cases);
    for (const [index, vector] of cases.entries()) {
      const { bytes, facts } = materializeVector(vector, specifications.ruleset(vector.ruleset));
      const validator = createValidator({ specifications, now, facts, on: vector.on });
      const report = await validator.validateFile({ path: 'x', source: bytes });
      samples.push({
        name: `${rule}-${index}.xml`,
        rule,
        vector,
        bytes,
        found: idsOf(report.findings),
        evaluated: [...report.evaluated].sort(),
        verdict: report.verdict,
      });
    }
  }
}, 120_000);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

function idsOf(
  findings: readonly { readonly ruleId: string; readonly severity: string }[],
): readonly string[] {
  return [
    ...new Set(findings.filter(({ severity }) => severity !== 'info').map(({ ruleId }) => ruleId)),
  ].sort();
}

test('there are vectors of all 129 rules', () => {
  expect(new Set(samples.map(({ rule }) => rule)).size).toBe(129);
});

test('the command judges every vector as the SDK does, one call a folder', () => {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = JSON.stringify([sample.vector.on ?? null, sample.vector.facts ?? null]);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [index, [key, group]] of [...groups].entries()) {
    const [on, facts] = JSON.parse(key) as [string | null, unknown];
    const place = join(folder, String(index));
    mkdirSync(place);
    for (const sample of group) writeFileSync(join(place, sample.name), sample.bytes);
    const args = on === null ? [] : ['--on', on];
    if (facts !== null) {
      const path = join(folder, `${index}.facts.json`);
      writeFileSync(path, JSON.stringify(facts));
      args.push('--facts', path);
    }
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [bhxh, 'validate', place, '--format', 'json', ...args],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    );
    expect(stdout, stderr).not.toBe('');
    const report = JSON.parse(stdout) as JsonReport;
    const told = new Map(report.files.map((file) => [file.path.slice(place.length + 1), file]));
    for (const sample of group) {
      const file = told.get(sample.name);
      expect(
        file && { found: idsOf(file.findings), evaluated: [...file.evaluated].sort(), verdict: file.verdict },
        sample.name,
      ).toEqual({
        found: sample.found,
        evaluated: sample.evaluated,
        verdict: sample.verdict,
      });
    }
  }
}, 120_000);

test('the server finds in every claim what the SDK finds', async () => {
  // Outside facts and another day are the validator's input; the server has its own register and clock.
  const sent = samples.filter(
    ({ vector }) => vector.facts === undefined && vector.on === undefined && vector.kind === 'claim',
  );
  expect(sent.length).toBeGreaterThan(250);
  const account = server.accounts.find(({ facility }) => facility === '99001');
  if (account === undefined) throw new Error('the demo has no facility 99001');
  const client = createClient({
    environment: 'mock',
    url: 'http://127.0.0.1',
    facility: '99001',
    credentials: { username: account.username, password: account.password },
    now,
    fetch: (request) => server.fetch(request),
    maxRate: 10_000,
  });
  const receipts = new Map<string, Sample>();
  for (const sample of sent) {
    const { maGiaoDich } = await client.sendClaim(sample.bytes);
    receipts.set(maGiaoDich, sample);
  }
  await server.idle();
  const different: string[] = [];
  for (const [maGiaoDich, sample] of receipts) {
    const claim = await client.readClaim(maGiaoDich);
    const found = idsOf(claim.findings ?? []).filter((id) => id.startsWith('R'));
    if (JSON.stringify(found) !== JSON.stringify(sample.found.filter((id) => id.startsWith('R')))) {
      different.push(
        `${sample.name}: SDK ${sample.found.join(',')} · server ${claim.state} ${idsOf(claim.findings ?? []).join(',')}`,
      );
    }
  }
  expect(different).toEqual([]);
  await client.close();
}, 120_000);
