import { gatewaySentence } from '../messages/gateway/index.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import type { Item, ItemReceipt } from './item.ts';
import type { Journal } from './journal.ts';

/** What a person found out about an item whose outcome was unknown, for example on the gateway's portal. */
export type Resolution =
  | { readonly verdict: 'accepted'; readonly receipt: ItemReceipt }
  /** It is sent again by the next run. */
  | { readonly verdict: 'not-received' };

/**
 * Closes an unknown outcome on a person's word.
 *
 * @throws BhxhError `usage` when the item is not `unknown`
 */
export async function resolveItem(journal: Journal, item: Item, resolution: Resolution): Promise<Item> {
  const current = await journal.item(item.id);
  if (current?.state !== 'unknown') {
    throw gatewayError('ERR_NOT_UNKNOWN', {
      category: 'usage',
      retry: 'never',
      values: { id: item.id, state: current?.state ?? '?' },
    });
  }
  const { attempts } = current;
  await journal.record(
    current,
    resolution.verdict === 'accepted'
      ? { state: 'accepted', attempts, receipt: resolution.receipt }
      : { state: 'planned', attempts, reason: gatewaySentence('RESOLVED_NOT_RECEIVED').en },
  );
  return (await journal.item(item.id))!;
}
