import type { Cryptoki, Handle, Mechanism } from './cryptoki.ts';

/** The key that a session signs with. */
export interface TokenKey {
  readonly handle: Handle;
  /** Length of its signatures. */
  readonly signatureBytes: number;
}

/** A session with a token that makes one signature after the other. */
export interface KeySession {
  /**
   * Signs. Where C_SignInit fails, nothing was begun and another mechanism may be tried; after any other failure the session
   * is a new one, since an operation that was begun and not carried out may stay with its session.
   *
   * @throws CryptokiError
   */
  sign(data: Uint8Array, mechanism: Mechanism): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** What a session of this thread asks of whoever opened it, when it signs. */
export interface LocalUse {
  /** The key, which is found with the first session. */
  key(): TokenKey;
  /** Done between C_SignInit and C_Sign, for keys that want a login for each signature. */
  beforeSigning(session: Handle): Promise<void> | undefined;
}

/** A session that is used from this thread. */
export class LocalSession implements KeySession {
  readonly #library: Cryptoki;
  readonly #slot: Handle;
  readonly #use: LocalUse;
  #handle: Handle;

  /** @throws CryptokiError */
  constructor(library: Cryptoki, slot: Handle, use: LocalUse) {
    this.#library = library;
    this.#slot = slot;
    this.#use = use;
    this.#handle = library.openSession(slot);
  }

  get handle(): Handle {
    return this.#handle;
  }

  async sign(data: Uint8Array, mechanism: Mechanism): Promise<Uint8Array> {
    const { handle, signatureBytes } = this.#use.key();
    this.#library.signInit(this.#handle, mechanism, handle);
    try {
      await this.#use.beforeSigning(this.#handle);
      return await this.#library.sign(this.#handle, data, signatureBytes);
    } catch (error) {
      this.#handle = renewSession(this.#library, this.#slot, this.#handle);
      throw error;
    }
  }

  close(): Promise<void> {
    dropSession(this.#library, this.#handle);
    return Promise.resolve();
  }
}

/** A new session for one that is spent; the spent one where none can be opened, which the next operation notices. */
export function renewSession(library: Cryptoki, slot: Handle, spent: Handle): Handle {
  let renewed: Handle;
  try {
    // Opened before the old one is closed: closing the last one would log everybody out.
    renewed = library.openSession(slot);
  } catch {
    return spent;
  }
  dropSession(library, spent);
  return renewed;
}

export function dropSession(library: Cryptoki, session: Handle): void {
  try {
    library.closeSession(session);
  } catch {
    // The token may be gone, and its sessions with it.
  }
}
