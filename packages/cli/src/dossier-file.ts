import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Attachment, Dossier, DossierFinding, FormDocument, Values } from '@bhxh/sdk/declarations';
import { cliError } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';
import { quoted } from './read-inputs.ts';

/** A dossier as its JSON file holds it: attachments are named by `path`, from the file's folder. */
export interface DossierFile {
  readonly provider: Values;
  readonly unit: Values;
  readonly dossier: Values;
  readonly forms: readonly FormDocument[];
  readonly attachments: readonly {
    readonly path: string;
    readonly name?: string;
    readonly description?: string;
  }[];
}

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => typeof each === 'string');

const isForm = (value: unknown): value is FormDocument => {
  if (typeof value !== 'object' || value === null) return false;
  const { form, header, rows } = value as Partial<Record<keyof FormDocument, unknown>>;
  return (
    typeof form === 'string' &&
    isValues(header) &&
    Array.isArray(rows) &&
    rows.every((row: unknown) => {
      const { values, appendix } = (row ?? {}) as { readonly values?: unknown; readonly appendix?: unknown };
      return (
        isValues(values) && (appendix === undefined || (Array.isArray(appendix) && appendix.every(isValues)))
      );
    })
  );
};

/** Reads the JSON of a dossier. Throws ERR_INPUT_UNREADABLE with the member that is not of its shape. */
export function readDossierFile(path: string): DossierFile {
  const refuse = (why: string, cause?: unknown): Error =>
    cliError('ERR_INPUT_UNREADABLE', { path: quoted(path), why }, cause);
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw refuse((cause as NodeJS.ErrnoException).code ?? 'JSON', cause);
  }
  if (typeof document !== 'object' || document === null) throw refuse('JSON');
  const { provider, unit, dossier, forms = [], attachments = [] } = document;
  if (!isValues(provider)) throw refuse('provider');
  if (!isValues(unit)) throw refuse('unit');
  if (!isValues(dossier)) throw refuse('dossier');
  if (!Array.isArray(forms) || !forms.every(isForm)) throw refuse('forms');
  if (!Array.isArray(attachments) || !attachments.every((each) => isValues(each) && 'path' in each))
    throw refuse('attachments');
  return { provider, unit, dossier, forms, attachments: attachments as DossierFile['attachments'] };
}

const mostAttachmentBytes = 100 * 1024 * 1024;

/** The dossier with the bytes of its attachments. Throws ERR_INPUT_UNREADABLE. */
export function loadDossier(file: DossierFile, path: string): Dossier {
  const attachments = file.attachments.map((each): Attachment => {
    const place = resolve(dirname(path), each.path);
    try {
      const status = statSync(place);
      if (!status.isFile() || status.size > mostAttachmentBytes)
        throw cliError('ERR_INPUT_UNREADABLE', { path: quoted(place), why: String(status.size) });
      const name = each.name ?? each.path.replace(/^.*[/\\]/, '');
      return {
        name,
        ...(each.description === undefined ? {} : { description: each.description }),
        bytes: readFileSync(place),
      };
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === undefined || code.startsWith('ERR_')) throw cause;
      throw cliError('ERR_INPUT_UNREADABLE', { path: quoted(place), why: code }, cause);
    }
  });
  return { provider: file.provider, unit: file.unit, dossier: file.dossier, forms: file.forms, attachments };
}

/** One line for each finding, with its legal text. */
export function findingLines(
  { messages, language }: CommandContext,
  findings: readonly DossierFinding[],
  numberOf: (legal: string) => string,
): string {
  return findings
    .map(({ ruleId, severity, path, message, legal }) => {
      const texts = legal.map(({ text, at }) =>
        [numberOf(text), at].filter((part) => part !== '').join(', '),
      );
      return `${messages.words[severity]} ${ruleId} ${path}: ${message[language]} [${texts.join('; ')}]\n`;
    })
    .join('');
}
