import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { issueCrl } from '../../test/authority.ts';
import { claim, now, today } from '../../test/documents.ts';
import {
  addAnchor,
  applyTrustUpdate,
  createDemoAuthority,
  demoTaxCode,
  emptyTrustList,
  keyObjectSigner,
  readTrustList,
  removeAnchor,
  sign,
  signTrustUpdate,
  trustStoreOf,
  verify,
} from '../index.ts';
import type { SigningError, TrustList, TrustUpdate, VerifyOptions } from '../index.ts';

const authority = createDemoAuthority({ now, name: 'SYNTHETIC one' });
const other = createDemoAuthority({ now, name: 'SYNTHETIC two' });
const fingerprintOf = ({ certificate }: typeof authority): string =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase();

const failure = (attempt: () => unknown): string => {
  try {
    attempt();
    return 'none';
  } catch (error) {
    return (error as SigningError).code;
  }
};

describe('the list', () => {
  const list = addAnchor(emptyTrustList, { certificate: authority.certificate, domain: 'public-ca' });

  test('is empty until somebody adds to it, and an empty list trusts nobody', async () => {
    expect(emptyTrustList.anchors).toEqual([]);
    expect(trustStoreOf(emptyTrustList.anchors, [{ id: 'public-ca' }]).anchors).toEqual([]);
  });

  test('is the same after it was stored and read', () => {
    expect(readTrustList(JSON.stringify(list))).toEqual(list);
    expect(list.anchors[0]).toMatchObject({
      name: 'SYNTHETIC one',
      domain: 'public-ca',
      fingerprint: fingerprintOf(authority),
      addedBy: 'user',
    });
  });

  test('takes no certificate of another fingerprint than the one published, and none twice', () => {
    const wanted = { certificate: other.certificate, domain: 'public-ca' };
    const colons = other.certificate.fingerprint256;
    expect(addAnchor(list, { ...wanted, fingerprint: colons }).anchors).toHaveLength(2);
    expect(failure(() => addAnchor(list, { ...wanted, fingerprint: fingerprintOf(authority) }))).toBe(
      'ERR_TRUST_ANCHOR_FINGERPRINT',
    );
    expect(failure(() => addAnchor(list, { ...wanted, certificate: authority.certificate }))).toBe(
      'ERR_TRUST_ANCHOR_KNOWN',
    );
  });

  test('gives an anchor up by its name or the beginning of its fingerprint', () => {
    const both = addAnchor(list, { certificate: other.certificate, domain: 'own', name: 'SYNTHETIC one' });
    expect(removeAnchor(list, 'SYNTHETIC one').list.anchors).toEqual([]);
    expect(removeAnchor(both, fingerprintOf(other).slice(0, 8).toUpperCase()).removed.domain).toBe('own');
    expect(failure(() => removeAnchor(both, 'SYNTHETIC one'))).toBe('ERR_TRUST_ANCHOR_AMBIGUOUS');
    expect(failure(() => removeAnchor(both, fingerprintOf(other).slice(0, 7)))).toBe(
      'ERR_TRUST_ANCHOR_UNKNOWN',
    );
  });

  test.each([
    ['no JSON', '{'],
    ['another kind of file', '{"schema":"bhxh-evidence/1","anchors":[]}'],
    ['an anchor that is none', '{"schema":"bhxh-trust/1","anchors":[1]}'],
    [
      'a certificate under the fingerprint of another',
      JSON.stringify({
        ...list,
        anchors: [{ ...list.anchors[0], certificate: other.certificate.raw.toString('base64') }],
      }),
    ],
    [
      'a day that is none',
      JSON.stringify({ ...list, anchors: [{ ...list.anchors[0], until: '2026-13-01' }] }),
    ],
    ['a mark of updates that is none', JSON.stringify({ ...list, updated: { sequence: '1' } })],
  ])('is refused when it holds %s', (_, text) => {
    expect(failure(() => readTrustList(text))).toBe('ERR_TRUST_LIST_DAMAGED');
  });
});

describe('domains', () => {
  // The internal authority of VSS, whose licence ended on 16 December 2025.
  const ended = { id: 'vss-internal', until: '2025-12-16' } as const;
  const before = (): Date => new Date('2025-10-01T03:00:00Z');
  const office = createDemoAuthority({ now: before, name: 'SYNTHETIC office CA' });
  const officer = office.issue({ mst: demoTaxCode(30), name: 'Office 99' });
  const list = addAnchor(emptyTrustList, { certificate: office.certificate, domain: 'vss-internal' });
  const key = keyObjectSigner({ key: officer.key, certificate: officer.certificate, label: 'x' });
  const form = Buffer.from('<Hoso><NoiDung>1</NoiDung><CKy_Dvi/></Hoso>');
  const profile = 'declaration-xml';
  const notice = (at: string): Promise<Uint8Array> => sign(form, key, { profile, now: () => new Date(at) });
  const outcome = async (bytes: Uint8Array, at?: VerifyOptions['at'], domains = [ended]): Promise<string> => {
    const trust = trustStoreOf(list.anchors, domains);
    const { verdict, reasons } = await verify(bytes, { profile, trust, now, ...(at && { at }) });
    return [verdict, ...reasons.map(({ code }) => code)].join(' ');
  };

  test('a notice from before the end of the licence is valid at its signing time', async () => {
    const old = await notice('2025-12-01T03:00:00Z');
    expect(await outcome(old, new Date('2025-12-01T03:00:00Z'))).toBe('valid');
    expect(await outcome(old, new Date('2025-12-16T16:59:59Z'))).toBe('valid');
    expect(await outcome(old, new Date('2025-12-16T17:00:00Z'))).toBe('invalid AUTHORITY_LICENCE_ENDED');
  });

  test('the time that such a notice claims proves nothing by itself', async () => {
    const old = await notice('2025-12-01T03:00:00Z');
    expect(await outcome(old)).toBe('undetermined AUTHORITY_LICENCE_UNPROVEN');
    expect(await outcome(old, 'now')).toBe('undetermined AUTHORITY_LICENCE_UNPROVEN');
  });

  test('a notice that says itself it is later is invalid', async () => {
    const late = await notice('2026-01-05T03:00:00Z');
    expect(await outcome(late)).toBe('invalid AUTHORITY_LICENCE_ENDED');
  });

  test('an authority speaks for its own domain only', async () => {
    const old = await notice('2025-12-01T03:00:00Z');
    const at = new Date('2025-12-01T03:00:00Z');
    const elsewhere = [{ id: 'public-ca' } as unknown as typeof ended];
    expect(await outcome(old, at, elsewhere)).toBe('undetermined CERTIFICATE_ISSUER_UNKNOWN');
  });

  test('the days of an anchor hold besides those of its domain, whichever are fewer', () => {
    const { certificate } = office;
    const days = { from: '2025-11-01', until: '2027-01-01' };
    const narrowed = addAnchor(emptyTrustList, { certificate, domain: 'vss-internal', ...days });
    expect([...trustStoreOf(narrowed.anchors, [ended]).terms!.values()]).toEqual([
      { from: new Date('2025-10-31T17:00:00Z'), until: new Date('2025-12-16T16:59:59.999Z') },
    ]);
  });
});

test('of a domain that owes it, a certificate without any known status is undetermined', async () => {
  const identity = authority.issue({ mst: demoTaxCode(32), name: 'Facility 99032' });
  const signer = keyObjectSigner({ key: identity.key, certificate: identity.certificate, label: 'x' });
  const signed = await sign(claim, signer, { profile: 'bhxh-xml', now });
  const { anchors } = addAnchor(emptyTrustList, { certificate: authority.certificate, domain: 'public-ca' });
  const outcome = async (requiresStatus: boolean, crls: readonly Uint8Array[] = []): Promise<string> => {
    const trust = { ...trustStoreOf(anchors, [{ id: 'public-ca', requiresStatus }]), crls };
    const { verdict, reasons } = await verify(signed, { profile: 'bhxh-xml', trust, now });
    return [verdict, ...reasons.map(({ code }) => code)].join(' ');
  };
  expect(await outcome(true)).toBe('undetermined REVOCATION_UNKNOWN');
  expect(await outcome(false)).toBe('valid');
  const nextUpdate = new Date(today.getTime() + 60_000);
  expect(await outcome(true, [issueCrl(authority, { thisUpdate: today, nextUpdate })])).toBe('valid');
});

describe('updates', () => {
  const publisher = generateKeyPairSync('ed25519');
  const stranger = generateKeyPairSync('ed25519');
  const anchorOf = ({ certificate }: typeof authority, name: string) => ({
    domain: 'public-ca',
    name,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    certificate: certificate.raw.toString('base64'),
  });
  const update = (change: Partial<TrustUpdate> = {}): TrustUpdate => ({
    sequence: 7,
    issuedAt: '2026-11-20T00:00:00Z',
    expiresAt: '2027-02-20T00:00:00Z',
    anchors: [anchorOf(authority, 'one')],
    ...change,
  });
  const file = (change?: Partial<TrustUpdate>): string =>
    signTrustUpdate(update(change), publisher.privateKey);
  const start = (): TrustList => applyTrustUpdate(emptyTrustList, file(), { key: publisher.publicKey, now });
  const refused = (text: string, list = start(), key = undefined as typeof publisher.publicKey | undefined) =>
    failure(() => applyTrustUpdate(list, text, { now, ...(key && { key }) }));

  test('the first needs the key of its publisher, and the list keeps it', () => {
    expect(failure(() => applyTrustUpdate(emptyTrustList, file(), { now }))).toBe('ERR_TRUST_UPDATE_KEY');
    const list = readTrustList(JSON.stringify(start()));
    expect(list.anchors.map(({ name, addedBy }) => [name, addedBy])).toEqual([['one', 'update']]);
    expect(applyTrustUpdate(list, file({ sequence: 8 }), { now }).updated?.sequence).toBe(8);
  });

  test('a key of another kind, or other than the one that is kept, is refused', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    expect(failure(() => applyTrustUpdate(emptyTrustList, file(), { key: rsa, now }))).toBe(
      'ERR_TRUST_UPDATE_KEY',
    );
    expect(refused(file({ sequence: 8 }), start(), stranger.publicKey)).toBe('ERR_TRUST_UPDATE_KEY');
    const copy = createPublicKey(publisher.publicKey.export({ type: 'spki', format: 'pem' }));
    expect(refused(file({ sequence: 8 }), start(), copy)).toBe('none');
  });

  test('its anchors take the place of those before, and leave what the user added', () => {
    const own = addAnchor(start(), { certificate: other.certificate, domain: 'own' });
    const third = createDemoAuthority({ now });
    const next = applyTrustUpdate(own, file({ sequence: 8, anchors: [anchorOf(third, 'three')] }), { now });
    expect(next.anchors.map(({ name }) => name)).toEqual(['SYNTHETIC two', 'three']);
  });

  test('nobody is led back to an older one', () => {
    expect(refused(file({ sequence: 7 }))).toBe('ERR_TRUST_UPDATE_OLD');
    expect(refused(file({ sequence: 6 }))).toBe('ERR_TRUST_UPDATE_OLD');
    expect(refused(file({ sequence: 8, issuedAt: '2026-11-19T23:59:59Z' }))).toBe('ERR_TRUST_UPDATE_OLD');
    expect(refused(file({ sequence: 8, expiresAt: '2026-11-20T12:00:00Z' }))).toBe('ERR_TRUST_UPDATE_OLD');
    expect(today.toISOString() > '2026-11-20T12:00:00Z').toBe(true);
  });

  test.each([
    [
      'signed by somebody else',
      () => signTrustUpdate(update({ sequence: 8 }), stranger.privateKey),
      'SIGNATURE',
    ],
    [
      'with a changed content',
      () => {
        const envelope = JSON.parse(file({ sequence: 8 })) as Record<string, string>;
        const content = Buffer.from(envelope['content']!, 'base64').toString().replace('"one"', '"two"');
        return JSON.stringify({ ...envelope, content: Buffer.from(content).toString('base64') });
      },
      'SIGNATURE',
    ],
    [
      'without signature',
      () => JSON.stringify({ ...(JSON.parse(file()) as object), signature: '' }),
      'DAMAGED',
    ],
    ['that is no JSON', () => 'x', 'DAMAGED'],
    ['of another kind', () => JSON.stringify({ schema: 'bhxh-trust/1' }), 'DAMAGED'],
    ['from the future', () => file({ sequence: 8, issuedAt: '2026-12-01T00:00:00Z' }), 'DAMAGED'],
    ['with a moment that is none', () => file({ sequence: 8, expiresAt: 'soon' }), 'DAMAGED'],
    [
      'that names one anchor twice',
      () => file({ sequence: 8, anchors: [anchorOf(authority, 'a'), anchorOf(authority, 'b')] }),
      'DAMAGED',
    ],
  ])('one %s changes nothing', (_, make, code) => {
    expect(refused(make())).toBe(`ERR_TRUST_UPDATE_${code}`);
  });

  test('a published certificate whose fingerprint is wrong is refused although it is signed', () => {
    const wrong = { ...anchorOf(authority, 'one'), fingerprint: 'a'.repeat(64) };
    expect(refused(file({ sequence: 8, anchors: [wrong] }))).toBe('ERR_TRUST_LIST_DAMAGED');
  });
});

test('a document of a trusted authority is valid through the list', async () => {
  const identity = authority.issue({ mst: demoTaxCode(31), name: 'Facility 99031' });
  const signer = keyObjectSigner({ key: identity.key, certificate: identity.certificate, label: 'x' });
  const signed = await sign(claim, signer, { profile: 'bhxh-xml', now });
  const list = addAnchor(emptyTrustList, { certificate: authority.certificate, domain: 'own' });
  const trust = trustStoreOf(list.anchors, [{ id: 'own' }]);
  expect((await verify(signed, { profile: 'bhxh-xml', trust, now })).verdict).toBe('valid');
});
