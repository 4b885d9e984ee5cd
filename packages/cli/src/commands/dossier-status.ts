import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DeclarationsClient, DossierStatus } from '@bhxh/sdk/declarations';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openChosenDeclarations } from '../open-declarations.ts';
import { writeWhole } from '../output-folder.ts';
import { textTable } from '../terminal/table.ts';

/** How often `--watch` asks, in milliseconds. */
const askEvery = 2_000;
const newest = 50;

/** Where dossiers stand: by maGiaoDich or số hồ sơ, or the newest of the unit. `--watch` waits for their end, `--out` keeps what came back. */
export async function showDossiers(context: CommandContext): Promise<ExitCode> {
  const { options, streams, signal } = context;
  const client = openChosenDeclarations(context);
  try {
    let dossiers = await readDossiers(client, context);
    const isOpen = (): boolean => dossiers.some(({ isFinal }) => isFinal !== true);
    while (flagOption(options, 'untilFinal') && isOpen() && !signal.aborted) {
      streams.note(`${dossiers.map(({ maGiaoDich, state }) => `${maGiaoDich} ${state}`).join(', ')}\n`);
      await pause(askEvery, signal);
      dossiers = await readDossiers(client, context);
    }
    const out = textOption(options, 'out');
    const written = out === undefined ? [] : await keepDocuments(client, context, dossiers, out);
    if (context.format === 'json')
      streams.write(`${JSON.stringify({ schema: 'bhxh-dossier-status/1', dossiers, written })}\n`);
    else show(context, dossiers, written);
    if (signal.aborted) return exitCodes.interrupted;
    return dossiers.some(({ state }) => state === 'refused' || state === 'rejected')
      ? exitCodes.rejected
      : exitCodes.done;
  } finally {
    await client.close();
  }
}

async function readDossiers(
  client: DeclarationsClient,
  { arguments: ids, signal }: CommandContext,
): Promise<readonly DossierStatus[]> {
  if (ids.length === 0) return (await client.findDossiers({ limit: newest }, signal)).dossiers;
  const found: DossierStatus[] = [];
  for (const id of ids)
    found.push(
      ...(id.includes('/')
        ? (await client.findDossiers({ soHoSo: id }, signal)).dossiers
        : [await client.readDossierStatus(id, signal)]),
    );
  return found;
}

/** Notices and results as signed XML, named by their ids. */
async function keepDocuments(
  client: DeclarationsClient,
  { options, signal }: CommandContext,
  dossiers: readonly DossierStatus[],
  out: string,
): Promise<readonly string[]> {
  mkdirSync(out, { recursive: true });
  const written: string[] = [];
  for (const { documents } of dossiers)
    for (const { id } of documents) {
      const path = join(out, `${id.replaceAll(/[^\w-]/g, '_')}.xml`);
      writeWhole(path, await client.readDocument(id, signal), flagOption(options, 'force'));
      written.push(path);
    }
  return written;
}

function show(
  { streams, messages, language }: CommandContext,
  dossiers: readonly DossierStatus[],
  written: readonly string[],
): void {
  const { words } = messages;
  streams.write(
    textTable(
      ['maGiaoDich', 'maThuTuc', 'kyKeKhai', 'soHoSo', words.state, words.due, words.findings],
      dossiers.map(({ maGiaoDich, procedure, period, soHoSo, state, label, dueOn, reasons }) => [
        maGiaoDich,
        procedure,
        period ?? '',
        soHoSo ?? '',
        label?.[language] ?? state,
        dueOn ?? '',
        reasons.map(({ code }) => code).join(', '),
      ]),
    ),
  );
  for (const { maGiaoDich, reasons, findings = [] } of dossiers) {
    for (const { code, label, at = '' } of reasons)
      streams.write(`${maGiaoDich} ${code} ${at}: ${label[language]}\n`);
    for (const { ruleId, path, message } of findings)
      streams.write(`${maGiaoDich} ${ruleId} ${path}: ${message[language]}\n`);
  }
  for (const path of written) streams.write(`${path}\n`);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
