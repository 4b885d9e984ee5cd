import { buildDossier, checkDossier } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { sign } from '@bhxh/signing';
import { cliError } from '../cli-error.ts';
import { flagOption, listOption, textOption, type CommandContext } from '../command-context.ts';
import { dossierFromTables, findingLines, loadDossier } from '../dossier-file.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openSigner } from '../open-signer.ts';
import { writeWhole } from '../output-folder.ts';
import { overlayFor } from '../overlay.ts';
import { signingFailure } from '../signing-failure.ts';

const command = 'build declaration';

/** Checks a dossier and writes BHXHDienTu.xml, every form and the envelope signed when a key is named; with an error nothing is written. A draft may lack what it still needs, and is never signed. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const from = textOption(options, 'from');
  const out = textOption(options, 'out');
  if (from === undefined)
    throw cliError('ERR_OPTION_INVALID', {
      option: '--from',
      value: '',
      why: 'FILE.json | FILE.xlsx',
      command,
    });
  if (out === undefined)
    throw cliError('ERR_OPTION_INVALID', { option: '--out', value: '', why: 'FILE.xml', command });
  const isDraft = flagOption(options, 'draft');
  if (isDraft && textOption(options, 'key') !== undefined)
    throw cliError('ERR_OPTION_INVALID', { option: '--draft', value: '', why: '--key', command });
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const { file, problems } = await dossierFromTables(specifications, from, {
    tables: listOption(options, 'table'),
    mappings: listOption(options, 'mapping'),
    command,
  });
  for (const { path, row, column, code, message } of problems)
    streams.note(`${path}:${row}:${column}: ${code}: ${message[context.language]}\n`);
  if (problems.length > 0) return exitCodes.findings;
  const dossier = loadDossier(file, from);
  const { verdict, findings } = checkDossier(specifications, dossier, {
    now: context.now,
    isDraft,
  });
  const dryRun = flagOption(options, 'dryRun');
  const key = textOption(options, 'key');
  const isWritten = verdict === 'valid' && !dryRun;
  if (isWritten) {
    const signer =
      key === undefined
        ? undefined
        : await openSigner(context, key).catch((error: unknown) => Promise.reject(signingFailure(error)));
    try {
      const bytes = await buildDossier(specifications, dossier, async (document) =>
        signer === undefined
          ? document
          : sign(document, signer, { profile: 'declaration-xml', now: context.now }).catch((error: unknown) =>
              Promise.reject(signingFailure(error, out)),
            ),
      );
      writeWhole(out, bytes, flagOption(options, 'force'));
    } finally {
      await signer?.close();
    }
  }
  if (context.format === 'json') {
    const isSigned = isWritten && key !== undefined;
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-build-declaration/1', specs: { hash: specifications.hash }, verdict, out: isWritten ? out : null, signed: isSigned, findings })}\n`,
    );
  } else {
    streams.write(findingLines(context, findings, (id) => specifications.legal(id)?.number ?? id));
    streams.write(`${isWritten ? `${out} · ` : ''}${messages.words[verdict]}\n`);
  }
  return verdict === 'valid' ? exitCodes.done : exitCodes.findings;
}
