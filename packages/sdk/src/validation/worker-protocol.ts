import { BhxhError, type BhxhErrorOptions } from '../errors/bhxh-error.ts';
import type { FileReport } from './report/file-report.ts';

/** What a worker thread needs to make its validator; everything here can be copied to another thread. */
export interface WorkerSettings {
  /** Folder of the compiled specifications; the installed ones when absent. */
  readonly specificationsFolder?: string | undefined;
  readonly overlay?: 'synthetic' | 'none' | undefined;
  /** The moment that counts as now, ISO 8601; the same for all files of a run. */
  readonly now: string;
  readonly on?: string | undefined;
  readonly rulesetId?: string | undefined;
  readonly preview?: boolean | undefined;
  readonly requireSignature?: boolean | undefined;
  readonly accountFacility?: string | undefined;
  /** A facts document as `readFacts` takes it; the account's facility above counts over the document's. */
  readonly factsDocument?: unknown;
  /** URL of a module that exports `verifySignature`; signatures are not checked without it. */
  readonly verifierModule?: string | undefined;
}

/** One file to validate: where it is, and how it is named in the report. */
export interface WorkerJob {
  readonly id: number;
  readonly file: string;
  readonly path: string;
}

/** An error on its way between threads. */
export interface SentError {
  readonly bhxh: Omit<BhxhErrorOptions, 'cause'> | null;
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
}

export type WorkerAnswer =
  { readonly id: number; readonly report: FileReport } | { readonly id: number; readonly error: SentError };

export function sendError(error: unknown): SentError {
  if (error instanceof BhxhError) {
    const { code, category, retry, sentences, hint } = error;
    const bhxh = { code, category, retry, message: sentences, ...(hint === undefined ? {} : { hint }) };
    return { bhxh, name: error.name, message: error.message, code };
  }
  const { name, message, code } = error as NodeJS.ErrnoException;
  return { bhxh: null, name: String(name), message: String(message), code: code ?? null };
}

export function receiveError({ bhxh, name, message, code }: SentError): Error {
  if (bhxh !== null) return new BhxhError(bhxh);
  return Object.assign(new Error(message), { name }, code === null ? {} : { code });
}
