// The signing service with a key that lives in a token: hashes go in over HTTP, and the key never leaves SoftHSM.
import { openKey, remoteSigner, sign, simService, verify, type Signer } from '@bhxh/signing';
import { createDemoIdentity, demoTaxCode } from '@bhxh/signing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSoftHsm, softhsmModule, type SoftHsm } from '../../signing/test/softhsm.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';

const now = (): Date => new Date('2026-11-20T13:00:00Z');
const identity = createDemoIdentity({ mst: demoTaxCode(3), name: 'Token of the service', now });

let hsm: SoftHsm;
let key: Signer;
let server: BhxhServer;
let host: NodeHost;

beforeAll(async () => {
  hsm = createSoftHsm();
  hsm.createToken('service', '24681357');
  hsm.importIdentity('service', '24681357', identity, 'a1');
  key = await openKey('pkcs11:token=service;type=private', {
    module: softhsmModule,
    pin: async () => Buffer.from('24681357'),
  });
  server = await createServer({ scenario: 'signing-confirmed', signingService: { signer: key } });
  host = await startNodeServer(server);
}, 60_000);
afterAll(async () => {
  await host.close();
  await key.close();
  hsm.remove();
});

it.each(['bhxh-xml', 'bhxh-xml-pss', 'xades-b'] as const)(
  'signs %s with the key of a token',
  async (profile) => {
    const { clientId, clientSecret } = server.signing.secrets;
    const service = simService({
      name: 'token',
      url: `${host.url}/sim/v1`,
      phone: '0990000001',
      provider: async () => ({ sp_id: clientId, sp_password: clientSecret }),
      fetch,
    });
    const signer = await remoteSigner({ service, interval: 5 });
    expect(signer.certificate.raw.equals(identity.certificate.raw)).toBe(true);
    const claim = Buffer.from('<GIAMDINHHS><THONGTINHOSO/><CHUKYDONVI/></GIAMDINHHS>');
    const signed = await sign(claim, signer, { profile, now });
    const trust = { anchors: [identity.authority.certificate] };
    expect((await verify(signed, { profile, trust, now })).verdict).toBe('valid');
  },
);

it('refuses a key that wants to hash by itself', async () => {
  const { signHash: _, ...hashing } = key;
  const other = await createServer({ signingService: { signer: hashing } });
  await expect(other.signing.signer()).rejects.toThrow('signs no hashes');
  await other.close();
});
