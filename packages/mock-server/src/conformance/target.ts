import { createHash } from 'node:crypto';
import type { Signer } from '@bhxh/signing';
import type { Need, Suite } from './suite.ts';
import type { Send } from './exchange.ts';

/** One account of a target, as the ready file of `bhxh mock start` lists it; other servers' are written the same way. */
export interface TargetAccount {
  readonly role: string;
  readonly facility?: string | null;
  readonly units?: readonly string[];
  /** Bank or office. */
  readonly party?: string | null;
  readonly mst?: string | null;
  readonly username: string;
  readonly password: string;
}

/** A server to be judged, and whom it knows. */
export interface Target {
  readonly url: string;
  readonly accounts: readonly TargetAccount[];
  /** Key of a facility or unit, by its code. */
  signerOf(code: string): Promise<Signer | undefined>;
  /** Of a server with this toolkit's control API; only then cases that move the clock are played. */
  readonly adminKey?: string | undefined;
}

/** Who plays which part: `sender` has a key where any account has one. */
export interface Cast {
  readonly sender: TargetAccount | undefined;
  readonly other: TargetAccount | undefined;
  readonly senderKey: Signer | undefined;
  readonly otherKey: Signer | undefined;
}

export const codeOf = (account: TargetAccount): string =>
  account.facility ?? account.units?.[0] ?? account.party ?? '';

export async function castOf(target: Target, suite: Suite): Promise<Cast> {
  const withKeys: { readonly account: TargetAccount; readonly key: Signer | undefined }[] = [];
  for (const account of target.accounts)
    if (account.role === suite.roles.sender || account.role === suite.roles.other)
      withKeys.push({ account, key: await target.signerOf(codeOf(account)) });
  const ofRole = (role: string): typeof withKeys =>
    withKeys
      .filter(({ account }) => account.role === role)
      .sort((a, b) => Number(b.key !== undefined) - Number(a.key !== undefined));
  const sender = ofRole(suite.roles.sender)[0];
  const other = ofRole(suite.roles.other).find(({ account }) => account !== sender?.account);
  return {
    sender: sender?.account,
    other: other?.account,
    senderKey: sender?.key,
    otherKey: other?.key,
  };
}

/** What the target offers of everything a case may need. */
export async function offersOf(target: Target, cast: Cast, send: Send): Promise<ReadonlySet<Need>> {
  const offers = new Set<Need>();
  if (cast.sender !== undefined) offers.add('facility');
  if (cast.senderKey !== undefined) offers.add('facilityKey');
  if (cast.other !== undefined) offers.add('other');
  if (cast.otherKey !== undefined) offers.add('otherKey');
  if (target.adminKey !== undefined) offers.add('control');
  const response = await send(new Request(`${target.url}/.well-known/bhxh`, { redirect: 'manual' }));
  const text = await response.text();
  if (response.status === 200) {
    const said = readOffers(text);
    if (said['idempotencyKey'] === true) offers.add('idempotencyKey');
    if (said['statusQuery'] === true) offers.add('statusQuery');
  }
  return offers;
}

function readOffers(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** `sender.username`, `sender.md5`, `other.code` … */
export function accountVariables(part: string, account: TargetAccount | undefined): [string, string][] {
  if (account === undefined) return [];
  const md5 = createHash('md5').update(account.password, 'utf8').digest('hex').toUpperCase();
  const code = codeOf(account);
  return [
    [`${part}.username`, account.username],
    [`${part}.password`, account.password],
    [`${part}.md5`, md5],
    [`${part}.md5LowerCase`, md5.toLowerCase()],
    [`${part}.code`, code],
    [`${part}.province`, code.slice(0, 2)],
    [`${part}.mst`, account.mst ?? ''],
  ];
}
