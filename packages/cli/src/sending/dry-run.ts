import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { localProblem, type Journal, type PlanningTarget } from '@bhxh/sdk/submission';
import type { CommandContext } from '../command-context.ts';
import { mostSerious, type ExitCode } from '../exit-codes.ts';
import { readWhole } from '../read-inputs.ts';
import { submissionInputs } from './input-paths.ts';
import { openSenderJournal } from './open-journal.ts';
import { exitOf, refusedItem, type SentItem, sentItem } from './sent-item.ts';
import { openSentReport } from './sent-report.ts';

/** Says what would be sent and what the journal already knows; nothing is written and no connection is opened. */
export async function dryRun(
  context: CommandContext,
  target: PlanningTarget,
  journalPath: string,
): Promise<ExitCode> {
  const codes = new Set<ExitCode>();
  const journal = existsSync(journalPath) ? await openSenderJournal(context, journalPath, true) : undefined;
  try {
    const report = await openSentReport(context, 'submit --dry-run', 0);
    for await (const { file, deadline } of submissionInputs(context)) {
      const found = await foreseen(file.path, await readWhole(file), target, journal);
      const item = deadline === undefined ? found : { ...found, deadline };
      if (item.state === 'refused') codes.add(exitOf(item));
      report.add(item);
    }
    report.end();
  } finally {
    await journal?.close();
  }
  return mostSerious(codes);
}

async function foreseen(
  path: string,
  bytes: Uint8Array,
  target: PlanningTarget,
  journal: Journal | undefined,
): Promise<SentItem> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  try {
    const { kind, deadline = null, sender = target.sender } = target.identify(bytes);
    const known = await journal?.findByHash(sender, kind, sha256);
    if (known !== undefined && known !== null && known.state !== 'planned') return sentItem(known, path);
    return { ...refusedItem(path, sha256, null), state: 'would-send', where: null, deadline };
  } catch (error) {
    return refusedItem(path, sha256, localProblem(error));
  }
}
