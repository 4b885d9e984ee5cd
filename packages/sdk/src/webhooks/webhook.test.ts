import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signWebhook, verifyWebhook } from './index.ts';

const secretOf = (bytes: Uint8Array): string => `whsec_${Buffer.from(bytes).toString('base64')}`;
const secret = secretOf(Buffer.alloc(32, 7));
const at = new Date('2026-11-20T03:00:00Z');
const now = (): Date => at;
const body = JSON.stringify({
  type: 'claim.adjudicated',
  timestamp: '2026-11-20T02:59:58Z',
  data: { id: '1' },
});
const headers = signWebhook(body, { id: 'msg_1', at, secrets: [secret] });
const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};
const verdict = (
  given: Readonly<Record<string, string | undefined>>,
  text: string | Uint8Array = body,
  moment = at,
): unknown => code(() => verifyWebhook(given, text, { secrets: [secret], now: () => moment }));

describe('webhooks', () => {
  // Reckoned with openssl: printf 'msg_1.1763607600.{}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707… -binary | base64
  test('the signature is HMAC-SHA256 over id, timestamp and body, in base64', () => {
    expect(signWebhook('{}', { id: 'msg_1', at: new Date(1_763_607_600_000), secrets: [secret] })).toEqual({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1763607600',
      'webhook-signature': 'v1,BUAhZUktVdszjuj7bHJugm056bEVA9ZpbZ7VfH6jkg8=',
    });
  });

  test('what was sent is read, from text, bytes and a fetch request alike', () => {
    const expected = { id: 'msg_1', sentAt: at, type: 'claim.adjudicated', data: { id: '1' } };
    expect(verifyWebhook({ ...headers }, body, { secrets: [secret], now })).toMatchObject(expected);
    expect(
      verifyWebhook(new Headers({ ...headers }), Buffer.from(body), { secrets: [secret], now }),
    ).toMatchObject(expected);
  });

  test('while a secret is changed the old and the new one both count', () => {
    const next = secretOf(randomBytes(32));
    const both = signWebhook(body, { id: 'msg_1', at, secrets: [secret, next] });
    for (const one of [secret, next])
      expect(verifyWebhook({ ...both }, body, { secrets: [one], now }).id).toBe('msg_1');
  });

  test('another body, id, time or key is refused', () => {
    expect(verdict({ ...headers }, `${body} `)).toBe('ERR_WEBHOOK_SIGNATURE');
    expect(verdict({ ...headers, 'webhook-id': 'msg_2' })).toBe('ERR_WEBHOOK_SIGNATURE');
    expect(verdict({ ...headers, 'webhook-timestamp': '1795143601' })).toBe('ERR_WEBHOOK_SIGNATURE');
    expect(verdict({ ...headers, 'webhook-signature': 'v1,AAAA v2,AAAA' })).toBe('ERR_WEBHOOK_SIGNATURE');
    expect(
      code(() => verifyWebhook({ ...headers }, body, { secrets: [secretOf(randomBytes(32))], now })),
    ).toBe('ERR_WEBHOOK_SIGNATURE');
    expect(code(() => verifyWebhook({ ...headers }, body, { secrets: [], now }))).toBe(
      'ERR_WEBHOOK_SIGNATURE',
    );
  });

  test('a message older or newer than the tolerance is refused', () => {
    for (const seconds of [-301, 301])
      expect(verdict({ ...headers }, body, new Date(at.getTime() + seconds * 1_000))).toBe(
        'ERR_WEBHOOK_TIME',
      );
    expect(verdict({ ...headers }, body, new Date(at.getTime() + 299_000))).toMatchObject({ id: 'msg_1' });
  });

  test('missing headers, unreadable bodies and secrets that are none are told apart', () => {
    expect(verdict({ ...headers, 'webhook-id': undefined })).toBe('ERR_WEBHOOK_HEADERS');
    expect(verdict({ ...headers, 'webhook-timestamp': 'soon' })).toBe('ERR_WEBHOOK_HEADERS');
    for (const text of ['no JSON', 'null', '{"type":"x"}'])
      expect(verdict({ ...signWebhook(text, { id: 'm', at, secrets: [secret] }) }, text)).toBe(
        'ERR_WEBHOOK_BODY',
      );
    for (const bad of ['short', 'whsec_AAAA', ''])
      expect(code(() => signWebhook(body, { id: 'm', at, secrets: [bad] }))).toBe('ERR_WEBHOOK_SECRET');
  });

  test('no change of one character passes', () => {
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (index, letter) => {
        const changed = body.slice(0, index) + letter + body.slice(index + 1);
        if (changed !== body) expect(verdict({ ...headers }, changed)).toBe('ERR_WEBHOOK_SIGNATURE');
      }),
    );
  });
});
