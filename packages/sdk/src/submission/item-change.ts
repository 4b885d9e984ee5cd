import type { Item, ItemProblem, ItemReceipt } from './item.ts';

/** One change that is to become durable. */
export type ItemChange =
  | { readonly state: 'sending'; readonly attempts: number; readonly bytes: Uint8Array }
  | { readonly state: 'accepted' | 'confirmed'; readonly attempts: number; readonly receipt: ItemReceipt }
  | { readonly state: 'rejected' | 'unknown'; readonly attempts: number; readonly problem: ItemProblem }
  /** Back to the queue: nothing left, or the server says that it has nothing. */
  | { readonly state: 'planned'; readonly attempts: number; readonly reason: string; readonly path?: string };

/** The item as the change leaves it. */
export function changedItem(item: Item, change: ItemChange, changedAt: string): Item {
  const { problem: _, ...kept } = item;
  return {
    ...kept,
    state: change.state,
    attempts: change.attempts,
    changedAt,
    ...('receipt' in change ? { receipt: change.receipt } : {}),
    ...('problem' in change ? { problem: change.problem } : {}),
    ...('path' in change && change.path !== undefined ? { path: change.path } : {}),
  };
}

/** What the chain keeps of a change beside its state. */
export function entryData(change: ItemChange): Record<string, unknown> {
  const { attempts } = change;
  if ('receipt' in change) return { receipt: change.receipt, attempts };
  if ('problem' in change) return { problem: change.problem, attempts };
  if ('reason' in change) {
    return { reason: change.reason, attempts, ...(change.path === undefined ? {} : { path: change.path }) };
  }
  return { attempts };
}
