import { readFile } from 'node:fs/promises';
import type { Target, TargetAccount } from '@bhxh/mock-server/conformance';
import { openKey, type Signer } from '@bhxh/signing';
import { cliError } from '../cli-error.ts';

interface KeyEntry {
  readonly facility?: string;
  readonly unit?: string;
  readonly party?: string;
  readonly ref: string;
  readonly pinFile?: string;
}

/**
 * Accounts and keys of a target, from the ready file of `bhxh mock start` or one of the same form: `accounts` with role,
 * username, password and facility or units; `keys` and `unitKeys` with ref and pinFile; `adminKey` where there is a control API.
 * Throws ERR_INPUT_UNREADABLE when the file is not one.
 */
export async function readTargetFile(path: string, url: string | undefined): Promise<Target> {
  const wrong = (why: string, cause?: unknown): Error =>
    cliError('ERR_INPUT_UNREADABLE', { path, why }, cause);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw wrong((cause as { code?: string }).code ?? 'JSON', cause);
  }
  const file = (content ?? {}) as Readonly<Record<string, unknown>>;
  const address = url ?? file['url'];
  const accounts = file['accounts'];
  if (typeof address !== 'string' || !URL.canParse(address)) throw wrong('url');
  if (!Array.isArray(accounts) || !accounts.every(isAccount)) throw wrong('accounts');
  const keys = [...listOf(file['keys']), ...listOf(file['unitKeys']), ...listOf(file['partyKeys'])];
  const opened = new Map<string, Promise<Signer>>();
  return {
    url: address.replace(/\/$/, ''),
    accounts,
    ...(typeof file['adminKey'] === 'string' ? { adminKey: file['adminKey'] } : {}),
    async signerOf(code) {
      const key = keys.find(({ facility, unit, party }) => [facility, unit, party].includes(code));
      if (key === undefined || code === '') return undefined;
      const { ref, pinFile } = key;
      const signer =
        opened.get(code) ??
        openKey(ref, {
          pin: async () => (pinFile === undefined ? new Uint8Array() : await readFile(pinFile)),
        });
      opened.set(code, signer);
      return await signer;
    },
  };
}

const listOf = (value: unknown): readonly KeyEntry[] => (Array.isArray(value) ? (value as KeyEntry[]) : []);

function isAccount(value: unknown): value is TargetAccount {
  const { role, username, password } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof role === 'string' && typeof username === 'string' && typeof password === 'string';
}
