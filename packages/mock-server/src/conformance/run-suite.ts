import { openContract, type Contract, type Operation } from '../contract/contract.ts';
import { makeDocument } from './document.ts';
import { completed, exchange, type Heard, type Send } from './exchange.ts';
import { at, mismatches, type Mismatch } from './expectation.ts';
import type { AdvanceStep, CallStep, Case, DocumentStep, Need, Step, Suite } from './suite.ts';
import { accountVariables, castOf, offersOf, type Cast, type Target } from './target.ts';
import type { Variables } from './variables.ts';

export type CaseVerdict = 'passed' | 'failed' | 'skipped' | 'undetermined';

export interface CaseResult {
  readonly id: string;
  readonly title: { readonly vi: string; readonly en: string };
  readonly verdict: CaseVerdict;
  /** Of a skipped case: what the target does not have. */
  readonly missing: readonly Need[];
  /** Of a failed case: the step, counted from 1, and what was not as expected there. */
  readonly step?: number;
  readonly call?: string;
  readonly mismatches: readonly Mismatch[];
  /** Of an undetermined case: the name of what stopped it. */
  readonly reason?: string;
}

export interface RunOptions {
  readonly target: Target;
  readonly suite: Suite;
  /** Only these cases. */
  readonly only?: readonly string[];
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
  /** What keeps the documents of one run apart from those of every other; begins every MA_LK. */
  readonly run: string;
  readonly send?: Send;
}

/** Nothing answered at the address, so that no case can be judged. */
export class TargetUnreachable extends Error {
  override readonly name = 'TargetUnreachable';
}

const BETWEEN = 200;

/**
 * Plays the cases of a suite against a server, one after the other, and yields each verdict. A case that the target cannot be
 * asked is skipped and says what is missing; one that cannot be played to its end is undetermined, never passed.
 */
export async function* runSuite(options: RunOptions): AsyncGenerator<CaseResult> {
  const { target, suite, only } = options;
  const send: Send = options.send ?? ((request) => fetch(request));
  const cast = await castOf(target, suite);
  let offers: ReadonlySet<Need>;
  try {
    offers = await offersOf(target, cast, send);
  } catch (cause) {
    throw new TargetUnreachable(target.url, { cause });
  }
  const stage: Stage = { ...options, send, cast, contract: openContracts(suite) };
  for (const [index, one] of suite.cases.entries()) {
    if (only !== undefined && !only.includes(one.id)) continue;
    options.signal?.throwIfAborted();
    const missing = (one.needs ?? []).filter((need) => !offers.has(need));
    yield missing.length > 0 ? result(one, 'skipped', { missing }) : await play(one, index, stage);
  }
}

interface Stage extends RunOptions {
  readonly send: Send;
  readonly cast: Cast;
  readonly contract: Contract;
}

function openContracts(suite: Suite): Contract {
  return new Map([...openContract('control.yaml'), ...openContract(suite.openapi)]);
}

function result(one: Case, verdict: CaseVerdict, more: Partial<CaseResult> = {}): CaseResult {
  return { id: one.id, title: one.title, verdict, missing: [], mismatches: [], ...more };
}

async function play(one: Case, index: number, stage: Stage): Promise<CaseResult> {
  const variables: Variables = new Map([
    ...accountVariables('sender', stage.cast.sender),
    ...accountVariables('other', stage.cast.other),
    ['unique', `${stage.run}.${index + 1}`],
    ['number', String(((index + 1) * 7919) % 10_000).padStart(4, '0')],
  ]);
  const scene: Scene = { variables, documents: new Map(), remembered: new Map() };
  let at = 0;
  let call = '';
  try {
    for (const step of expanded(one.steps, stage.suite)) {
      at += 1;
      stage.signal?.throwIfAborted();
      if ('document' in step) await prepare(step, stage, scene);
      else if ('advance' in step) await advance(step, stage);
      else if ('call' in step) {
        call = step.call;
        const wrong = await perform(completed(step, stage.suite), stage, scene);
        if (wrong.length > 0) return result(one, 'failed', { step: at, call, mismatches: wrong });
      }
    }
    return result(one, 'passed');
  } catch (error) {
    if (stage.signal?.aborted === true) throw error;
    return result(one, 'undetermined', { step: at, call, reason: nameOf(error) });
  }
}

interface Scene {
  readonly variables: Variables;
  readonly documents: Map<string, Uint8Array>;
  readonly remembered: Map<string, string>;
}

function* expanded(steps: readonly Step[], suite: Suite): Generator<Step> {
  const macros = new Map(Object.entries(suite.macros));
  for (const step of steps) {
    if (!('do' in step)) {
      yield step;
      continue;
    }
    const macro = macros.get(step.do);
    if (macro === undefined) throw new Error(`no macro ${step.do}`);
    yield* expanded(macro, suite);
  }
}

async function prepare(step: DocumentStep, stage: Stage, scene: Scene): Promise<void> {
  const signers = { sender: stage.cast.senderKey, other: stage.cast.otherKey };
  scene.documents.set(step.as, await makeDocument(step, scene.variables, signers, stage.now));
}

async function advance({ advance: seconds }: AdvanceStep, stage: Stage): Promise<void> {
  for (const [path, body] of [
    ['clock/advance', { seconds }],
    ['idle', {}],
  ] as const) {
    const answer = await stage.send(
      new Request(`${stage.target.url}/control/${path}`, {
        method: 'POST',
        headers: {
          'x-bhxh-admin-key': stage.target.adminKey ?? '',
          'Content-Type': 'application/json',
        },
        body: JSON.stringify(body),
      }),
    );
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`control ${answer.status}`);
  }
}

/** Sends a call, once or until what is expected of it comes true; gives what did not. */
async function perform(step: CallStep, stage: Stage, scene: Scene): Promise<readonly Mismatch[]> {
  const operation = stage.contract.get(step.call);
  if (operation === undefined) throw new Error(`no operation ${step.call}`);
  const rounds = Math.max(1, Math.ceil(((step.within ?? 0) * 1_000) / BETWEEN));
  let wrong: readonly Mismatch[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const heard = await exchange(
      stage.target.url,
      operation,
      step,
      scene.variables,
      scene.documents,
      stage.send,
    );
    wrong = judge(heard, step, operation, scene);
    if (wrong.length === 0) return wrong;
    if (round < rounds) await new Promise((resolve) => setTimeout(resolve, BETWEEN));
  }
  return wrong;
}

function judge(heard: Heard, step: CallStep, operation: Operation, scene: Scene): readonly Mismatch[] {
  const wrong = mismatches(heard, step.expect ?? {}, operation, scene.variables, scene.remembered);
  for (const [name, path] of Object.entries(step.capture ?? {})) {
    const value = at(heard.body, path);
    if (typeof value === 'string' || typeof value === 'number') scene.variables.set(name, String(value));
    else if (wrong.length === 0) wrong.push({ what: `body ${path}`, expected: 'present', seen: 'absent' });
  }
  if (step.remember !== undefined) scene.remembered.set(step.remember, heard.text);
  return wrong;
}

const nameOf = (error: unknown): string =>
  error instanceof Error
    ? error.name === 'Error' || error.name === 'UnknownVariable'
      ? error.message
      : error.name
    : typeof error;
