import { posix } from 'node:path';
import { SigningError } from '../errors.ts';

/** Where a key is, as written by a person after `--key`. Never holds a secret. */
export type KeyReference =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'pkcs11'; readonly uri: Pkcs11Uri }
  | { readonly kind: 'remote'; readonly name: string };

/** The parts of an RFC 7512 URI that choose a module, a token and an object. */
export interface Pkcs11Uri {
  readonly token?: string;
  readonly manufacturer?: string;
  readonly serial?: string;
  readonly model?: string;
  readonly slotId?: number;
  readonly object?: string;
  readonly id?: Uint8Array;
  readonly slotDescription?: string;
  readonly slotManufacturer?: string;
  readonly libraryManufacturer?: string;
  readonly libraryDescription?: string;
  /** As `major.minor`. */
  readonly libraryVersion?: string;
  /** Absolute: a module, or a folder in which `moduleName` is. */
  readonly modulePath?: string;
  /** A module's file name without folder, `lib` before it and what follows the last dot. */
  readonly moduleName?: string;
}

type TextPart = {
  [Part in keyof Pkcs11Uri]-?: Pkcs11Uri[Part] extends string | undefined ? Part : never;
}[keyof Pkcs11Uri];

const textParts: ReadonlyMap<string, TextPart> = new Map([
  ['token', 'token'],
  ['manufacturer', 'manufacturer'],
  ['serial', 'serial'],
  ['model', 'model'],
  ['object', 'object'],
  ['slot-description', 'slotDescription'],
  ['slot-manufacturer', 'slotManufacturer'],
  ['library-manufacturer', 'libraryManufacturer'],
  ['library-description', 'libraryDescription'],
]);

/**
 * Reads `file:PATH` (everything after the colon is the path), `pkcs11:…` (RFC 7512) or `remote:NAME`.
 *
 * @throws SigningError `ERR_KEY_REFERENCE`, or `ERR_KEY_REFERENCE_SECRET` when the URI carries a PIN.
 */
export function parseKeyReference(text: string): KeyReference {
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  switch (colon === -1 ? '' : text.slice(0, colon)) {
    case 'file':
      if (rest === '') throw new SigningError('ERR_KEY_REFERENCE', { part: 'path' });
      return { kind: 'file', path: rest };
    case 'remote':
      if (!/^[\w.-]{1,64}$/.test(rest)) throw new SigningError('ERR_KEY_REFERENCE', { part: 'name' });
      return { kind: 'remote', name: rest };
    case 'pkcs11':
      return { kind: 'pkcs11', uri: parsePkcs11Uri(rest) };
    default:
      throw new SigningError('ERR_KEY_REFERENCE', { part: 'scheme' });
  }
}

function parsePkcs11Uri(text: string): Pkcs11Uri {
  const [path = '', query, ...more] = text.split('?');
  if (more.length > 0) throw new SigningError('ERR_KEY_REFERENCE', { part: '?' });
  const uri: { -readonly [Part in keyof Pkcs11Uri]: Pkcs11Uri[Part] } = {};
  for (const [name, bytes] of readParts(path, ';')) {
    const part = textParts.get(name);
    if (part !== undefined) uri[part] = decodeUtf8(bytes, name);
    else if (name === 'id') uri.id = bytes;
    else if (name === 'slot-id') uri.slotId = readSlotId(decodeUtf8(bytes, name));
    else if (name === 'type') checkType(decodeUtf8(bytes, name));
    else if (name === 'library-version') uri.libraryVersion = readVersion(decodeUtf8(bytes, name));
    else if (!name.startsWith('x-')) throw new SigningError('ERR_KEY_REFERENCE', { part: name });
  }
  for (const [name, bytes] of readParts(query ?? '', '&')) {
    if (name === 'pin-value' || name === 'pin-source')
      throw new SigningError('ERR_KEY_REFERENCE_SECRET', { part: name });
    if (name === 'module-path') uri.modulePath = readModulePath(decodeUtf8(bytes, name));
    else if (name === 'module-name') uri.moduleName = readModuleName(decodeUtf8(bytes, name));
    else if (!name.startsWith('x-')) throw new SigningError('ERR_KEY_REFERENCE', { part: name });
  }
  return uri;
}

function* readParts(text: string, separator: string): Generator<readonly [string, Uint8Array]> {
  if (text === '') return;
  const seen = new Set<string>();
  for (const part of text.split(separator)) {
    const equals = part.indexOf('=');
    const name = part.slice(0, equals);
    if (equals < 1 || !/^[a-z][a-z0-9-]*$/.test(name) || seen.has(name)) {
      // A part that is not understood might be a secret, so it is not repeated.
      throw new SigningError('ERR_KEY_REFERENCE', { part: seen.has(name) ? name : 'syntax' });
    }
    seen.add(name);
    yield [name, percentDecode(part.slice(equals + 1), name)];
  }
}

function percentDecode(text: string, name: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '%') {
      bytes.push(...Buffer.from(text[at]!, 'utf8'));
      continue;
    }
    const hex = text.slice(at + 1, at + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(hex)) throw new SigningError('ERR_KEY_REFERENCE', { part: name });
    bytes.push(Number.parseInt(hex, 16));
    at += 2;
  }
  return Uint8Array.from(bytes);
}

function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SigningError('ERR_KEY_REFERENCE', { part: name });
  }
}

function readSlotId(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new SigningError('ERR_KEY_REFERENCE', { part: 'slot-id' });
  return Number(text);
}

function readVersion(text: string): string {
  const [, major, minor = '0'] = /^(\d{1,3})(?:\.(\d{1,3}))?$/.exec(text) ?? [];
  if (major === undefined) throw new SigningError('ERR_KEY_REFERENCE', { part: 'library-version' });
  return `${Number(major)}.${Number(minor)}`;
}

/** A relative path would depend on where one stands, and load what somebody put there. */
function readModulePath(path: string): string {
  if (!posix.isAbsolute(path) && !/^(?:[A-Za-z]:[\\/]|\\\\[^\\/])/.test(path))
    throw new SigningError('ERR_KEY_REFERENCE', { part: 'module-path' });
  return path;
}

function readModuleName(name: string): string {
  if (name === '' || /[\\/]/.test(name)) throw new SigningError('ERR_KEY_REFERENCE', { part: 'module-name' });
  return name;
}

function checkType(type: string): void {
  if (type !== 'private' && type !== 'cert') throw new SigningError('ERR_KEY_REFERENCE', { part: 'type' });
}
