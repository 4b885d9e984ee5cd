import type { Item } from './item.ts';
import type { Journal } from './journal.ts';
import type { HeldDocument, SubmissionTarget } from './target.ts';

export type ReconcileEvent =
  /** The server has it: `accepted` and `unknown` items become `confirmed`. */
  | { readonly kind: 'confirmed'; readonly item: Item }
  /** The server holds a document that this journal did not send. */
  | { readonly kind: 'foreign'; readonly document: HeldDocument }
  /** Ours by identity, but with another receipt number: it arrived twice, or somebody else sent it as well. */
  | { readonly kind: 'doubled'; readonly item: Item; readonly document: HeldDocument }
  /** The journal says accepted in this span of days, the server does not list it. */
  | { readonly kind: 'missing'; readonly item: Item };

export interface ReconcileOptions {
  readonly journal: Journal;
  readonly target: SubmissionTarget;
  /** Days of receipt at the server, yyyy-MM-dd, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly signal?: AbortSignal;
}

/**
 * Compares what was sent with what the server says it has. Needs a server that announces `statusQuery`. Of every
 * document only its hash is kept in memory.
 */
export async function* reconcileSubmission(
  options: ReconcileOptions,
): AsyncGenerator<ReconcileEvent, void, undefined> {
  const { journal, target, from, to, signal } = options;
  const seen = new Set<number>();
  const days = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  for await (const document of target.list(days, signal)) {
    const item = await journal.findByHash(target.sender, document.kind, document.sha256);
    if (!item) {
      yield { kind: 'foreign', document };
      continue;
    }
    if (seen.has(item.id) || (item.receipt && item.receipt.id !== document.receipt.id)) {
      yield { kind: 'doubled', item, document };
    }
    seen.add(item.id);
    if (item.state === 'confirmed' || item.state === 'sending') continue;
    const { attempts } = item;
    await journal.record(item, { state: 'confirmed', attempts, receipt: item.receipt ?? document.receipt });
    yield { kind: 'confirmed', item: (await journal.item(item.id))! };
  }
  for await (const item of journal.items({ states: ['accepted', 'confirmed'] })) {
    if (item.sender !== target.sender || seen.has(item.id) || !within(item, from, to)) continue;
    yield { kind: 'missing', item };
  }
}

/** By the day of receipt that the server itself wrote (yyyyMMdd…). */
function within(item: Item, from: string | undefined, to: string | undefined): boolean {
  const day = (item.receipt?.at ?? '').replace(/^(\d{4})(\d\d)(\d\d).*$/, '$1-$2-$3');
  return (from === undefined || day >= from) && (to === undefined || day <= to);
}
