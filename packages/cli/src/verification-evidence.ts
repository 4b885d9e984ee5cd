import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { keepEvidence, type SignatureEvidence, type VerifyResult } from '@bhxh/signing';
import { cliError } from './cli-error.ts';
import { flagOption, textOption, type CommandContext } from './command-context.ts';
import { writeWhole } from './output-folder.ts';

/** Evidence of ten thousand signatures of one file would not be asked for; a long revocation list is. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Writes what the verdicts on a document rest on to `--evidence`: a file for one document, a folder for several. A document
 * whose trust was not checked leaves none, and that is said.
 */
export function storeEvidence(
  context: CommandContext,
  path: string,
  bytes: Uint8Array,
  results: readonly VerifyResult[],
): void {
  const place = textOption(context.options, 'evidence');
  if (place === undefined) return;
  for (const [index, result] of results.entries()) {
    const evidence = keepEvidence(bytes, result);
    if (evidence === undefined) {
      context.streams.note(`${path}: ${context.messages.words.noEvidence}\n`);
      continue;
    }
    const file = fileFor(context, place, path, results.length > 1 ? index + 1 : undefined);
    writeWhole(file, `${JSON.stringify(evidence)}\n`, flagOption(context.options, 'force'));
  }
}

/** The evidence of one document under `--from-evidence`; undefined when it was not asked for. Throws ERR_INPUT_UNREADABLE. */
export function storedEvidence(context: CommandContext, path: string): SignatureEvidence | undefined {
  const place = textOption(context.options, 'fromEvidence');
  if (place === undefined) return undefined;
  const file = isFolder(place) ? join(place, nameFor(path)) : place;
  try {
    if (statSync(file).size > mostBytes) throw new SyntaxError('size');
    const evidence: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isEvidence(evidence)) return evidence;
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'JSON';
    throw cliError('ERR_INPUT_UNREADABLE', { path: file, why }, cause);
  }
  throw cliError('ERR_INPUT_UNREADABLE', { path: file, why: 'bhxh-evidence/1' });
}

function isEvidence(value: unknown): value is SignatureEvidence {
  const { schema, documentSha256, checkedAt, ...lists } = (value ?? {}) as Partial<SignatureEvidence>;
  const areTexts = (list: unknown): boolean =>
    Array.isArray(list) && list.every((text) => typeof text === 'string');
  return (
    schema === 'bhxh-evidence/1' &&
    typeof documentSha256 === 'string' &&
    typeof checkedAt === 'string' &&
    [lists.certificates, lists.crls, lists.ocspResponses].every(areTexts)
  );
}

function fileFor(context: CommandContext, place: string, path: string, index: number | undefined): string {
  const single = context.arguments.length === 1 && isFile(context.arguments[0] ?? '');
  if (single && !isFolder(place) && index === undefined) return place;
  mkdirSync(place, { recursive: true });
  return join(place, nameFor(path, index));
}

const nameFor = (path: string, index?: number): string =>
  `${basename(path.split('!').at(-1) ?? path)}${index === undefined ? '' : `.${index}`}.evidence.json`;

const isFolder = (path: string): boolean =>
  /[/\\]$/.test(path) || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
