import { flagOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { maskPersonal } from '../mask-personal.ts';
import { openClient, resolveSender } from '../open-client.ts';
import { textTable } from '../terminal/table.ts';
import { cardRequest } from './card-check.ts';

/** Shows the treatment history of a card, where the account was granted it. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const sender = resolveSender(context);
  const client = openClient(context, sender);
  try {
    const request = await cardRequest(context, sender, 'card history');
    const answer = await client.lookUpHistory(request, { signal: context.signal });
    const body = flagOption(context.options, 'reveal') ? answer.body : maskPersonal(answer.body);
    if (context.format === 'json') {
      context.streams.write(
        `${JSON.stringify({ schema: 'bhxh-card-history/1', code: answer.code, meaning: answer.meaning, body })}\n`,
      );
      return exitCodes.done;
    }
    context.streams.write(`${answer.code} ${answer.meaning[context.language]}\n`);
    const episodes = (body.dsLichSuKCB2025 ?? []) as readonly Readonly<Record<string, unknown>>[];
    const columns = ['maCSKCB', 'ngayVao', 'ngayRa', 'tenBenh', 'kqDieuTri'];
    if (episodes.length > 0) {
      context.streams.write(
        textTable(
          columns,
          episodes.map((episode) => columns.map((column) => String(episode[column] ?? ''))),
        ),
      );
    }
    return exitCodes.done;
  } finally {
    await client.close();
  }
}
