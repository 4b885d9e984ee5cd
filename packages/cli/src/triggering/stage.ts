import { readFileSync } from 'node:fs';
import { createClient, type ClaimsClient } from '@bhxh/sdk';
import { openKey, sign, type ProfileName } from '@bhxh/signing';
import { cliError } from '../cli-error.ts';
import type { ServerControl } from '../server-control.ts';

/** What the ready file of a demo server says. */
export interface ReadyDemo {
  readonly url: string;
  readonly accounts: readonly {
    readonly role: string;
    readonly facility: string | null;
    readonly units?: readonly string[];
    /** Bank or office. */
    readonly party?: string;
    readonly username: string;
    readonly password: string;
  }[];
  readonly keys: readonly { readonly facility: string; readonly ref: string; readonly pinFile: string }[];
  readonly unitKeys?: readonly { readonly unit: string; readonly ref: string; readonly pinFile: string }[];
}

/** A running demo server, and what is needed to make things happen on it. */
export interface Stage {
  readonly ready: ReadyDemo;
  readonly control: ServerControl;
  /** The server's own time. */
  now(): Promise<Date>;
}

/** Makes an event happen and gives the subject of it: a maGiaoDich, or the id of a lock, a credit or a record. */
export type Recipe = (stage: Stage) => Promise<string>;

/** The hospital that acts. */
export const FACILITY = '99001';

export async function signedBy(
  key: { readonly ref: string; readonly pinFile: string } | undefined,
  bytes: Uint8Array,
  profile: ProfileName,
  now: Date,
): Promise<Uint8Array> {
  if (key === undefined) throw cliError('ERR_ACCOUNT_MISSING', { missing: 'keys' });
  const signer = await openKey(key.ref, {
    pin: () => Promise.resolve(new Uint8Array(readFileSync(key.pinFile))),
  });
  try {
    return await sign(bytes, signer, { profile, now: () => now });
  } finally {
    await signer.close();
  }
}

export const keyOf = ({ ready }: Stage): ReadyDemo['keys'][number] | undefined =>
  ready.keys.find(({ facility }) => facility === FACILITY);

/** Another document each time: the same bytes would be a replay, which is no event. */
export const anySeed = (now: Date): number => now.getTime() % 4_294_967_296;

/** A seed that no earlier event of this type had, also while the server's clock stands still. */
export async function newSeed(stage: Stage, type: string): Promise<number> {
  const { events } = (await stage.control.call('GET', `events?after=0&types=${type}`)) as {
    readonly events?: readonly unknown[];
  };
  return anySeed(await stage.now()) + (events?.length ?? 0);
}

/** What the hospital does at the claims gateway, at the server's time. */
export async function asHospital<T>(stage: Stage, work: (client: ClaimsClient) => Promise<T>): Promise<T> {
  const account = stage.ready.accounts.find(({ facility }) => facility === FACILITY);
  if (account === undefined) throw cliError('ERR_ACCOUNT_MISSING', { missing: FACILITY });
  const at = await stage.now();
  const client = createClient({
    environment: 'mock',
    url: stage.ready.url,
    facility: FACILITY,
    credentials: { username: account.username, password: account.password },
    now: () => at,
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Waits until what was sent has been checked. */
export async function decided(stage: Stage, made: Promise<string>): Promise<string> {
  const id = await made;
  await stage.control.call('POST', 'idle');
  return id;
}
