import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DemoIdentity } from '@bhxh/signing';
import { stringify } from 'yaml';
import { registerCertificate, trustAuthority } from '../register/certificates.ts';
import { registerUnitCertificate } from '../register/units.ts';
import type { BhxhServer } from '../server.ts';
import { APP_CREDENTIAL, OTP_CREDENTIAL, PHONE, USER } from '../signing-service/service.ts';
import { demoUnits } from './units.ts';

/** Facilities that get a key file; an RSA key takes a noticeable part of the start. */
const WITH_KEYS = 2;
const UNITS_WITH_KEYS = 1;

export interface DemoKeys {
  readonly keys: readonly { readonly facility: string; readonly ref: string; readonly pinFile: string }[];
  /** Keys of employers' units. */
  readonly unitKeys: readonly { readonly unit: string; readonly ref: string; readonly pinFile: string }[];
  /** Roots: the one behind these keys, then the one behind the office's notices. */
  readonly trust: readonly string[];
  /** Keys of the signing service, as `bhxh --config remoteConfiguration` finds them. */
  readonly remotes: readonly { readonly ref: string; readonly pinFile?: string }[];
  readonly remoteConfiguration?: string;
}

/**
 * Writes PKCS#12 files with random passwords and the synthetic authority's certificate, and registers them; and how the
 * signing service at `url` is reached.
 */
export async function writeDemoKeys(server: BhxhServer, folder: string, url: string): Promise<DemoKeys> {
  const owners = server.accounts.filter(({ facility }) => facility !== null).slice(0, WITH_KEYS);
  if (owners.length === 0) return { keys: [], unitKeys: [], trust: [], remotes: [] };
  const place = resolve(folder, 'demo-keys');
  await mkdir(place, { recursive: true, mode: 0o700 });
  const authority = server.authority();
  const trust = join(place, 'ca.pem');
  await writeFile(trust, authority.certificatePem);
  await trustAuthority(server.store, authority.certificate);
  const keys = [];
  for (const { facility, mst } of owners) {
    if (facility === null || mst === null) continue;
    const identity = authority.issue({ mst, name: `Facility ${facility}` });
    await registerCertificate(server.store, facility, identity.certificate);
    keys.push({ facility, ...(await writeKey(place, facility, identity)) });
  }
  const unitKeys = [];
  for (const { code, taxCode } of demoUnits().slice(0, UNITS_WITH_KEYS)) {
    const identity = authority.issue({ mst: taxCode, name: `Unit ${code}` });
    await registerUnitCertificate(server.store, code, identity.certificate);
    unitKeys.push({ unit: code, ...(await writeKey(place, code, identity)) });
  }
  const office = join(place, 'office.pem');
  await writeFile(office, await server.officeCertificate());
  return { keys, unitKeys, trust: [trust, office], ...(await writeRemotes(server, place, url)) };
}

/** A PKCS#12 file with a password of its own beside it. */
async function writeKey(
  place: string,
  owner: string,
  identity: DemoIdentity,
): Promise<{ readonly ref: string; readonly pinFile: string }> {
  const pin = randomBytes(12).toString('base64url');
  const file = join(place, `${owner}.p12`);
  const pinFile = join(place, `${owner}.pin`);
  await writeFile(file, await identity.pkcs12(pin), { mode: 0o600 });
  await writeFile(pinFile, pin, { mode: 0o600 });
  return { ref: `file:${file}`, pinFile };
}

/** A configuration with every manner of asking the signing service; its secrets stand in files beside it. */
async function writeRemotes(
  server: BhxhServer,
  place: string,
  url: string,
): Promise<Required<Pick<DemoKeys, 'remotes' | 'remoteConfiguration'>>> {
  const { clientId, clientSecret, pin } = server.signing.secrets;
  const remoteConfiguration = join(place, 'remote.config.yaml');
  const pinFile = join(place, 'remote.pin');
  await writeFile(join(place, 'remote.secret'), clientSecret, { mode: 0o600 });
  await writeFile(pinFile, pin, { mode: 0o600 });
  const account = { client: clientId, secretFile: 'remote.secret', interval: 1 };
  const remotes = {
    otp: { protocol: 'csc-v1', url: `${url}/csc/v1`, credential: OTP_CREDENTIAL, ...account },
    app: { protocol: 'csc-v2', url: `${url}/csc/v2`, credential: APP_CREDENTIAL, ...account },
    smartca: { protocol: 'smartca', url: `${url}/sca/sp769`, user: USER, ...account },
    sim: { protocol: 'sim', url: `${url}/sim/v1`, phone: PHONE, ...account },
  };
  await writeFile(remoteConfiguration, stringify({ remotes }), { mode: 0o600 });
  const refs = Object.keys(remotes).map((name) => ({
    ref: `remote:${name}`,
    ...(name === 'otp' ? { pinFile } : {}),
  }));
  return { remotes: refs, remoteConfiguration };
}
