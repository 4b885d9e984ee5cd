import { accessSync, constants, mkdirSync } from 'node:fs';
import { BhxhError } from '@bhxh/sdk/errors';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { stateFolder } from '@bhxh/sdk/submission';
import type { TokenDescription } from '@bhxh/signing/signers/pkcs11';
import { chosenAccount, textOption, type CommandContext } from '../command-context.ts';
import { exitCodeOf, exitCodes, mostSerious, type ExitCode } from '../exit-codes.ts';
import { openClient, resolveSender } from '../open-client.ts';
import { openSigner } from '../open-signer.ts';
import { findTokens } from '../find-tokens.ts';
import type { TokenWords } from '../messages/token-words.ts';
import { signingFailure } from '../signing-failure.ts';
import { daysLeft, shownIds, shownValidity } from '../token-view.ts';

interface Result {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'error';
  readonly detail: string;
  readonly exit: ExitCode;
}

/** Looks at everything a run will need and says what is missing and how to get it. Nothing is changed or sent but one login. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const results = [
    node(context),
    specifications(context),
    configuration(context),
    state(context),
    await pkcs11(context),
    ...(await tokens(context)),
    ...(await key(context)),
    ...(await remotes(context)),
    await gateway(context),
  ];
  if (context.format === 'json') {
    const checks = results.map(({ check, status, detail }) => ({ check, status, detail }));
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-doctor/1', checks })}\n`);
  } else {
    const marks = { ok: '✓', warning: '!', error: '✗' } as const;
    for (const { check, status, detail } of results)
      context.streams.write(`${marks[status]} ${check}: ${detail}\n`);
  }
  return mostSerious(results.filter(({ status }) => status === 'error').map(({ exit }) => exit));
}

const ok = (check: string, detail: string): Result => ({ check, status: 'ok', detail, exit: exitCodes.done });
const warning = (check: string, detail: string): Result => ({
  check,
  status: 'warning',
  detail,
  exit: exitCodes.done,
});
const failure = (check: string, detail: string, exit: ExitCode): Result => ({
  check,
  status: 'error',
  detail,
  exit,
});

function node({ messages }: CommandContext): Result {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  const detail = `${process.version} ${process.platform}-${process.arch}`;
  return good
    ? ok(messages.doctor.node, detail)
    : failure(messages.doctor.node, `${detail}: ${messages.doctor.nodeOld}`, exitCodes.usage);
}

function specifications({ messages, language }: CommandContext): Result {
  try {
    const specs = openSpecifications();
    const rulesets = specs.timeline().map(({ ruleset }) => specs.ruleset(ruleset).id);
    return ok(messages.doctor.specs, `${specs.version} ${specs.hash.slice(0, 16)} (${rulesets.join(', ')})`);
  } catch (error) {
    return failed(messages.doctor.specs, error, language);
  }
}

function configuration(context: CommandContext): Result {
  const { doctor } = context.messages;
  const { path, accounts } = context.configuration;
  if (path === null) return warning(doctor.configuration, doctor.configurationNone);
  return ok(doctor.configuration, `${path} (${accounts.map(({ name }) => name).join(', ')})`);
}

function state({ messages, environment, language }: CommandContext): Result {
  const { doctor } = messages;
  try {
    const folder = stateFolder(environment);
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return ok(doctor.state, folder);
    } catch {
      return failure(doctor.state, `${folder} ${doctor.stateUnwritable}`, exitCodes.usage);
    }
  } catch (error) {
    return failed(doctor.state, error, language);
  }
}

async function pkcs11({ messages }: CommandContext): Promise<Result> {
  const { loaderStates } = await import('@bhxh/signing/signers/pkcs11');
  const states = loaderStates();
  const usable = states.filter((state) => state.usable).map(({ loader }) => loader);
  return usable.length > 0
    ? ok(messages.doctor.pkcs11, usable.join(', '))
    : warning(messages.doctor.pkcs11, states.map(({ command }) => command ?? '').join(' | '));
}

/** What is plugged in, as far as it shows itself without login; a certificate near its end is a warning. */
async function tokens(context: CommandContext): Promise<readonly Result[]> {
  const { token: words } = context.messages;
  const now = context.now();
  try {
    const { paths, modules, failed: unusable } = await findTokens(context);
    if (paths.length === 0) return [warning('Token', words.noDriver)];
    const found = modules.flatMap((module) => module.tokens.map((token) => ({ module, token })));
    const broken = unusable.map(({ module, error }) => warning('Token', `${module}: ${error.code}`));
    if (found.length === 0) return [...broken, warning('Token', words.none)];
    return [...broken, ...found.map(({ token }) => tokenResult(token, words, now))];
  } catch (error) {
    return [failed('Token', error, context.language)];
  }
}

/** Days before the end of a certificate at which to order the next. */
const renewalDays = 30;

function tokenResult(token: TokenDescription, words: TokenWords, now: Date): Result {
  const shown = token.certificates.map(
    (certificate) => `${shownIds(certificate)} · ${shownValidity(certificate, now, words)}`,
  );
  const detail = [
    token.label,
    ...(shown.length === 0 ? [words.noCertificate] : shown),
    `PIN ${words.pin[token.pinState]}`,
    `${words.slot} ${token.slotId}`,
    token.module,
  ].join(' · ');
  const isEnding = token.certificates.some((certificate) => daysLeft(certificate, now) < renewalDays);
  return isEnding || token.pinState !== 'ok' ? warning('Token', detail) : ok('Token', detail);
}

async function key(context: CommandContext): Promise<readonly Result[]> {
  const ref = textOption(context.options, 'key') ?? chosenAccount(context)?.key;
  return ref === undefined ? [] : [await openedKey(context, ref)];
}

async function openedKey(context: CommandContext, ref: string): Promise<Result> {
  const { doctor } = context.messages;
  try {
    const signer = await openSigner(context, ref);
    const { subject, validTo } = signer.certificate;
    await signer.close();
    return ok(doctor.key, `${signer.label} · ${subject.replaceAll('\n', ', ')} · ${validTo}`);
  } catch (error) {
    return failed(
      `${doctor.key} ${ref.replace(/\?.*$/, '')} ${doctor.keyFails}`,
      signingFailure(error),
      context.language,
    );
  }
}

/** Asks each service of the configuration for its certificate; nothing is signed and nobody's phone rings. */
async function remotes(context: CommandContext): Promise<readonly Result[]> {
  const named = textOption(context.options, 'key') ?? chosenAccount(context)?.key;
  const others = context.configuration.remotes.filter(({ name }) => `remote:${name}` !== named);
  return Promise.all(others.map(({ name }) => openedKey(context, `remote:${name}`)));
}

async function gateway(context: CommandContext): Promise<Result> {
  const { doctor } = context.messages;
  const account = chosenAccount(context);
  if (account === undefined && textOption(context.options, 'url') === undefined)
    return warning(doctor.gateway, doctor.gatewayNone);
  try {
    const sender = resolveSender(context);
    const client = openClient(context, sender);
    try {
      const { expiresAt } = await client.login();
      return ok(
        doctor.gateway,
        `${client.environment.origin} ${sender.username} → ${expiresAt.toISOString()}`,
      );
    } finally {
      await client.close();
    }
  } catch (error) {
    return failed(doctor.gateway, error, context.language);
  }
}

function failed(check: string, error: unknown, language: 'vi' | 'en'): Result {
  if (!(error instanceof BhxhError)) throw error;
  const hint = error.hint === undefined ? '' : ` → ${error.hint[language]}`;
  return failure(check, `${error.sentences[language]}${hint}`, exitCodeOf(error.category));
}
