// The part of PKCS#11 this package uses, in the words of the standard, so that any loader can provide it.

/** A slot, session or object of one module; only that module's loader looks inside. */
export type Handle = Uint8Array | bigint;

export interface TokenInfo {
  readonly slot: Handle;
  readonly slotId: number;
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly flags: number;
  /** Lengths of the PIN in bytes; some tokens tell zero for both. */
  readonly pinLength: { readonly least: number; readonly most: number };
}

export interface SlotInfo {
  readonly description: string;
  readonly manufacturer: string;
}

export interface ModuleInfo {
  readonly manufacturer: string;
  readonly description: string;
  readonly version: string;
}

export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface Mechanism {
  readonly type: number;
  /** Parameters of RSA-PSS; other mechanisms here have none. */
  readonly pss?: { readonly hash: number; readonly mgf: number; readonly saltBytes: number };
}

/** A call of the module that did not return CKR_OK. */
export class CryptokiError extends Error {
  override readonly name = 'CryptokiError';
  readonly returnValue: number;
  readonly functionName: string;

  constructor(returnValue: number, functionName: string) {
    super(`${functionName} returned 0x${returnValue.toString(16)}`);
    this.returnValue = returnValue;
    this.functionName = functionName;
  }
}

/** One loaded and initialised module. Every method throws `CryptokiError` for a return value other than CKR_OK. */
export interface Cryptoki {
  readonly loader: 'pkcs11js' | 'koffi';
  info(): ModuleInfo;
  /** Ends and begins anew, for modules that see a returned token in no other way. Kills every session of the process. */
  reinitialize(): void;
  /** Tokens that are present and initialised now. */
  tokens(): readonly TokenInfo[];
  tokenInfo(slot: Handle): TokenInfo;
  slotInfo(slot: Handle): SlotInfo;
  mechanisms(slot: Handle): ReadonlySet<number>;
  /** A read-only session. */
  openSession(slot: Handle): Handle;
  closeSession(session: Handle): void;
  isLoggedIn(session: Handle): boolean;
  /** Without PIN the token asks on its own keypad. */
  login(session: Handle, userType: number, pin: Uint8Array | undefined): void;
  find(session: Handle, template: readonly Attribute[], limit: number): readonly Handle[];
  /** Values in the order asked; undefined where the object has no such attribute. */
  read(session: Handle, object: Handle, types: readonly number[]): readonly (Uint8Array | undefined)[];
  signInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  /** Runs off the event loop where the loader can. `bytes` is the length of the signature. */
  sign(session: Handle, data: Uint8Array, bytes: number): Promise<Uint8Array>;
  /** Holds this thread until the token has signed. */
  signHere(session: Handle, data: Uint8Array, bytes: number): Uint8Array;
}

/** Return values that something here reacts to; the others are told by name. */
export const ckr = {
  attributeSensitive: 0x011,
  attributeTypeInvalid: 0x012,
  mechanismInvalid: 0x070,
  mechanismParamInvalid: 0x071,
  pinIncorrect: 0x0a0,
  sessionHandleInvalid: 0x0b3,
  userAlreadyLoggedIn: 0x100,
  cryptokiAlreadyInitialized: 0x191,
} as const;

export const ckf = {
  loginRequired: 0x4,
  userPinInitialized: 0x8,
  tokenInitialized: 0x400,
  protectedAuthenticationPath: 0x100,
  userPinCountLow: 0x10000,
  userPinFinalTry: 0x20000,
  userPinLocked: 0x40000,
} as const;

export const cka = {
  class: 0x0,
  label: 0x3,
  value: 0x11,
  id: 0x102,
  modulus: 0x120,
  alwaysAuthenticate: 0x202,
} as const;
export const cko = { certificate: 1, privateKey: 3 } as const;
export const cku = { user: 1, contextSpecific: 2 } as const;
export const ckm = {
  rsaPkcs: 0x1,
  rsaPkcsPss: 0xd,
  sha256RsaPkcs: 0x40,
  sha384RsaPkcs: 0x41,
  sha512RsaPkcs: 0x42,
  sha256RsaPkcsPss: 0x43,
  sha384RsaPkcsPss: 0x44,
  sha512RsaPkcsPss: 0x45,
  sha256: 0x250,
  sha384: 0x260,
  sha512: 0x270,
  ecdsa: 0x1041,
  ecdsaSha256: 0x1044,
  ecdsaSha384: 0x1045,
  ecdsaSha512: 0x1046,
} as const;
export const ckg = { mgf1Sha256: 2, mgf1Sha384: 3, mgf1Sha512: 4 } as const;
