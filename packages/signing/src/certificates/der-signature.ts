import { constants, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { HashName } from '../signature-algorithms.ts';
import { digestLength } from '../signature-algorithms.ts';
import type { DerValue } from './der.ts';
import { contextTag, DerCursor, readDer, readInteger, readOid, tag } from './der.ts';

const hashes: ReadonlyMap<string, HashName> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

const schemes: ReadonlyMap<string, { readonly hash: HashName; readonly kind: 'rsa' | 'ec' }> = new Map([
  ['1.2.840.113549.1.1.11', { hash: 'sha256', kind: 'rsa' }],
  ['1.2.840.113549.1.1.12', { hash: 'sha384', kind: 'rsa' }],
  ['1.2.840.113549.1.1.13', { hash: 'sha512', kind: 'rsa' }],
  ['1.2.840.10045.4.3.2', { hash: 'sha256', kind: 'ec' }],
  ['1.2.840.10045.4.3.3', { hash: 'sha384', kind: 'ec' }],
  ['1.2.840.10045.4.3.4', { hash: 'sha512', kind: 'ec' }],
]);

const rsaEncryption = '1.2.840.113549.1.1.1';
const rsaPss = '1.2.840.113549.1.1.10';

/** SHA-256 and better with RSA or ECDSA; everything older is not a signature any more. */
export const isStrongSignature = (oid: string): boolean => schemes.has(oid) || oid === rsaPss;

export const hashByOid = (oid: string): HashName | undefined => hashes.get(oid);

/** Checks a signature of the kind that certificates, revocation lists and time stamps carry; false for weak algorithms. */
export function verifyDerSignature(
  algorithm: DerValue,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
  /** The hash, where the algorithm names RSA alone (CMS). */
  cmsHash?: HashName,
): boolean {
  const cursor = new DerCursor(algorithm);
  const oid = readOid(cursor.take(tag.oid));
  const kind = key.asymmetricKeyType === 'ec' ? 'ec' : 'rsa';
  if (oid === rsaPss) {
    const hash = readPssHash(cursor.takeIf(tag.sequence));
    if (hash === undefined || kind !== 'rsa') return false;
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return verify(hash, data, { key, padding, saltLength: digestLength[hash] }, signature);
  }
  const scheme =
    oid === rsaEncryption && cmsHash !== undefined
      ? { hash: cmsHash, kind: 'rsa' as const }
      : schemes.get(oid);
  if (scheme === undefined || scheme.kind !== kind) return false;
  return verify(scheme.hash, data, key, signature);
}

/** The hash of RSASSA-PSS parameters; only those whose salt is as long as the hash are accepted. */
function readPssHash(parameters: DerValue | undefined): HashName | undefined {
  if (parameters === undefined) return undefined;
  const cursor = new DerCursor(parameters);
  const hashField = cursor.takeIf(contextTag(0));
  cursor.takeIf(contextTag(1));
  const saltField = cursor.takeIf(contextTag(2));
  if (hashField === undefined || saltField === undefined) return undefined;
  const hash = hashes.get(readOid(new DerCursor(readDer(hashField.content, tag.sequence)).take(tag.oid)));
  const salt = Number(readInteger(readDer(saltField.content)));
  return hash !== undefined && salt === digestLength[hash] ? hash : undefined;
}
