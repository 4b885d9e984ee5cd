import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openClient, resolvePlace, resolveSender } from '../open-client.ts';
import { textTable } from '../terminal/table.ts';

/** Asks where sent claims stand: by maGiaoDich or MA_LK, or the newest of this facility. With a unit, where its dossiers stand. */
export async function run(context: CommandContext): Promise<ExitCode> {
  if (resolvePlace(context).unit !== undefined)
    return (await import('./dossier-status.ts')).showDossiers(context);
  const { messages, streams, language } = context;
  const client = openClient(context, resolveSender(context));
  try {
    const claims = [];
    if (context.arguments.length === 0) {
      const { claims: newest } = await client.findClaims({ limit: 50 }, context.signal);
      claims.push(...newest);
    }
    for (const id of context.arguments) {
      const { claims: byKey } = await client.findClaims({ MA_LK: id }, context.signal);
      claims.push(...(byKey.length > 0 ? byKey : [await client.readClaim(id, context.signal)]));
    }
    if (context.format === 'json') {
      streams.write(`${JSON.stringify({ schema: 'bhxh-status/1', claims })}\n`);
      return exitCodes.done;
    }
    const { words } = messages;
    streams.write(
      textTable(
        ['maGiaoDich', words.state, words.accepted, words.findings],
        claims.map((claim) => [
          claim.maGiaoDich,
          claim.state,
          claim.adjudication?.totals.accepted ?? '',
          (claim.findings ?? []).map(({ ruleId }) => ruleId).join(', '),
        ]),
      ),
    );
    for (const claim of claims) {
      for (const finding of claim.findings ?? [])
        streams.write(`${claim.maGiaoDich} ${finding.ruleId}: ${finding.message[language]}\n`);
    }
    return exitCodes.done;
  } finally {
    await client.close();
  }
}
