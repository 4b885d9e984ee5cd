import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createDemoAuthority } from '@bhxh/signing';
import { registerCertificate, trustAuthority } from '../register/certificates.ts';
import type { BhxhServer } from '../server.ts';

/** Facilities that get a key file; an RSA key takes a noticeable part of the start. */
const WITH_KEYS = 2;

export interface DemoKeys {
  readonly keys: readonly { readonly facility: string; readonly ref: string; readonly pinFile: string }[];
  readonly trust: readonly string[];
}

/** Writes PKCS#12 files with random passwords and the synthetic authority's certificate, and registers them. */
export async function writeDemoKeys(server: BhxhServer, folder: string): Promise<DemoKeys> {
  const owners = server.accounts.filter(({ facility }) => facility !== null).slice(0, WITH_KEYS);
  if (owners.length === 0) return { keys: [], trust: [] };
  const place = resolve(folder, 'demo-keys');
  await mkdir(place, { recursive: true, mode: 0o700 });
  const authority = createDemoAuthority({ now: () => server.clock.now() });
  const trust = join(place, 'ca.pem');
  await writeFile(trust, authority.certificatePem);
  await trustAuthority(server.store, authority.certificate);
  const keys = [];
  for (const { facility, mst } of owners) {
    if (facility === null || mst === null) continue;
    const identity = authority.issue({ mst, name: `Facility ${facility}` });
    const pin = randomBytes(12).toString('base64url');
    const file = join(place, `${facility}.p12`);
    const pinFile = join(place, `${facility}.pin`);
    await writeFile(file, await identity.pkcs12(pin), { mode: 0o600 });
    await writeFile(pinFile, pin, { mode: 0o600 });
    await registerCertificate(server.store, facility, identity.certificate);
    keys.push({ facility, ref: `file:${file}`, pinFile });
  }
  return { keys, trust: [trust] };
}
