import { readFile } from 'node:fs/promises';
import { cliError } from './cli-error.ts';
import { textOption, type CommandContext } from './command-context.ts';

/** The control API of a running reference server, found through the ready file it wrote. */
export interface ServerControl {
  readonly url: string;
  /** The body of an answer that goes on. */
  stream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Record<string, unknown>>;
}

const TIME_LIMIT = 30_000;

/** Throws ERR_OPTION_INVALID without `--ready-file`, ERR_INPUT_UNREADABLE when it is not one. */
export async function openServerControl(context: CommandContext, command: string): Promise<ServerControl> {
  const path = textOption(context.options, 'readyFile');
  if (path === undefined) {
    throw cliError('ERR_OPTION_INVALID', {
      option: '--ready-file',
      value: '',
      why: 'bhxh mock start --ready-file',
      command,
    });
  }
  const { url, adminKey } = await readReadyFile(path);
  const refusal = async (answer: Response): Promise<Error> => {
    const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    return cliError('ERR_SERVER_REFUSED', {
      code: String(said['code'] ?? answer.status),
      why: String(said['title'] ?? answer.statusText),
    });
  };
  return {
    url,
    async stream(place, signal) {
      const answer = await fetch(`${url}/control/${place}`, {
        redirect: 'error',
        signal,
        headers: { 'x-bhxh-admin-key': adminKey },
      });
      if (!answer.ok || answer.body === null) throw await refusal(answer);
      return answer.body;
    },
    async call(method, place, body) {
      let answer: Response;
      try {
        answer = await fetch(`${url}/control/${place}`, {
          method,
          redirect: 'error',
          signal: AbortSignal.any([context.signal, AbortSignal.timeout(TIME_LIMIT)]),
          headers: { 'x-bhxh-admin-key': adminKey, 'Content-Type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      } catch (cause) {
        if (context.signal.aborted) throw cliError('ERR_INTERRUPTED', {}, cause);
        throw cliError('ERR_SERVER_UNREACHABLE', { url }, cause);
      }
      if (!answer.ok) throw await refusal(answer);
      return (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    },
  };
}

async function readReadyFile(path: string): Promise<{ url: string; adminKey: string }> {
  let ready: unknown;
  try {
    ready = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const why = (cause as { code?: string }).code ?? 'JSON';
    throw cliError('ERR_INPUT_UNREADABLE', { path, why }, cause);
  }
  const { url, adminKey } = (ready ?? {}) as { url?: unknown; adminKey?: unknown };
  if (typeof url !== 'string' || typeof adminKey !== 'string') {
    throw cliError('ERR_INPUT_UNREADABLE', { path, why: 'url, adminKey' });
  }
  return { url, adminKey };
}
