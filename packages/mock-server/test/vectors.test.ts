import { createHash } from 'node:crypto';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { materializeVector } from '../../sdk/test/materialize-vector.ts';
import { createVirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const ruleIds = [
  ...new Set(
    specifications.rulesetIds().flatMap((id) => specifications.ruleset(id).rules.map((rule) => rule.id)),
  ),
].sort();

let server: BhxhServer;
let headers: Record<string, string>;
let username: string;

beforeAll(async () => {
  const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') });
  server = await createServer({ demo: true, signaturesFrom: null, specifications, clock });
  const account = server.accounts[0]!;
  username = account.username;
  const password = createHash('md5').update(account.password).digest('hex');
  const reply = await server.fetch(
    new Request('http://server/api/token/take', {
      method: 'POST',
      body: new URLSearchParams({ username, password }),
    }),
  );
  const { APIKey } = (await reply.json()) as { APIKey: { access_token: string; id_token: string } };
  headers = { accessToken: APIKey.access_token, tokenId: APIKey.id_token, passwordHash: password };
});
afterAll(() => server.close());

interface Found {
  readonly ruleId: string;
  readonly severity: string;
}

/** Sends a file as a hospital would and returns what the server found wrong with it; `refused` when it took nothing. */
async function judged(bytes: Uint8Array): Promise<{ state: string; found: Found[] } | 'refused'> {
  const sent = await server.fetch(
    new Request('http://server/api/qd130/guiHoSoXmlQD3176', {
      method: 'POST',
      headers,
      body: new URLSearchParams({
        username,
        loaiHoSo: '130',
        maTinh: '99',
        maCSKCB: '99001',
        fileHSBase64: Buffer.from(bytes).toString('base64'),
      }),
    }),
  );
  const { maKetQua, maGiaoDich } = (await sent.json()) as { maKetQua: number; maGiaoDich: string };
  if (maKetQua !== 200) return 'refused';
  await server.idle();
  const result = await server.fetch(new Request(`http://server/bhxh/v1/claims/${maGiaoDich}`, { headers }));
  const claim = (await result.json()) as { state: string; findings: Found[] };
  return { state: claim.state, found: claim.findings };
}

it('judges every vector of the claim rules as the SDK does', async () => {
  const wrong: string[] = [];
  let judgedCases = 0;
  for (const id of ruleIds) {
    for (const vector of specifications.vectors(id).flatMap((file) => file.cases)) {
      // What only the receiver knows (his catalogues, his accounts) is another test's subject.
      const isPlain = vector.kind === 'claim' && vector.facts === undefined && vector.on === undefined;
      if (!isPlain || (vector.also ?? []).length > 0) continue;
      const outcome = await judged(materializeVector(vector, specifications.ruleset(vector.ruleset)).bytes);
      judgedCases += 1;
      const name = `${id} ${vector.expect}: ${vector.name}`;
      if (outcome === 'refused') {
        if (vector.expect === 'pass') wrong.push(`${name}: refused`);
        continue;
      }
      const ids = new Set(
        outcome.found.filter(({ severity }) => severity !== 'info').map(({ ruleId }) => ruleId),
      );
      const errors = outcome.found.filter(({ severity }) => severity === 'error');
      if (vector.expect === 'pass' && (ids.has(id) || errors.length > 0 || outcome.state === 'rejected')) {
        wrong.push(`${name}: ${outcome.state} ${[...ids].join(' ')}`);
      }
      if (vector.expect === 'fail' && [...ids].join(' ') !== id) {
        wrong.push(`${name}: ${outcome.state} ${[...ids].join(' ')}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(judgedCases).toBeGreaterThan(200);
}, 120_000);
