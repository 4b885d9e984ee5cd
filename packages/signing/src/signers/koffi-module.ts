import type * as Koffi from 'koffi';
import { SigningError } from '../errors.ts';
import type { Attribute, Cryptoki, Handle, Mechanism, TokenInfo } from './cryptoki.ts';
import { ckf, ckr, CryptokiError } from './cryptoki.ts';
import { requireLoader } from './loader-package.ts';

/** Places of the functions in CK_FUNCTION_LIST; every module exports the list, many export nothing else. */
const places = {
  C_Initialize: 0,
  C_Finalize: 1,
  C_GetInfo: 2,
  C_GetSlotList: 4,
  C_GetSlotInfo: 5,
  C_GetTokenInfo: 6,
  C_GetMechanismList: 7,
  C_OpenSession: 12,
  C_CloseSession: 13,
  C_GetSessionInfo: 15,
  C_Login: 18,
  C_GetAttributeValue: 24,
  C_FindObjectsInit: 26,
  C_FindObjects: 27,
  C_FindObjectsFinal: 28,
  C_SignInit: 42,
  C_Sign: 43,
} as const;

type FunctionName = keyof typeof places;
type NativeFunction = Koffi.KoffiFunc<(...words: readonly unknown[]) => unknown>;
type TypeSpec = Parameters<typeof Koffi.out>[0];

const serialSession = 4;
const osLockingOk = 2;
const unavailable = 0xffff_ffff;

/** The loader unloads a library that nobody refers to, whoever still calls functions of it by their addresses. */
const kept = new Set<unknown>();

/**
 * Loads a PKCS#11 module through koffi, an optional peer that is prebuilt for Windows, macOS and Linux: no compiler needed.
 * `isInitialized` when another thread of this process has called C_Initialize.
 *
 * @throws SigningError `ERR_MODULE_LOADER_MISSING` when koffi is not installed, `ERR_MODULE_UNUSABLE` when the module does not load.
 */
export function loadWithKoffi(path: string, isInitialized = false): Cryptoki {
  const koffi = requireLoader('koffi') as typeof Koffi;
  const isWindows = process.platform === 'win32';
  // On Windows CK_ULONG has four bytes in every build, and structures are packed to one byte.
  const ulong = isWindows ? 4 : koffi.sizeof('ulong');
  const pointer = koffi.sizeof('void *');
  const type = isWindows ? 'uint32' : 'ulong';
  const struct = (fields: Record<string, string>) => (isWindows ? koffi.pack(fields) : koffi.struct(fields));
  const attributeType = struct({ type, value: 'void *', length: type });
  const mechanismType = struct({ mechanism: type, parameter: 'void *', length: type });

  const list: [unknown] = [null];
  let functionList: unknown;
  try {
    const library = koffi.load(path);
    kept.add(library);
    library.func('C_GetFunctionList', type, [koffi.out(koffi.pointer('void *'))])(list);
    functionList = list[0];
  } catch (cause) {
    throw new SigningError('ERR_MODULE_UNUSABLE', { module: path }, cause);
  }
  if (functionList === null) throw new SigningError('ERR_MODULE_UNUSABLE', { module: path });

  const first = isWindows ? 2 : pointer;
  const bind = (name: FunctionName, parameters: readonly NonNullable<TypeSpec>[]): NativeFunction => {
    const address: unknown = koffi.decode(functionList, first + places[name] * pointer, 'void *');
    const prototype = koffi.proto(type, [...parameters]);
    return koffi.decode(address, prototype) as NativeFunction;
  };
  const handle = type;
  const functions: Record<FunctionName, NativeFunction> = {
    C_Initialize: bind('C_Initialize', ['void *']),
    C_Finalize: bind('C_Finalize', ['void *']),
    C_GetInfo: bind('C_GetInfo', ['void *']),
    C_GetSlotList: bind('C_GetSlotList', ['uint8', 'void *', 'void *']),
    C_GetSlotInfo: bind('C_GetSlotInfo', [handle, 'void *']),
    C_GetTokenInfo: bind('C_GetTokenInfo', [handle, 'void *']),
    C_GetMechanismList: bind('C_GetMechanismList', [handle, 'void *', 'void *']),
    C_OpenSession: bind('C_OpenSession', [handle, type, 'void *', 'void *', 'void *']),
    C_CloseSession: bind('C_CloseSession', [handle]),
    C_GetSessionInfo: bind('C_GetSessionInfo', [handle, 'void *']),
    C_Login: bind('C_Login', [handle, type, 'void *', type]),
    C_GetAttributeValue: bind('C_GetAttributeValue', [
      handle,
      handle,
      koffi.inout(koffi.pointer(attributeType)),
      type,
    ]),
    C_FindObjectsInit: bind('C_FindObjectsInit', [handle, koffi.pointer(attributeType), type]),
    C_FindObjects: bind('C_FindObjects', [handle, 'void *', type, 'void *']),
    C_FindObjectsFinal: bind('C_FindObjectsFinal', [handle]),
    C_SignInit: bind('C_SignInit', [handle, koffi.pointer(mechanismType), handle]),
    C_Sign: bind('C_Sign', [handle, 'void *', type, 'void *', 'void *']),
  };

  const inUse = new Set<Buffer>();
  const call = (name: FunctionName, ...words: readonly unknown[]): void => {
    const value = Number(functions[name](...words));
    if (value !== 0) throw new CryptokiError(value, name);
  };
  const newUlong = (value = 0): Buffer => {
    const bytes = Buffer.alloc(ulong);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const readUlong = (bytes: Buffer, at = 0): number =>
    ulong === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUInt32LE(at);
  /** Counts first, then reads, as every list function of the standard wants it. */
  const readList = (name: FunctionName, ...before: readonly unknown[]): number[] => {
    const count = newUlong();
    call(name, ...before, null, count);
    const items = Buffer.alloc(Math.max(1, readUlong(count)) * ulong);
    call(name, ...before, items, count);
    return Array.from({ length: readUlong(count) }, (_, at) => readUlong(items, at * ulong));
  };
  const asAttribute = ({ type: kind, value }: Attribute) => ({
    type: kind,
    value: Buffer.from(value),
    length: value.length,
  });
  const text = (bytes: Buffer, start: number, length: number): string =>
    bytes.toString('utf8', start, start + length).replace(/[\0 ]+$/, '');

  const initialize = (): void => {
    // CK_C_INITIALIZE_ARGS: four callbacks, flags, reserved; alignment puts the flags after the pointers everywhere.
    const words = Buffer.alloc(5 * pointer + Math.max(ulong, pointer));
    words.writeUInt32LE(osLockingOk, 4 * pointer);
    call('C_Initialize', words);
  };
  try {
    if (!isInitialized) initialize();
  } catch (error) {
    const isOurs = error instanceof CryptokiError && error.returnValue === ckr.cryptokiAlreadyInitialized;
    if (!isOurs) throw new SigningError('ERR_MODULE_UNUSABLE', { module: path }, error);
  }

  const tokenInfo = (slot: Handle): TokenInfo => {
    const info = Buffer.alloc(512);
    call('C_GetTokenInfo', slot, info);
    return {
      slot,
      slotId: Number(slot),
      label: text(info, 0, 32),
      manufacturer: text(info, 32, 32),
      model: text(info, 64, 16),
      serial: text(info, 80, 16),
      flags: readUlong(info, 96),
      // After the flags: four counts of sessions, then the longest and the shortest PIN.
      pinLength: { least: readUlong(info, 96 + 6 * ulong), most: readUlong(info, 96 + 5 * ulong) },
    };
  };

  return {
    loader: 'koffi',
    reinitialize: () => {
      // It may not be initialised any more, which is what is wanted.
      functions.C_Finalize(null);
      initialize();
    },
    info: () => {
      const info = Buffer.alloc(256);
      call('C_GetInfo', info);
      // CK_VERSION, manufacturer, flags (aligned unless packed), description, version of the library.
      const flagsAt = isWindows ? 34 : Math.ceil(34 / ulong) * ulong;
      const descriptionAt = flagsAt + ulong;
      return {
        manufacturer: text(info, 2, 32),
        description: text(info, descriptionAt, 32),
        version: `${info[descriptionAt + 32]}.${info[descriptionAt + 33]}`,
      };
    },
    tokens: () =>
      readList('C_GetSlotList', 1).flatMap((slot) => {
        try {
          const token = tokenInfo(BigInt(slot));
          return (token.flags & ckf.tokenInitialized) === 0 ? [] : [token];
        } catch (error) {
          // Pulled out between the two calls, or a reader without a usable card.
          if (error instanceof CryptokiError) return [];
          throw error;
        }
      }),
    tokenInfo,
    slotInfo: (slot) => {
      const info = Buffer.alloc(256);
      call('C_GetSlotInfo', slot, info);
      return { description: text(info, 0, 64), manufacturer: text(info, 64, 32) };
    },
    mechanisms: (slot) => new Set(readList('C_GetMechanismList', slot)),
    openSession: (slot) => {
      const session = newUlong();
      call('C_OpenSession', slot, serialSession, null, null, session);
      return BigInt(readUlong(session));
    },
    closeSession: (session) => call('C_CloseSession', session),
    isLoggedIn: (session) => {
      const info = Buffer.alloc(4 * ulong);
      call('C_GetSessionInfo', session, info);
      const state = readUlong(info, ulong);
      return state === 1 || state === 3;
    },
    login: (session, userType, pin) =>
      call(
        'C_Login',
        session,
        userType,
        pin === undefined ? null : Buffer.from(pin.buffer, pin.byteOffset, pin.length),
        pin?.length ?? 0,
      ),
    find: (session, template, limit) => {
      call('C_FindObjectsInit', session, template.map(asAttribute), template.length);
      try {
        const found = Buffer.alloc(limit * ulong);
        const count = newUlong();
        call('C_FindObjects', session, found, limit, count);
        return Array.from({ length: readUlong(count) }, (_, at) => BigInt(readUlong(found, at * ulong)));
      } finally {
        call('C_FindObjectsFinal', session);
      }
    },
    read: (session, object, types) =>
      types.map((kind) => {
        const ask = (value: Buffer | null): number => {
          const attributes = [{ type: kind, value, length: value?.length ?? 0 }];
          call('C_GetAttributeValue', session, object, attributes, 1);
          return Number(attributes[0]!.length);
        };
        try {
          const length = ask(null);
          if (length >= unavailable) return undefined;
          const value = Buffer.alloc(Math.max(1, length));
          return value.subarray(0, ask(value.subarray(0, length)));
        } catch (error) {
          const isAbsent =
            error instanceof CryptokiError &&
            (error.returnValue === ckr.attributeTypeInvalid || error.returnValue === ckr.attributeSensitive);
          if (isAbsent) return undefined;
          throw error;
        }
      }),
    signInit: (session, mechanism, key) => {
      const parameter = mechanism.pss === undefined ? null : pssParameters(mechanism.pss, newUlong);
      call(
        'C_SignInit',
        session,
        { mechanism: mechanism.type, parameter, length: parameter?.length ?? 0 },
        key,
      );
    },
    sign: (session, data, bytes) => {
      const signature = Buffer.alloc(bytes);
      const length = newUlong(bytes);
      const input = Buffer.from(data);
      return new Promise((resolve, reject) => {
        const done = (error: unknown, value: unknown): void => {
          // Named here, so that they live as long as the other thread writes to them.
          inUse.delete(input);
          if (error !== null && error !== undefined) reject(error as Error);
          else if (Number(value) !== 0) reject(new CryptokiError(Number(value), 'C_Sign'));
          else resolve(signature.subarray(0, readUlong(length)));
        };
        inUse.add(input);
        functions.C_Sign.async(session, input, input.length, signature, length, done);
      });
    },
    signHere: (session, data, bytes) => {
      const signature = Buffer.alloc(bytes);
      const length = newUlong(bytes);
      call('C_Sign', session, Buffer.from(data), data.length, signature, length);
      return signature.subarray(0, readUlong(length));
    },
  };
}

/** CK_RSA_PKCS_PSS_PARAMS: three CK_ULONG in a row. */
const pssParameters = (pss: NonNullable<Mechanism['pss']>, newUlong: (value: number) => Buffer): Buffer =>
  Buffer.concat([newUlong(pss.hash), newUlong(pss.mgf), newUlong(pss.saltBytes)]);
