import { expect, test } from 'vitest';
import { change, claim, facility, now, signer } from '../test/documents.ts';
import { callbackSigner, signMany, SigningError, verify } from './index.ts';
import type { DocumentToSign, SignedDocument } from './index.ts';
import { signatureAlgorithm, signWithKey } from './signature-algorithms.ts';

const document = (count: number): DocumentToSign => ({
  id: `claim-${count}`,
  xml: change(claim, '100000', String(100_000 + count)),
});
const options = { profile: 'bhxh-xml', now } as const;

async function collect(signed: AsyncIterable<SignedDocument>): Promise<SignedDocument[]> {
  const found: SignedDocument[] = [];
  for await (const one of signed) found.push(one);
  return found;
}

test.each([1, 4, 100])('%i at one time: all come out signed, in their order', async (concurrency) => {
  const signed = await collect(
    signMany(
      Array.from({ length: 20 }, (_, count) => document(count)),
      signer,
      { ...options, concurrency },
    ),
  );
  expect(signed.map((one) => one.id)).toEqual(Array.from({ length: 20 }, (_, count) => `claim-${count}`));
  for (const { xml } of signed)
    expect((await verify(xml!, { profile: 'bhxh-xml', trust: 'not-checked', now })).verdict).toBe('valid');
});

test('no more documents are asked for than there is room', async () => {
  let asked = 0;
  function* documents(): Generator<DocumentToSign> {
    for (;;) yield document(asked++);
  }
  let taken = 0;
  for await (const one of signMany(documents(), signer, { ...options, concurrency: 3 })) {
    expect(one.id).toBe(`claim-${taken}`);
    expect(asked - taken).toBeLessThanOrEqual(3);
    if (++taken === 10) break;
  }
});

test('a document that cannot be signed is reported and the rest goes on', async () => {
  const documents = [document(1), { id: 'broken', xml: Buffer.from('<GIAMDINHHS>') }, document(2)];
  const signed = await collect(signMany(documents, signer, options));
  expect(signed.map(({ id, error }) => [id, error?.code])).toEqual([
    ['claim-1', undefined],
    ['broken', 'ERR_DOCUMENT_UNREADABLE'],
    ['claim-2', undefined],
  ]);
});

test('a failure of the key ends the batch after what was signed before it', async () => {
  let calls = 0;
  const failing = callbackSigner({
    certificate: facility.certificate,
    label: 'failing',
    sign: async (data, algorithm) => {
      if (++calls === 3) throw new SigningError('ERR_PIN_LOCKED');
      return signWithKey(signatureAlgorithm(algorithm), facility.key, data);
    },
  });
  const signed: string[] = [];
  const run = async () => {
    for await (const one of signMany(
      Array.from({ length: 10 }, (_, count) => document(count)),
      failing,
      options,
    ))
      signed.push(one.id);
  };
  await expect(run()).rejects.toMatchObject({ code: 'ERR_PIN_LOCKED' });
  expect(signed).toEqual(['claim-0', 'claim-1']);
  expect(calls).toBe(3);
});

test('a batch goes on where an earlier one stopped, and reads only what is left', async () => {
  const read: string[] = [];
  const documents = Array.from({ length: 9 }, (_, count) => ({
    id: `claim-${count}`,
    xml: async () => {
      read.push(`claim-${count}`);
      return count === 7 ? Buffer.from('<GIAMDINHHS>') : document(count).xml;
    },
  })) as DocumentToSign[];
  const states: unknown[] = [];
  const signed = await collect(
    signMany(documents, signer, {
      ...options,
      concurrency: 2,
      isDone: async (id) => Number(id.slice(-1)) < 5,
      progress: (state) => states.push(state),
    }),
  );
  expect(signed.map(({ kept }) => kept === true)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(read).toEqual(['claim-5', 'claim-6', 'claim-7', 'claim-8']);
  expect(states).toHaveLength(9);
  expect(states.at(-1)).toEqual({ signed: 3, kept: 5, failed: 1 });
});

test('a failure behind a slow document is not unheard, and what stands before it comes out', async () => {
  let calls = 0;
  const failing = callbackSigner({
    certificate: facility.certificate,
    label: 'failing',
    sign: async (data, algorithm) => {
      if (++calls > 1) throw new SigningError('ERR_TOKEN_BUSY');
      await new Promise((resolve) => setTimeout(resolve, 50));
      return signWithKey(signatureAlgorithm(algorithm), facility.key, data);
    },
  });
  const out: string[] = [];
  const unheard: unknown[] = [];
  const listen = (reason: unknown) => unheard.push(reason);
  process.on('unhandledRejection', listen);
  const run = async () => {
    for await (const { id } of signMany([document(1), document(2), document(3)], failing, {
      ...options,
      concurrency: 3,
    }))
      out.push(id);
  };
  await expect(run()).rejects.toMatchObject({ code: 'ERR_TOKEN_BUSY' });
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', listen);
  expect(out).toEqual(['claim-1']);
  expect(unheard).toEqual([]);
});

test('an abort ends the batch, and a batch of nothing at a time is refused', async () => {
  const abort = new AbortController();
  abort.abort();
  await expect(
    collect(signMany([document(1)], signer, { ...options, signal: abort.signal })),
  ).rejects.toThrow('aborted');
  await expect(
    collect(signMany([document(1)], signer, { ...options, concurrency: 0 })),
  ).rejects.toMatchObject({ code: 'ERR_BATCH_SIZE' });
});
