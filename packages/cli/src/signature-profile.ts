import { findProfile, profileNames, type SignatureProfile } from '@bhxh/signing';
import { cliError } from './cli-error.ts';
import { textOption, type OptionValues } from './command-context.ts';

/** The profile of `--profile`, `bhxh-xml` when none is named. Throws ERR_OPTION_INVALID with the names there are. */
export function profileOption(options: OptionValues, command: string): SignatureProfile {
  const name = textOption(options, 'profile') ?? 'bhxh-xml';
  const profile = findProfile(name);
  if (profile === undefined) {
    throw cliError('ERR_OPTION_INVALID', {
      option: '--profile',
      value: name,
      why: profileNames.join(', '),
      command,
    });
  }
  return profile;
}
