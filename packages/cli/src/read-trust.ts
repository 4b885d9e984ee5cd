import { readFileSync } from 'node:fs';
import { readCertificates, type TrustStore } from '@bhxh/signing';
import { cliError } from './cli-error.ts';

/** What says whether a certificate was revoked, as files in DER. */
export interface RevocationFiles {
  readonly crls: readonly string[];
  readonly ocspResponses: readonly string[];
}

/** The root certificates of `--trust` with the revocation files at hand; undefined when no root was named. Throws ERR_INPUT_UNREADABLE. */
export function readTrust(
  paths: readonly string[],
  revocation: RevocationFiles = { crls: [], ocspResponses: [] },
): TrustStore | undefined {
  if (paths.length === 0) return undefined;
  const anchors = paths.flatMap((path) => {
    try {
      return readCertificates(readFileSync(path));
    } catch (cause) {
      throw cliError(
        'ERR_INPUT_UNREADABLE',
        { path, why: (cause as NodeJS.ErrnoException).code ?? 'PEM' },
        cause,
      );
    }
  });
  return {
    anchors,
    crls: revocation.crls.map(readDer),
    ocspResponses: revocation.ocspResponses.map(readDer),
  };
}

function readDer(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw cliError('ERR_INPUT_UNREADABLE', { path, why: (cause as NodeJS.ErrnoException).code ?? '' }, cause);
  }
}
