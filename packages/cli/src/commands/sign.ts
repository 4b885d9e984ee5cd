import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sign } from '@bhxh/signing';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openSigner } from '../open-signer.ts';
import { openOutputFolder, writeWhole } from '../output-folder.ts';
import { readInputs, readWhole, type InputCount } from '../read-inputs.ts';
import { signingFailure } from '../signing-failure.ts';
import { twoPhase } from './sign-two-phase.ts';
import { profileOption } from '../signature-profile.ts';
import { startProgress } from '../terminal/progress.ts';

/** Signs documents with one login; every output is verified before it is written, and nothing is overwritten without `--force`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const phase = twoPhase(context);
  if (phase !== undefined) return phase();
  if (context.arguments.length === 0)
    throw cliError('ERR_OPTION_INVALID', { option: 'paths', value: '', why: 'FILE, DIR', command: 'sign' });
  const key = textOption(options, 'key');
  const out = textOption(options, 'out');
  if (key === undefined)
    throw cliError('ERR_OPTION_INVALID', {
      option: '--key',
      value: '',
      why: 'file:x.p12, file:key.pem, pkcs11:…',
      command: 'sign',
    });
  if (out === undefined)
    throw cliError('ERR_OPTION_INVALID', { option: '--out', value: '', why: 'FILE, DIR', command: 'sign' });
  const force = flagOption(options, 'force');
  const dryRun = flagOption(options, 'dryRun');
  const profile = profileOption(options, 'sign');

  const count: InputCount = { usable: 0, skipped: [] };
  const single = context.arguments.length === 1 && isOneFile(context.arguments[0] ?? '') && !isFolder(out);
  if (!single && !dryRun) openOutputFolder(out, true);
  const taken = new Set<string>();
  const items: { path: string; out: string; signer: string }[] = [];
  const signer = dryRun
    ? undefined
    : await openSigner(context, key).catch((error: unknown) => Promise.reject(signingFailure(error)));
  const progress = startProgress({
    streams,
    label: 'sign',
    unit: messages.words.files,
    clock: context.elapsed,
  });
  try {
    for await (const file of readInputs(context, context.arguments, count)) {
      const target = single ? out : join(out, basename(file.path.split('!').at(-1) ?? file.path));
      if (taken.has(target)) throw cliError('ERR_OUTPUT_EXISTS', { path: target });
      taken.add(target);
      if (!force && existsSync(target)) throw cliError('ERR_OUTPUT_EXISTS', { path: target });
      if (signer !== undefined) {
        const signed = await sign(await readWhole(file), signer, {
          profile,
          now: context.now,
          signal: context.signal,
        }).catch((error: unknown) => Promise.reject(signingFailure(error, file.path)));
        writeWhole(target, signed, force);
      }
      items.push({ path: file.path, out: target, signer: signer?.label ?? key.replace(/\?.*$/, '') });
      progress.update(items.length);
    }
  } finally {
    progress.finish();
    await signer?.close();
  }
  if (context.format === 'json')
    streams.write(`${JSON.stringify({ schema: 'bhxh-sign/1', dryRun, profile: profile.id, items })}\n`);
  else {
    for (const item of items) streams.write(`${item.path} → ${item.out}\n`);
    streams.write(`${items.length} ${messages.words.files} · ${profile.id} · ${items[0]?.signer ?? ''}\n`);
  }
  if (!dryRun) streams.note(`${messages.words.hint}: bhxh verify ${out}\n`);
  return exitCodes.done;
}

function isOneFile(path: string): boolean {
  return (
    path === '-' || (statSync(path, { throwIfNoEntry: false })?.isFile() === true && !/\.zip$/i.test(path))
  );
}

function isFolder(path: string): boolean {
  return /[/\\]$/.test(path) || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
