import type { TrustAnchor } from '@bhxh/signing';
import type { TrustDomain } from '@bhxh/sdk/specifications';
import { listOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { chosenDomains } from '../read-trust.ts';
import { textTable } from '../terminal/table.ts';
import { knownAnchors, readTrustFile, shownAnchor, trustPath } from '../trust-file.ts';

/** Lists whom signatures are believed from, by domain, with the days on which each certificate counts. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams, messages, language, environment } = context;
  const domains = chosenDomains(listOption(context.options, 'domain'), 'trust list');
  const list = readTrustFile(environment);
  const anchors = knownAnchors(list).filter(({ domain }) => domains.some(({ id }) => id === domain));
  if (context.format === 'json') {
    streams.write(
      `${JSON.stringify({
        schema: 'bhxh-trust-list/1',
        path: trustPath(environment),
        updated: list.updated ?? null,
        domains: domains.map(({ id, label, from, until }) => ({
          id,
          label,
          from: from ?? null,
          until: until ?? null,
        })),
        anchors: anchors.map(shownAnchor),
      })}\n`,
    );
    return exitCodes.done;
  }
  const { words, trust } = messages;
  streams.write(
    textTable(
      [trust.domain, words.title, words.from, words.to],
      domains.map(({ id, label, from, until }) => [id, label[language], from ?? '–', until ?? '–']),
    ),
  );
  if (anchors.length === 0) streams.write(`\n${trust.nobody}\n`);
  else streams.write(`\n${anchorTable(context, anchors, domains)}`);
  return exitCodes.done;
}

/** Fingerprints are written whole: they are there to be compared. */
export function anchorTable(
  { messages: { words, trust } }: CommandContext,
  anchors: readonly TrustAnchor[],
  domains: readonly TrustDomain[],
): string {
  const limit = (days: readonly (string | undefined)[], pick: 'first' | 'last'): string => {
    const known = days.filter((day) => day !== undefined).sort();
    return (pick === 'first' ? known[0] : known.at(-1)) ?? trust.always;
  };
  return textTable(
    [trust.name, trust.domain, words.from, words.to, trust.addedBy, trust.fingerprint],
    anchors.map(({ name, domain, from, until, addedBy, fingerprint }) => {
      const whole = domains.find(({ id }) => id === domain);
      return [
        name,
        domain,
        limit([from, whole?.from], 'last'),
        limit([until, whole?.until], 'first'),
        trust.by[addedBy],
        fingerprint,
      ];
    }),
  );
}
