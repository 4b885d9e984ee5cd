import type * as Pkcs11js from 'pkcs11js';
import { SigningError } from '../errors.ts';
import type { Attribute, Cryptoki, Handle, Mechanism, TokenInfo } from './cryptoki.ts';
import { ckf, ckr, CryptokiError } from './cryptoki.ts';
import { requireLoader } from './loader-package.ts';

const rsaPssParameters = 5;
const serialSession = 4;
const osLockingOk = 2;

/**
 * Loads a PKCS#11 module through pkcs11js, an optional peer that is compiled on installation. `isInitialized` when another
 * thread of this process has called C_Initialize.
 *
 * @throws SigningError `ERR_MODULE_LOADER_MISSING` when pkcs11js is not installed or was not compiled, `ERR_MODULE_UNUSABLE` when the module does not load.
 */
export function loadWithPkcs11js(path: string, isInitialized = false): Cryptoki {
  const pkcs11js = requireLoader('pkcs11js') as typeof Pkcs11js;
  const library = new pkcs11js.PKCS11();
  try {
    library.load(path);
  } catch (cause) {
    throw new SigningError('ERR_MODULE_UNUSABLE', { module: path }, cause);
  }
  const inUse = new Set<Uint8Array>();
  const call = <Result>(functionName: string, use: () => Result): Result => {
    try {
      return use();
    } catch (error) {
      throw asCryptokiError(error, functionName);
    }
  };
  try {
    if (!isInitialized) call('C_Initialize', () => library.C_Initialize({ flags: osLockingOk }));
  } catch (error) {
    const isOurs = error instanceof CryptokiError && error.returnValue === ckr.cryptokiAlreadyInitialized;
    if (!isOurs) throw new SigningError('ERR_MODULE_UNUSABLE', { module: path }, error);
  }

  const tokenInfo = (slot: Handle): TokenInfo => {
    const info = call('C_GetTokenInfo', () => library.C_GetTokenInfo(buffer(slot)));
    return {
      slot,
      slotId: readUlong(buffer(slot)),
      label: info.label.trimEnd(),
      manufacturer: info.manufacturerID.trimEnd(),
      model: info.model.trimEnd(),
      serial: info.serialNumber.trimEnd(),
      flags: info.flags,
      pinLength: { least: info.minPinLen, most: info.maxPinLen },
    };
  };

  return {
    loader: 'pkcs11js',
    reinitialize: () => {
      try {
        library.C_Finalize();
      } catch {
        // It may not have been initialised any more, which is what is wanted.
      }
      call('C_Initialize', () => library.C_Initialize({ flags: osLockingOk }));
    },
    info: () => {
      const info = call('C_GetInfo', () => library.C_GetInfo());
      return {
        manufacturer: info.manufacturerID.trimEnd(),
        description: info.libraryDescription.trimEnd(),
        version: `${info.libraryVersion.major}.${info.libraryVersion.minor}`,
      };
    },
    tokens: () =>
      call('C_GetSlotList', () => library.C_GetSlotList(true)).flatMap((slot) => {
        try {
          const token = tokenInfo(slot);
          return (token.flags & ckf.tokenInitialized) === 0 ? [] : [token];
        } catch (error) {
          // Pulled out between the two calls, or a reader without a usable card.
          if (error instanceof CryptokiError) return [];
          throw error;
        }
      }),
    tokenInfo,
    slotInfo: (slot) => {
      const info = call('C_GetSlotInfo', () => library.C_GetSlotInfo(buffer(slot)));
      return { description: info.slotDescription.trimEnd(), manufacturer: info.manufacturerID.trimEnd() };
    },
    mechanisms: (slot) => new Set(call('C_GetMechanismList', () => library.C_GetMechanismList(buffer(slot)))),
    openSession: (slot) => call('C_OpenSession', () => library.C_OpenSession(buffer(slot), serialSession)),
    closeSession: (session) => call('C_CloseSession', () => library.C_CloseSession(buffer(session))),
    isLoggedIn: (session) => {
      const { state } = call('C_GetSessionInfo', () => library.C_GetSessionInfo(buffer(session)));
      return state === 1 || state === 3;
    },
    login: (session, userType, pin) =>
      call('C_Login', () =>
        pin === undefined
          ? // The addon has no way to pass a null PIN; modules with a keypad take an empty one for it.
            library.C_Login(buffer(session), userType, '')
          : library.C_Login(buffer(session), userType, Buffer.from(pin).toString('utf8')),
      ),
    find: (session, template, limit) => {
      call('C_FindObjectsInit', () => library.C_FindObjectsInit(buffer(session), template.map(asAttribute)));
      try {
        return call('C_FindObjects', () => library.C_FindObjects(buffer(session), limit));
      } finally {
        call('C_FindObjectsFinal', () => library.C_FindObjectsFinal(buffer(session)));
      }
    },
    read: (session, object, types) =>
      types.map((type) => {
        try {
          const [attribute] = call('C_GetAttributeValue', () =>
            library.C_GetAttributeValue(buffer(session), buffer(object), [{ type }]),
          );
          return attribute?.value as Uint8Array | undefined;
        } catch (error) {
          const isAbsent =
            error instanceof CryptokiError &&
            (error.returnValue === ckr.attributeTypeInvalid || error.returnValue === ckr.attributeSensitive);
          if (isAbsent) return undefined;
          throw error;
        }
      }),
    signInit: (session, mechanism, key) =>
      call('C_SignInit', () => library.C_SignInit(buffer(session), asMechanism(mechanism), buffer(key))),
    // With a callback, since a promise of pkcs11js is three of them.
    sign: (session, data, bytes) =>
      new Promise((resolve, reject) => {
        const input = Buffer.isBuffer(data) ? data : Buffer.from(data);
        const signature = Buffer.alloc(bytes);
        call('C_Sign', () =>
          library.C_Sign(buffer(session), input, signature, (error, value) => {
            // Named here, so that both live as long as the other thread uses them: pkcs11js keeps no hold on them.
            inUse.delete(input);
            inUse.delete(signature);
            if (error) reject(asCryptokiError(error, 'C_Sign') as Error);
            else resolve(value);
          }),
        );
        inUse.add(input).add(signature);
      }),
    signHere: (session, data, bytes) =>
      call('C_Sign', () => library.C_Sign(buffer(session), Buffer.from(data), Buffer.alloc(bytes))),
  };
}

function asCryptokiError(error: unknown, functionName: string): unknown {
  const isPkcs11 = error instanceof Error && error.name === 'Pkcs11Error' && 'code' in error;
  return isPkcs11 && typeof error.code === 'number' ? new CryptokiError(error.code, functionName) : error;
}

const buffer = (handle: Handle): Buffer => handle as Buffer;

const asAttribute = (attribute: Attribute): Pkcs11js.Attribute => ({
  type: attribute.type,
  value: Buffer.from(attribute.value),
});

function asMechanism(mechanism: Mechanism): Pkcs11js.Mechanism {
  if (mechanism.pss === undefined) return { mechanism: mechanism.type };
  const { hash, mgf, saltBytes } = mechanism.pss;
  const parameter: Pkcs11js.RsaPSS = { type: rsaPssParameters, hashAlg: hash, mgf, saltLen: saltBytes };
  return { mechanism: mechanism.type, parameter };
}

function readUlong(bytes: Buffer): number {
  return bytes.length === 8 ? Number(bytes.readBigUInt64LE()) : bytes.readUInt32LE();
}
