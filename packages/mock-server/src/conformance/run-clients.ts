import { createHash } from 'node:crypto';
import { keyObjectSigner, type Signer } from '@bhxh/signing';
import { registerUnitCertificate } from '../register/units.ts';
import { demoUnits } from '../seed/units.ts';
import { createServer, type BhxhServer } from '../server.ts';
import { judgeClient } from './client-rules.ts';
import type { ClientCase, ClientSuite } from './client-suite.ts';
import { makeDocument } from './document.ts';
import { listen } from './listen.ts';
import type { CaseResult } from './run-suite.ts';
import { accountVariables, codeOf, type TargetAccount } from './target.ts';

/** What a client needs to know for one case. */
export interface ClientBrief {
  readonly case: ClientCase;
  readonly url: string;
  readonly account: TargetAccount;
  /** Signed documents to be sent, to the byte. */
  readonly documents: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

export interface ClientRunOptions {
  readonly suite: ClientSuite;
  readonly only?: readonly string[];
  readonly now: () => Date;
  readonly run: string;
  readonly signal?: AbortSignal | undefined;
  /** 0 takes a free port for each case. */
  readonly port?: number;
  /** Lets the client do its work; resolves when it has finished, however it ended. */
  readonly drive: (brief: ClientBrief) => Promise<void>;
}

/**
 * Plays the server to a client, case by case: each gets documents of its own to send and the trouble that the case foresees,
 * and is judged by what arrived.
 */
export async function* runClients(options: ClientRunOptions): AsyncGenerator<CaseResult> {
  // The keys and passwords of a fresh server take longer than a case.
  const stages = new Map<boolean, Promise<Stage>>();
  try {
    for (const one of options.suite.cases) {
      if (options.only !== undefined && !options.only.includes(one.id)) continue;
      options.signal?.throwIfAborted();
      const legacy = one.legacy === true;
      const stage = stages.get(legacy) ?? openStage(options.suite, legacy);
      stages.set(legacy, stage);
      yield await play(one, options, await stage);
    }
  } finally {
    for (const stage of stages.values()) await (await stage).server.close();
  }
}

interface Stage {
  readonly server: BhxhServer;
  readonly account: TargetAccount;
  readonly signer: Signer;
}

async function openStage(suite: ClientSuite, legacy: boolean): Promise<Stage> {
  const server = await createServer({ demo: true, legacy });
  const account = server.accounts.find(({ role }) => role === suite.role);
  if (account === undefined) throw new Error(`no account of role ${suite.role}`);
  return { server, account, signer: await signerFor(server, account) };
}

async function play(
  one: ClientCase,
  options: ClientRunOptions,
  { server, account, signer }: Stage,
): Promise<CaseResult> {
  const { suite } = options;
  const head = { id: one.id, title: one.title, missing: [] };
  try {
    const documents = [];
    for (let index = 1; index <= one.documents; index += 1) {
      const businessKey = `${options.run}.${one.id}.${index}`;
      const bytes = await makeOne(suite, account, signer, businessKey, index, options.now);
      documents.push({
        name: `${businessKey}.xml`,
        bytes,
        businessKey,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
    }
    const passwords = server.accounts.map(({ password }) => password);
    const listening = await listen(
      server,
      suite,
      one,
      suite.role === 'facility' ? passwords : [],
      options.port ?? 0,
    );
    try {
      await options.drive({ case: one, url: listening.url, account, documents });
      const stored = await storedOf(server);
      const mismatches = judgeClient(one.rules, {
        calls: listening.calls,
        documents,
        stored,
        strayed: listening.strayed(),
      });
      return { ...head, verdict: mismatches.length === 0 ? 'passed' : 'failed', mismatches };
    } finally {
      await listening.close();
    }
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    const reason = error instanceof Error ? error.message : typeof error;
    return { ...head, verdict: 'undetermined', mismatches: [], reason };
  }
}

async function makeOne(
  suite: ClientSuite,
  account: TargetAccount,
  signer: Signer,
  businessKey: string,
  index: number,
  now: () => Date,
): Promise<Uint8Array> {
  const variables = new Map([
    ...accountVariables('sender', account),
    ['unique', businessKey],
    ['number', String(index).padStart(4, '0')],
  ] as [string, string][]);
  const own = { MA_LK: businessKey, sender: codeOf(account), unit: codeOf(account), mst: account.mst ?? '' };
  return await makeDocument(
    { document: suite.template, as: 'document', with: own, sign: 'sender' },
    variables,
    { sender: signer },
    now,
  );
}

async function signerFor(server: BhxhServer, account: TargetAccount): Promise<Signer> {
  const code = codeOf(account);
  const unit = demoUnits().find((each) => each.code === code);
  const mst = account.mst ?? unit?.taxCode ?? '';
  const identity = server.authority().issue({ mst, name: code });
  if (unit === undefined) await server.registerCertificate(code, identity.certificate);
  else await registerUnitCertificate(server.store, code, identity.certificate);
  return keyObjectSigner({
    key: identity.key,
    certificate: identity.certificate,
    chain: identity.chain,
    label: code,
  });
}

async function storedOf(server: BhxhServer): Promise<ReadonlyMap<string, number>> {
  const stored = new Map<string, number>();
  for (const table of ['submission', 'dossier'] as const)
    for (const { sha256 } of await server.store.read.selectFrom(table).select('sha256').execute())
      stored.set(sha256, (stored.get(sha256) ?? 0) + 1);
  return stored;
}
