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
