import { readFileSync } from 'node:fs';
import { auditEntries, openStore, verifyAudit, type AuditHead } from '@bhxh/mock-server';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { neededOption } from '../needed-option.ts';
import { numberOption } from '../number-option.ts';

const command = 'mock audit';

/** `verify` reads the whole chain, exit 1 when it is not whole; `show` prints the newest entries. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const [action] = context.arguments;
  if (action !== 'verify' && action !== 'show')
    throw cliError('ERR_OPTION_INVALID', {
      option: '<action>',
      value: action ?? '',
      why: 'verify, show',
      command,
    });
  const keyFile = textOption(options, 'auditKeyFile');
  const key = keyFile === undefined ? undefined : readKey(keyFile);
  const head = textOption(options, 'head');
  const anchor = head === undefined ? undefined : readAnchor(head);
  const limit = numberOption(options, 'limit', command, { least: 1, most: 100_000, whole: true }) ?? 50;
  const store = await openStore(neededOption(options, 'store', command));
  try {
    const check = await verifyAudit(store, {
      ...(key === undefined ? {} : { key }),
      ...(anchor === undefined ? {} : { anchor }),
      signal: context.signal,
    });
    if (action === 'show') {
      const entries = await auditEntries(store, Math.max(0, check.entries - limit), limit);
      if (context.format === 'json')
        streams.write(`${JSON.stringify({ schema: 'bhxh-audit/1', entries })}\n`);
      else
        for (const { place, at, actor, action: deed, subject, data } of entries)
          streams.write(`${place}  ${new Date(at).toISOString()}  ${actor}  ${deed}  ${subject}  ${data}\n`);
      return exitCodes.done;
    }
    const newest = check.head === undefined ? '' : `${check.head.place}:${check.head.hash}`;
    if (context.format === 'json')
      streams.write(
        `${JSON.stringify({ schema: 'bhxh-audit-check/1', entries: check.entries, head: newest, problems: check.problems })}\n`,
      );
    else {
      for (const { code, place } of check.problems) streams.write(`${code}  ${place}\n`);
      streams.write(
        `${messages.words.count}: ${check.entries}, ${messages.words.findings}: ${check.problems.length}\n`,
      );
      if (newest !== '') streams.write(`--head ${newest}\n`);
    }
    return check.problems.length === 0 ? exitCodes.done : exitCodes.findings;
  } finally {
    await store.close();
  }
}

function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw cliError('ERR_INPUT_UNREADABLE', { path, why: (cause as { code?: string }).code ?? '' }, cause);
  }
}

function readAnchor(text: string): AuditHead {
  const [, place, hash] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (place === undefined || hash === undefined)
    throw cliError('ERR_OPTION_INVALID', { option: '--head', value: text, why: 'PLACE:HASH', command });
  return { place: Number(place), hash };
}
