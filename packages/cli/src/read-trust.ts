import { readFileSync } from 'node:fs';
import { readCertificates, trustStoreOf, type TrustStore } from '@bhxh/signing';
import { openSpecifications, type TrustDomain } from '@bhxh/sdk/specifications';
import { cliError } from './cli-error.ts';
import { listOption, type CommandContext } from './command-context.ts';
import { knownAnchors, readTrustFile } from './trust-file.ts';

/**
 * Whom to believe: the certificates of `--trust`, else those that `bhxh trust add` and `trust update` stored, of the domains
 * that `--domain` names or of all; with the revocation files at hand. Undefined when there is nobody.
 * Throws ERR_INPUT_UNREADABLE, ERR_OPTION_INVALID.
 */
export function readTrust(context: CommandContext, command: string): TrustStore | undefined {
  const { options, environment } = context;
  const named = listOption(options, 'trust');
  const domains = chosenDomains(listOption(options, 'domain'), command);
  const store =
    named.length > 0
      ? { anchors: named.flatMap(readPem) }
      : trustStoreOf(knownAnchors(readTrustFile(environment)), domains);
  if (store.anchors.length === 0) return undefined;
  return {
    ...store,
    crls: listOption(options, 'crl').map(readBytes),
    ocspResponses: listOption(options, 'ocsp').map(readBytes),
  };
}

/** The trust domains of these names, all of them when none is named. Throws ERR_OPTION_INVALID. */
export function chosenDomains(names: readonly string[], command: string): readonly TrustDomain[] {
  const domains = openSpecifications().trustDomains;
  const unknown = names.find((name) => !domains.some(({ id }) => id === name));
  if (unknown !== undefined) {
    throw cliError('ERR_OPTION_INVALID', {
      option: '--domain',
      value: unknown,
      why: domains.map(({ id }) => id).join(', '),
      command,
    });
  }
  return names.length === 0 ? domains : domains.filter(({ id }) => names.includes(id));
}

/** The certificates of a PEM or DER file. Throws ERR_INPUT_UNREADABLE. */
export function readPem(path: string): ReturnType<typeof readCertificates> {
  const bytes = readBytes(path);
  try {
    return readCertificates(bytes);
  } catch (cause) {
    throw cliError('ERR_INPUT_UNREADABLE', { path, why: 'PEM' }, cause);
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw cliError('ERR_INPUT_UNREADABLE', { path, why: (cause as NodeJS.ErrnoException).code ?? '' }, cause);
  }
}
