/**
 * What a client saw of one attempt to store a document. `info` means that it cannot know: such a document may be there
 * once or not at all, and stays unknown for ever.
 */
export interface Operation {
  readonly document: string;
  readonly outcome: 'ok' | 'fail' | 'info';
}

export type Anomaly = {
  readonly kind: 'lost' | 'doubled' | 'failed-but-stored' | 'phantom';
  readonly document: string;
};

/**
 * Compares what clients saw with what the server holds in the end. A document that was tried several times counts by
 * its best-known outcome: `ok` before `info` before `fail`.
 */
export function checkHistory(history: Iterable<Operation>, stored: Iterable<string>): Anomaly[] {
  const weight = { fail: 0, info: 1, ok: 2 } as const;
  const seen = new Map<string, Operation['outcome']>();
  for (const { document, outcome } of history) {
    const before = seen.get(document);
    if (before === undefined || weight[outcome] > weight[before]) seen.set(document, outcome);
  }
  const copies = new Map<string, number>();
  for (const document of stored) copies.set(document, (copies.get(document) ?? 0) + 1);
  const anomalies: Anomaly[] = [];
  for (const [document, outcome] of seen) {
    const count = copies.get(document) ?? 0;
    if (outcome === 'ok' && count === 0) anomalies.push({ kind: 'lost', document });
    if (outcome === 'fail' && count > 0) anomalies.push({ kind: 'failed-but-stored', document });
    if (count > 1) anomalies.push({ kind: 'doubled', document });
  }
  for (const document of copies.keys()) {
    if (!seen.has(document)) anomalies.push({ kind: 'phantom', document });
  }
  return anomalies;
}
