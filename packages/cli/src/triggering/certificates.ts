import { openSpecifications } from '@bhxh/sdk/specifications';
import { generateCertificates } from '@bhxh/sdk/synthetic';
import { asHospital, FACILITY, keyOf, newSeed, signedBy, type Stage } from './stage.ts';

/** A certificate for social insurance. Signed with the key of another facility, it is received and then rejected. */
export async function certificates(stage: Stage, hasOwnKey: boolean): Promise<string> {
  const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
  const seed = await newSeed(stage, 'certificates.received');
  const now = await stage.now();
  for await (const { bytes } of generateCertificates({
    count: 1,
    seed,
    facility: FACILITY,
    specifications,
  })) {
    const key = hasOwnKey ? keyOf(stage) : stage.ready.keys.find(({ facility }) => facility !== FACILITY);
    const document = await signedBy(key, bytes, 'bhxh-xml', now);
    return await asHospital(stage, async (client) => (await client.sendCertificates(document)).maGiaoDich);
  }
  throw new RangeError('no certificate was generated');
}
