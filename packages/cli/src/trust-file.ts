import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { emptyTrustList, readTrustList, type TrustAnchor, type TrustList } from '@bhxh/signing';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from './cli-error.ts';
import { writeWhole } from './output-folder.ts';
import { signingFailure } from './signing-failure.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where this user keeps what is decided once: BHXH_CONFIG_HOME, or the place of the system (XDG_CONFIG_HOME or ~/.config,
 * APPDATA, ~/Library/Application Support).
 */
export function configFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  if (env['BHXH_CONFIG_HOME']) return env['BHXH_CONFIG_HOME'];
  const home = env['HOME'] || homedir();
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'bhxh');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'bhxh');
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'bhxh');
}

export const trustPath = (env: Environment): string => join(configFolder(env), 'trust.json');

/** The certificates this user trusts; empty when nothing was ever added. Throws ERR_INPUT_UNREADABLE, ERR_TRUST_LIST_DAMAGED. */
export function readTrustFile(env: Environment): TrustList {
  const path = trustPath(env);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return emptyTrustList;
    throw cliError('ERR_INPUT_UNREADABLE', { path, why: code ?? '' }, cause);
  }
  try {
    return readTrustList(text);
  } catch (error) {
    throw signingFailure(error, path);
  }
}

export function writeTrustFile(env: Environment, list: TrustList): void {
  const path = trustPath(env);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw cliError(
      'ERR_OUTPUT_UNWRITABLE',
      { path, why: (cause as NodeJS.ErrnoException).code ?? '' },
      cause,
    );
  }
  writeWhole(path, `${JSON.stringify(list, null, 2)}\n`, true);
}

/** What the specs ship, which is nothing until a release says otherwise, and what this user added. */
export function knownAnchors(list: TrustList): readonly TrustAnchor[] {
  const shipped = openSpecifications().trustDomains.flatMap(({ id, anchors }) =>
    anchors.map((anchor): TrustAnchor => ({ ...anchor, domain: id, addedBy: 'specs' })),
  );
  return [...shipped, ...list.anchors];
}

/** An anchor as JSON output shows it: all but the certificate itself. */
export const shownAnchor = ({
  domain,
  name,
  fingerprint,
  from,
  until,
  addedBy,
}: TrustAnchor): Omit<TrustAnchor, 'certificate'> => ({
  domain,
  name,
  fingerprint,
  ...(from === undefined ? {} : { from }),
  ...(until === undefined ? {} : { until }),
  addedBy,
});
