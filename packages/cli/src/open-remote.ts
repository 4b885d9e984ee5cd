import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  clientToken,
  cscService,
  remoteSigner,
  SigningError,
  simService,
  smartCaService,
  type RemoteService,
  type Signer,
} from '@bhxh/signing';
import { cliError } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';
import type { RemoteConfiguration } from './remote-configuration.ts';
import { askSecret } from './terminal/prompt.ts';

/**
 * Opens the service that the configuration describes under `name`. Whoever has to confirm on a phone is told so, with the
 * code to compare; a one-time code comes from `BHXH_OTP` or a prompt. Throws SigningError `ERR_REMOTE_*`.
 */
export async function openRemote(
  context: CommandContext,
  name: string,
  pin: () => Promise<Uint8Array>,
): Promise<Signer> {
  const remote = context.configuration.remotes.find((one) => one.name === name);
  if (remote === undefined) throw new SigningError('ERR_REMOTE_UNKNOWN', { name });
  const { streams, messages } = context;
  return remoteSigner({
    service: serviceOf(context, remote, pin),
    signal: context.signal,
    ...(remote.certificate !== undefined && { fingerprint: remote.certificate }),
    ...(remote.patience !== undefined && { patience: remote.patience * 1000 }),
    ...(remote.interval !== undefined && { interval: remote.interval * 1000 }),
    onConfirmation: ({ code }) => {
      const compare = code === undefined ? '' : ` · ${messages.words.codeOnPhone}: ${code}`;
      streams.note(`remote:${name}: ${messages.words.waitingOnPhone}${compare}\n`);
    },
  });
}

function serviceOf(
  context: CommandContext,
  remote: RemoteConfiguration,
  pin: () => Promise<Uint8Array>,
): RemoteService {
  const { name, url, client, holder } = remote;
  const secret = (): string => readSecret(context, remote);
  const common = {
    name,
    url,
    fetch,
    ...(remote.timeout !== undefined && { timeout: remote.timeout * 1000 }),
  };
  const provider = async (): Promise<{ sp_id: string; sp_password: string }> => ({
    sp_id: client,
    sp_password: secret(),
  });
  switch (remote.protocol) {
    case 'csc-v1':
    case 'csc-v2':
      return cscService({
        ...common,
        version: remote.protocol === 'csc-v1' ? 1 : 2,
        credentialId: holder,
        ...(remote.patience !== undefined && { patience: remote.patience * 1000 }),
        token: clientToken({
          service: name,
          url: `${url.replace(/\/+$/, '')}/oauth2/token`,
          clientId: client,
          secret: async () => secret(),
          fetch,
          now: context.now,
        }),
        authorization: async (needs) => ({
          ...(needs.PIN && { PIN: Buffer.from(await pin()).toString('utf8') }),
          ...(needs.OTP && { OTP: await oneTimeCode(context, name) }),
        }),
      });
    case 'smartca':
      return smartCaService({
        ...common,
        provider,
        userId: holder,
        description: 'bhxh',
        ...(remote.serial !== undefined && { serial: remote.serial }),
      });
    case 'sim':
      return simService({ ...common, provider, phone: holder, display: 'bhxh' });
  }
}

function readSecret(context: CommandContext, { name, secret }: RemoteConfiguration): string {
  const { path } = context.configuration;
  if ('env' in secret) {
    const value = context.environment[secret.env];
    if (value !== undefined && value !== '') return value;
    throw cliError('ERR_CONFIGURATION', {
      file: path ?? '',
      key: `remotes.${name}.secretEnv (${secret.env})`,
    });
  }
  // Beside the configuration, wherever the command is run from.
  const place = resolve(dirname(path ?? '.'), secret.file);
  try {
    return readFileSync(place, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? '';
    throw cliError('ERR_INPUT_UNREADABLE', { path: place, why }, cause);
  }
}

async function oneTimeCode(context: CommandContext, name: string): Promise<string> {
  const given = context.environment['BHXH_OTP'];
  if (given !== undefined && given !== '') return given;
  const typed = await askSecret(`OTP (remote:${name}): `);
  if (typed === undefined) throw cliError('ERR_PIN_MISSING', { key: `remote:${name} (BHXH_OTP)` });
  return Buffer.from(typed).toString('utf8').trim();
}
