import { openSpecifications } from '@bhxh/sdk/specifications';
import { generateClaims } from '@bhxh/sdk/synthetic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocumentCheck, type DocumentToCheck } from './check-document.ts';
import { createCheckPool, type CheckPool } from './check-pool.ts';

const policy = { signaturesFrom: null };
const now = new Date('2026-11-20T13:00:00Z');

let pool: CheckPool;
let documents: DocumentToCheck[];

beforeAll(async () => {
  pool = createCheckPool(2, policy);
  documents = [];
  const document = (bytes: Uint8Array, change: Partial<DocumentToCheck> = {}): DocumentToCheck => ({
    id: `99001${documents.length}`,
    kind: 'claim',
    form: '130',
    facility: '99001',
    bytes,
    signature: { verdict: 'skipped', reasons: [] },
    mustFail: undefined,
    ...change,
  });
  for await (const claim of generateClaims({ count: 4, seed: 5 })) documents.push(document(claim.bytes));
  const first = documents[0]!.bytes;
  documents.push(
    document(first, { facility: '99002' }),
    document(first, { mustFail: 'fails-later' }),
    document(first, { signature: { verdict: 'invalid', reasons: ['DIGEST_MISMATCH'] } }),
    document(Buffer.from('<a><b></a>')),
    document(Buffer.from([0xff, 0xfe, 0x00])),
    document(new Uint8Array()),
    document(Buffer.from('<x/>'), { kind: 'monthly-summary', signature: undefined }),
  );
});

afterAll(() => pool.close());

describe('checks on threads of their own', () => {
  it('come to what one thread comes to, also when all are asked at once', async () => {
    const check = createDocumentCheck(openSpecifications(undefined, { overlay: 'synthetic' }), policy);
    const alone = [];
    for (const document of documents) alone.push(await check(document, now));
    const beside = await Promise.all(documents.map((document) => pool.check(document, now)));
    expect(beside).toEqual(alone);
    expect(new Set(alone.map(({ outcome }) => outcome.state))).toEqual(
      new Set(['adjudicated', 'rejected', 'accepted']),
    );
  }, 60_000);

  it('fail when their thread ends, and the next one has a new thread', async () => {
    const own = createCheckPool(1, policy);
    const lost = expect(own.check(documents[0]!, now)).rejects.toThrow('CheckThreadGone');
    await own.close();
    await lost;
    await expect(own.check(documents[0]!, now)).resolves.toMatchObject({ outcome: { state: 'adjudicated' } });
    await own.close();
  }, 60_000);
});
