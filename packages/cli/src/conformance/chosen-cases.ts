import type { SuiteName } from '@bhxh/mock-server/conformance';
import { cliError } from '../cli-error.ts';
import { listOption, textOption, type CommandContext } from '../command-context.ts';
import { textTable } from '../terminal/table.ts';

interface ListedCase {
  readonly id: string;
  readonly title: { readonly vi: string; readonly en: string };
  readonly needs?: readonly string[];
}

export function chosenSuite(context: CommandContext): SuiteName {
  return (textOption(context.options, 'suite') ?? 'claims') as SuiteName;
}

/** The cases that `--case` names, all if it names none. Throws ERR_OPTION_INVALID for one that does not exist. */
export function chosenCases(
  context: CommandContext,
  cases: readonly ListedCase[],
  command: string,
): readonly string[] | undefined {
  const wanted = listOption(context.options, 'case');
  if (wanted.length === 0) return undefined;
  const known = new Set(cases.map(({ id }) => id));
  const unknown = wanted.find((id) => !known.has(id));
  if (unknown === undefined) return wanted;
  throw cliError('ERR_OPTION_INVALID', {
    option: '--case',
    value: unknown,
    why: `bhxh ${command} --list`,
    command,
  });
}

/** What would be played, without playing it. */
export function listCases(
  context: CommandContext,
  suite: { readonly suite: string; readonly hash: string; readonly cases: readonly ListedCase[] },
  only: readonly string[] | undefined,
): void {
  const { streams, format, language } = context;
  const cases = suite.cases.filter(({ id }) => only === undefined || only.includes(id));
  if (format === 'json') {
    const listed = cases.map(({ id, title, needs = [] }) => ({ id, title, needs }));
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-conformance-cases/1', suite: suite.suite, hash: suite.hash, cases: listed })}\n`,
    );
    return;
  }
  const rows = cases.map(({ id, title, needs = [] }) => [id, title[language], needs.join(' ')]);
  streams.write(textTable(['', '', ''], rows));
}
