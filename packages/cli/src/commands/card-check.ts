import type { CardRequest } from '@bhxh/sdk';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openClient, resolveSender, type Sender } from '../open-client.ts';
import { maskPersonal } from '../mask-personal.ts';
import { readCardCode } from '../read-card-code.ts';
import { textTable } from '../terminal/table.ts';

/** Looks a card up and says what its code means and what to do. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const sender = resolveSender(context);
  const request = await cardRequest(context, sender, 'card check');
  const client = openClient(context, sender);
  try {
    const answer = await client.lookUpCard(request, { signal: context.signal });
    const body = flagOption(context.options, 'reveal') ? answer.body : maskPersonal(answer.body);
    if (context.format === 'json') {
      const { code, advice, meaning, hint } = answer;
      context.streams.write(
        `${JSON.stringify({ schema: 'bhxh-card/1', code, advice, meaning, hint: hint ?? null, body })}\n`,
      );
    } else {
      context.streams.write(`${answer.code} ${answer.meaning[context.language]}\n`);
      if (answer.hint !== undefined) context.streams.write(`→ ${answer.hint[context.language]}\n`);
      const rows = Object.entries(body)
        .filter(([, value]) => typeof value === 'string' && value !== '')
        .map(([name, value]) => [name, String(value)]);
      context.streams.write(textTable([context.messages.words.what, context.messages.words.value], rows));
    }
    return ['ok', 'warn', 'manual-check', 'switch-card'].includes(answer.advice)
      ? exitCodes.done
      : exitCodes.rejected;
  } finally {
    await client.close();
  }
}

/** What a look-up needs: from the command line, or from the code on the card. */
export async function cardRequest(
  context: CommandContext,
  sender: Sender,
  command: string,
): Promise<CardRequest> {
  const needed = (name: string, value: string | undefined): string => {
    if (value === undefined || value === '') throw cliError('ERR_OPTION_MISSING', { option: name, command });
    return value;
  };
  const qr = textOption(context.options, 'qr');
  const scanned = qr === undefined ? undefined : await readCardCode(context, qr);
  return {
    maThe: needed('[card] / --qr', context.arguments[0] ?? scanned?.number),
    hoTen: needed('--name', textOption(context.options, 'name') ?? scanned?.name),
    ngaySinh: needed('--birth', textOption(context.options, 'birth') ?? scanned?.birth),
    hoTenCb: needed('--officer', sender.officerName),
    cccdCb: needed('--officer-id', sender.officerId),
  };
}
