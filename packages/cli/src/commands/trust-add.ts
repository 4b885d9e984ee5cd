import { addAnchor, type TrustAnchor, type TrustList } from '@bhxh/signing';
import { cliError } from '../cli-error.ts';
import { listOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { chosenDomains, readPem } from '../read-trust.ts';
import { signingFailure } from '../signing-failure.ts';
import { readTrustFile, shownAnchor, writeTrustFile } from '../trust-file.ts';
import { anchorTable } from './trust-list.ts';

/** Trusts every certificate of the named files, in one domain; all of them or, when one is refused, none. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages, environment } = context;
  const names = listOption(options, 'domain');
  if (names.length > 1) throw onlyOne('--domain', names.join(', '));
  const [domain] = chosenDomains(names.length === 0 ? ['own'] : names, 'trust add');
  const fingerprint = textOption(options, 'fingerprint');
  const name = textOption(options, 'anchorName');
  const from = dateOption(options, 'validFrom', 'trust add');
  const until = dateOption(options, 'validUntil', 'trust add');
  const certificates = context.arguments.flatMap(readPem);
  if (certificates.length > 1 && fingerprint !== undefined) throw onlyOne('--fingerprint', fingerprint);
  if (certificates.length > 1 && name !== undefined) throw onlyOne('--anchor-name', name);
  const before = readTrustFile(environment);
  let list: TrustList = before;
  try {
    for (const certificate of certificates) {
      list = addAnchor(list, {
        certificate,
        domain: domain!.id,
        ...(name === undefined ? {} : { name }),
        ...(fingerprint === undefined ? {} : { fingerprint }),
        ...(from === undefined ? {} : { from }),
        ...(until === undefined ? {} : { until }),
      });
    }
  } catch (error) {
    throw signingFailure(error);
  }
  writeTrustFile(environment, list);
  const added: readonly TrustAnchor[] = list.anchors.slice(before.anchors.length);
  if (context.format === 'json') {
    const shown = added.map(shownAnchor);
    streams.write(`${JSON.stringify({ schema: 'bhxh-trust-change/1', added: shown, removed: [] })}\n`);
    return exitCodes.done;
  }
  streams.write(`${messages.trust.added}\n${anchorTable(context, added, chosenDomains([], 'trust add'))}`);
  if (fingerprint === undefined) {
    for (const { fingerprint: own } of added)
      streams.note(`${messages.trust.compare} bhxh trust remove ${own}\n`);
  }
  return exitCodes.done;
}

const onlyOne = (option: string, value: string): Error =>
  cliError('ERR_OPTION_INVALID', { option, value, why: '1', command: 'trust add' });
