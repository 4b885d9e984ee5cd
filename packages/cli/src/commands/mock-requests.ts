import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';

export interface Line {
  readonly id: string;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly result?: string;
  readonly milliseconds: number;
}

export interface Exchange {
  readonly line: Line;
  readonly request: Message;
  readonly response: Message;
}

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The newest calls of a running server, or one of them with its answer; credentials and people are masked by the server. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [id] = context.arguments;
  const control = await openServerControl(context, 'mock requests');
  const said = await control.call(
    'GET',
    id === undefined ? 'requests' : `requests/${encodeURIComponent(id)}`,
  );
  if (context.format === 'json')
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-mock-requests/1', ...said })}\n`);
  else if (id === undefined)
    for (const line of said['requests'] as readonly Line[]) context.streams.write(showLine(line));
  else context.streams.write(showExchange(said as unknown as Exchange));
  return exitCodes.done;
}

export const showLine = ({ id, at, method, path, status, result, milliseconds }: Line): string =>
  `${id}  ${new Date(at).toISOString()}  ${method} ${path}  ${status}${result === undefined ? '' : `/${result}`}  ${milliseconds} ms\n`;

export function showExchange({ line, request, response }: Exchange): string {
  const show = ({ headers, body }: Message): string =>
    `${Object.entries(headers)
      .map(([name, value]) => `  ${name}: ${value}\n`)
      .join('')}${body === '' ? '' : `\n${body}\n`}\n`;
  return `${showLine(line)}${show(request)}${show(response)}`;
}
