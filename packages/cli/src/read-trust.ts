import { readFileSync } from 'node:fs';
import { readCertificates, type TrustStore } from '@bhxh/signing';
import { cliError } from './cli-error.ts';

/** The root certificates of `--trust`; undefined when none was named. Throws ERR_INPUT_UNREADABLE. */
export function readTrust(paths: readonly string[]): TrustStore | undefined {
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
  return { anchors };
}
