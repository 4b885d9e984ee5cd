import type { SignatureAlgorithm } from '@bhxh/signing';

type Hash = 'sha256' | 'sha384' | 'sha512';

const HASHES: ReadonlyMap<string, Hash> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

const RSA = '1.2.840.113549.1.1.1';
const PSS = '1.2.840.113549.1.1.10';
const PKCS1: ReadonlyMap<string, Hash> = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
]);

/** RSASSA-PSS-params (RFC 4055) with MGF1 over the same hash and a salt of its length, the only ones taken. */
const PSS_PARAMETERS: Readonly<Record<Hash, string>> = {
  sha256:
    '3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120',
  sha384:
    '3034a00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130',
  sha512:
    '3034a00f300d06096086480165030402030500a11c301a06092a864886f70d010108300d06096086480165030402030500a203020140',
};

const BYTES: Readonly<Record<Hash, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** Object identifiers a credential with an RSA key is shown with. */
export const OFFERED: readonly string[] = [RSA, ...PKCS1.keys(), PSS];

/** The algorithm that a signHash request means; undefined when its parts do not fit together. */
export function algorithmOf(request: {
  readonly signAlgo: string;
  readonly hashAlgo: string | undefined;
  readonly parameters: string | undefined;
}): SignatureAlgorithm | undefined {
  const named = request.hashAlgo === undefined ? undefined : HASHES.get(request.hashAlgo);
  if (request.hashAlgo !== undefined && named === undefined) return undefined;
  if (request.signAlgo === PSS) {
    if (named === undefined || request.parameters === undefined) return undefined;
    const given = Buffer.from(request.parameters, 'base64').toString('hex');
    return given === PSS_PARAMETERS[named] ? `rsa-pss-${named}` : undefined;
  }
  const implied = request.signAlgo === RSA ? named : PKCS1.get(request.signAlgo);
  if (implied === undefined || (named !== undefined && named !== implied)) return undefined;
  return `rsa-${implied}`;
}

/** Whether a hash is as long as its algorithm makes them. */
export const fitsAlgorithm = (hash: Uint8Array, algorithm: SignatureAlgorithm): boolean =>
  BYTES[algorithm.slice(-6) as Hash] === hash.length;

/** The PKCS#1 v1.5 algorithm of a hash that came without a name, by its length. */
export function algorithmOfLength(bytes: number): SignatureAlgorithm | undefined {
  const hash = (['sha256', 'sha384', 'sha512'] as const).find((name) => BYTES[name] === bytes);
  return hash && `rsa-${hash}`;
}
