import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBrief } from '@bhxh/mock-server/conformance';
import type { CommandContext } from '../command-context.ts';
import { conformanceMessages } from '../messages/conformance.ts';

/** A client that has not finished by then has its record judged as it stands. */
const LONGEST = 10 * 60_000;

/**
 * Lets the client under test work on one case: its command is started with the words `{url}`, `{documents}`, `{account}` and
 * `{case}` filled in and the same in its environment; without a command a person does it, in `seconds`.
 */
export function clientDriver(
  context: CommandContext,
  folder: string,
  command: readonly string[],
  seconds: number,
): (brief: ClientBrief) => Promise<void> {
  return async (brief) => {
    const place = join(folder, brief.case.id);
    const documents = join(place, 'documents');
    const account = join(place, 'account.json');
    await mkdir(documents, { recursive: true, mode: 0o700 });
    for (const { name, bytes } of brief.documents) await writeFile(join(documents, name), bytes);
    const { username, password, facility, units, mst } = brief.account;
    const known = { url: brief.url, username, password, facility, units, mst };
    await writeFile(account, `${JSON.stringify(known)}\n`, { mode: 0o600 });
    if (command.length > 0) {
      const words = { url: brief.url, documents, account, case: brief.case.id };
      await runClient(context, brief, place, command, words);
      return;
    }
    const { give } = conformanceMessages[context.language];
    const what = brief.case.give[context.language];
    context.streams.note(give({ id: brief.case.id, what, url: brief.url, folder: place, seconds }));
    await waitFor(seconds * 1_000, context.signal);
  };
}

function runClient(
  context: CommandContext,
  { case: one, account, url }: ClientBrief,
  place: string,
  command: readonly string[],
  words: Readonly<Record<string, string>>,
): Promise<void> {
  const filled = command.map((word) =>
    word.replaceAll(/\{(url|documents|account|case)\}/g, (all, name: string) =>
      Object.hasOwn(words, name) ? (words[name] ?? all) : all,
    ),
  );
  const [program = '', ...more] = filled;
  return new Promise((resolve, reject) => {
    const child = spawn(program, more, {
      stdio: ['ignore', 'ignore', 'inherit'],
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(LONGEST)]),
      env: {
        ...context.environment,
        BHXH_URL: url,
        BHXH_USERNAME: account.username,
        BHXH_PASSWORD: account.password,
        ...(account.facility === null || account.facility === undefined
          ? {}
          : { BHXH_FACILITY: account.facility }),
        BHXH_CONFORMANCE_CASE: one.id,
        BHXH_CONFORMANCE_FOLDER: place,
      },
    });
    child.once('error', (error) => {
      if (error.name === 'AbortError' && !context.signal.aborted) resolve();
      else reject(error);
    });
    child.once('close', () => resolve());
  });
}

function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
