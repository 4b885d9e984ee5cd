import { openSpecifications } from '@bhxh/sdk/specifications';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { textTable } from '../terminal/table.ts';

/** Lists the standards on their timeline. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams, messages, language } = context;
  const specifications = openSpecifications();
  const rows = specifications.timeline().map((entry) => {
    const ruleset = specifications.ruleset(entry.ruleset);
    return {
      id: ruleset.id,
      title: ruleset.title,
      from: entry.from,
      to: entry.to,
      status: entry.status,
      tables: Object.keys(ruleset.tables).length,
      rules: ruleset.rules.length,
      hash: ruleset.hash,
      alternatives: entry.alternatives ?? [],
    };
  });
  if (context.format === 'json') {
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-specs/1', version: specifications.version, hash: specifications.hash, rulesets: rows }, null, 2)}\n`,
    );
    return exitCodes.done;
  }
  const { words } = messages;
  streams.write(
    textTable(
      [words.ruleset, words.from, words.to, words.rule, words.title],
      rows.map((row) => [row.id, row.from, row.to ?? '…', String(row.rules), row.title[language]]),
    ),
  );
  streams.write(`${words.specs} ${specifications.version} · ${specifications.hash.slice(0, 16)}\n`);
  return exitCodes.done;
}
