import type { Item, ItemProblem } from '@bhxh/sdk/submission';
import type { JsonFile } from '@bhxh/sdk/validation';
import { exitCodes, type ExitCode } from '../exit-codes.ts';

/** One line of the result: what became of a document. */
export interface SentItem {
  /** As typed; `a.zip!x.xml` inside an archive. */
  readonly path: string;
  readonly sha256: string | null;
  readonly state: Item['state'] | 'refused' | 'would-send';
  /** Who refused it. */
  readonly where: 'local' | 'server' | null;
  readonly receipt: { readonly id: string; readonly at: string } | null;
  readonly attempts: number;
  /** ISO date and time of the legal deadline, where the document has one. */
  readonly deadline: string | null;
  readonly problem: ItemProblem | null;
  readonly findings: JsonFile['findings'];
}

/**
 * What a sender wants to know of an item. Whether an acceptance was read from the answer or seen at the server later
 * depends on interruptions, so both are `accepted` here; the journal keeps the difference. An item still `sending` has
 * lost its process or its disk, and is `unknown` to the next run.
 */
export function sentItem(item: Item, path: string): SentItem {
  const states = { confirmed: 'accepted', sending: 'unknown' } as const;
  const state = item.state === 'confirmed' || item.state === 'sending' ? states[item.state] : item.state;
  return {
    path,
    sha256: item.sha256,
    state,
    where: item.problem?.where ?? null,
    receipt: item.receipt === undefined ? null : { id: item.receipt.id, at: item.receipt.at },
    attempts: item.attempts,
    deadline: item.deadline ?? null,
    problem: item.problem ?? null,
    findings: [],
  };
}

/** A document that was stopped before it was planned. */
export function refusedItem(
  path: string,
  sha256: string | null,
  problem: ItemProblem | null,
  findings: JsonFile['findings'] = [],
): SentItem {
  return {
    path,
    sha256,
    state: 'refused',
    where: 'local',
    receipt: null,
    attempts: 0,
    deadline: null,
    problem,
    findings,
  };
}

/** Nothing final became of it yet. */
export function isOpen({ state }: SentItem): boolean {
  return state === 'unknown' || state === 'planned' || state === 'sending';
}

/** The class of exit of one document. */
export function exitOf(item: SentItem): ExitCode {
  if (isOpen(item)) return exitCodes.unknown;
  if (item.state === 'rejected') return item.where === 'local' ? localExit(item) : exitCodes.rejected;
  return item.state === 'refused' ? localExit(item) : exitCodes.done;
}

function localExit({ problem, findings }: SentItem): ExitCode {
  if (findings.length > 0) return exitCodes.findings;
  return problem?.code.startsWith('ERR_FILE') === true ? exitCodes.io : exitCodes.rejected;
}
