import { readFileSync } from 'node:fs';
import { requestSigner, type RequestSigner } from '@bhxh/sdk';
import { cliError } from './cli-error.ts';
import { chosenAccount, type CommandContext } from './command-context.ts';

/**
 * The key with which the chosen account signs its requests (RFC 9421), for the client's options; nothing where none is
 * named. `BHXH_REQUEST_KEY_FILE` and `BHXH_REQUEST_KEY_ID` go before the configuration.
 *
 * @throws BhxhError ERR_ACCOUNT_MISSING where only one of the two is set; ERR_INPUT_UNREADABLE; ERR_REQUEST_KEY
 */
export function requestSigning(context: CommandContext): { readonly signRequests?: RequestSigner } {
  const { environment } = context;
  const account = chosenAccount(context);
  const path = environment['BHXH_REQUEST_KEY_FILE'] ?? account?.requestKeyFile;
  const id = environment['BHXH_REQUEST_KEY_ID'] ?? account?.requestKeyId;
  if (path === undefined && id === undefined) return {};
  if (path === undefined) throw cliError('ERR_ACCOUNT_MISSING', { missing: 'requestKeyFile' });
  if (id === undefined) throw cliError('ERR_ACCOUNT_MISSING', { missing: 'requestKeyId' });
  const passphrase = environment['BHXH_REQUEST_KEY_PASSWORD'];
  return { signRequests: requestSigner(id, read(path), passphrase === undefined ? {} : { passphrase }) };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? '';
    throw cliError('ERR_INPUT_UNREADABLE', { path, why }, cause);
  }
}
