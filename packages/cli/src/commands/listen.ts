import { randomBytes } from 'node:crypto';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { forwardEvent } from '../listening/forward.ts';
import { readEvents, type StreamedEvent } from '../listening/read-events.ts';
import { openServerControl, type ServerControl } from '../server-control.ts';

const command = 'listen';
/** The server says something every five seconds; a line that is silent for longer is dead. */
const SILENCE = 15_000;
const LONGEST_WAIT = 5_000;

/**
 * Receives a running server's events until it is interrupted, and hands them to `--forward-to` as signed webhooks, in
 * order. After a lost connection it goes on behind the last event it handed over.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages, signal } = context;
  const url = forwardAddress(textOption(options, 'forwardTo'));
  const types = textOption(options, 'events');
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const control = await openServerControl(context, command);
  let last = textOption(options, 'after') ?? String((await control.call('GET', 'events'))['next']);
  if (!/^\d{1,15}$/.test(last))
    throw cliError('ERR_OPTION_INVALID', { option: '--after', value: last, why: '0, 1, 2 …', command });
  const isJson = context.format === 'json';
  if (isJson) streams.write(`${JSON.stringify({ schema: 'bhxh-listen/1', after: Number(last), secret })}\n`);
  else {
    streams.note(`${messages.words.listening}: ${control.url}${url === undefined ? '' : ` → ${url}`}\n`);
    if (url !== undefined) streams.note(`${secret}\n`);
  }
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const event of follow(control, last, types, signal)) {
        failures = 0;
        if (event === undefined) continue;
        const answer =
          url === undefined
            ? undefined
            : await forwardEvent(event, { url, secret, now: context.now, signal });
        if (signal.aborted) break;
        last = String(event.id);
        if (isJson) streams.write(`${JSON.stringify({ ...event, answer: answer ?? null })}\n`);
        else
          streams.write(
            `${event.timestamp}  ${event.id}  ${event.type}  ${String(event.data['subject'])}${answer === undefined ? '' : `  ${answer}`}\n`,
          );
      }
    } catch (error) {
      if (signal.aborted) break;
      if ((error as { code?: string }).code === 'ERR_SERVER_REFUSED') throw error;
    }
    if (signal.aborted) break;
    streams.note(`${messages.words.reconnecting} (${last})\n`);
    failures += 1;
    await new Promise((resolve) => setTimeout(resolve, Math.min(250 * 2 ** failures, LONGEST_WAIT)));
  }
  return exitCodes.done;
}

/** One connection: its events, undefined for every sign of life. */
async function* follow(
  control: ServerControl,
  after: string,
  types: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent | undefined> {
  const silent = new AbortController();
  let watch = setTimeout(() => silent.abort(), SILENCE);
  const query = new URLSearchParams({ after, ...(types === undefined ? {} : { types }) });
  try {
    const body = await control.stream(
      `events/stream?${query.toString()}`,
      AbortSignal.any([signal, silent.signal]),
    );
    for await (const event of readEvents(body)) {
      clearTimeout(watch);
      yield event;
      watch = setTimeout(() => silent.abort(), SILENCE);
    }
  } finally {
    clearTimeout(watch);
  }
}

function forwardAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw cliError('ERR_OPTION_INVALID', { option: '--forward-to', value: text, why: 'http://…', command });
}
