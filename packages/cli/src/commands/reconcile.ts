import { claimsTarget, reconcileSubmission, type ReconcileEvent } from '@bhxh/sdk/submission';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { openClient, resolveSender } from '../open-client.ts';
import { existingJournal, openSenderJournal } from '../sending/open-journal.ts';
import { textTable } from '../terminal/table.ts';

/** Compares the journal with what the server says it has; every difference is listed, and what is found is confirmed. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const from = dateOption(options, 'fromDay', 'reconcile');
  const to = dateOption(options, 'toDay', 'reconcile');
  const client = openClient(context, resolveSender(context));
  const journal = await openSenderJournal(context, existingJournal(context), false);
  try {
    const counts: Record<ReconcileEvent['kind'], number> = {
      confirmed: 0,
      foreign: 0,
      doubled: 0,
      missing: 0,
    };
    const differences: { kind: string; key: string; sha256: string; receipt: string }[] = [];
    const events = reconcileSubmission({
      journal,
      target: claimsTarget(client),
      signal: context.signal,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
    for await (const event of events) {
      counts[event.kind] += 1;
      if (event.kind === 'confirmed') continue;
      const { key, sha256 } = 'document' in event ? event.document : event.item;
      const receipt = 'document' in event ? event.document.receipt.id : (event.item.receipt?.id ?? '');
      differences.push({ kind: event.kind, key, sha256, receipt });
    }
    if (context.format === 'json')
      streams.write(`${JSON.stringify({ schema: 'bhxh-reconcile/1', counts, differences })}\n`);
    else {
      if (differences.length > 0) {
        const rows = differences.map(({ kind, key, sha256, receipt }) => [
          kind,
          key,
          receipt,
          sha256.slice(0, 16),
        ]);
        streams.write(textTable([messages.words.what, 'MA_LK', 'maGiaoDich', 'SHA-256'], rows));
      }
      streams.write(
        `${Object.entries(counts)
          .map(([kind, count]) => `${count} ${kind}`)
          .join(', ')}\n`,
      );
    }
    return counts.missing + counts.doubled > 0 ? exitCodes.findings : exitCodes.done;
  } finally {
    await journal.close();
    await client.close();
  }
}
