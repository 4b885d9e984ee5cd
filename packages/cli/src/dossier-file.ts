import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  declarationSpecs,
  formHeader,
  ownMapping,
  readFormTable,
  readTemplate,
  type Attachment,
  type Dossier,
  type DossierFinding,
  type FormDocument,
  type TableMapping,
  type TableProblem,
  type Values,
} from '@bhxh/sdk/declarations';
import type { Specifications } from '@bhxh/sdk/specifications';
import { parse } from 'yaml';
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

/** A problem of a table with the file it stands in. */
export type FileProblem = TableProblem & { readonly path: string };

export interface TableChoice {
  /** `FORM=FILE` for our own columns, or a file beside its mapping of the same place in `mappings`. */
  readonly tables: readonly string[];
  readonly mappings: readonly string[];
  readonly command: string;
}

/**
 * The dossier of a JSON file or of our own XLSX template, its forms completed or replaced by tables: with a mapping each,
 * or with our own headings. Throws ERR_INPUT_UNREADABLE, ERR_OPTION_INVALID.
 */
export async function dossierFromTables(
  specifications: Specifications,
  from: string,
  { tables, mappings, command }: TableChoice,
): Promise<{ readonly file: DossierFile; readonly problems: readonly FileProblem[] }> {
  const problems: FileProblem[] = [];
  let file: DossierFile;
  if (/\.xlsx$/i.test(from)) {
    const template = await readTemplate(specifications, from);
    const { provider, unit, dossier } = template;
    problems.push(...template.problems.map((problem) => ({ ...problem, path: from })));
    file = { provider, unit, dossier, forms: template.forms, attachments: [] };
  } else file = readDossierFile(from);
  const forms = new Map(file.forms.map((form) => [form.form, form]));
  for (const [index, table] of tables.entries()) {
    const mappingFile = mappings[index];
    const [, ownForm, ownPath] = /^([A-Za-z0-9_-]+)=(.+)$/.exec(table) ?? [];
    if (mappingFile === undefined && (ownForm === undefined || ownPath === undefined))
      throw cliError('ERR_OPTION_INVALID', {
        option: '--table',
        value: table,
        why: 'FORM=FILE | FILE --mapping MAP.yaml',
        command,
      });
    const path = mappingFile === undefined ? (ownPath ?? '') : table;
    const mapping =
      mappingFile === undefined
        ? await ownMapping(specifications, path, ownForm ?? '')
        : readMapping(mappingFile);
    const read = await readFormTable(specifications, path, mapping);
    problems.push(...read.problems.map((problem) => ({ ...problem, path })));
    const spec = declarationSpecs(specifications).form(read.form);
    const header = { ...formHeader(spec, file.unit, file.dossier), ...forms.get(read.form)?.header };
    forms.set(read.form, { form: read.form, header, rows: read.rows });
  }
  return { file: { ...file, forms: [...forms.values()] }, problems };
}

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => typeof each === 'string');

/** A mapping as YAML or JSON. Throws ERR_INPUT_UNREADABLE with the member that is not of its shape. */
function readMapping(path: string): TableMapping {
  const refuse = (why: string, cause?: unknown): Error =>
    cliError('ERR_INPUT_UNREADABLE', { path: quoted(path), why }, cause);
  let mapping: Record<string, unknown>;
  try {
    mapping = parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw refuse((cause as NodeJS.ErrnoException).code ?? 'YAML', cause);
  }
  if (typeof mapping !== 'object' || mapping === null) throw refuse('YAML');
  const { form, channel, sheet, headingRow, firstRow, columns, constants, decimal, ...rest } = mapping;
  const [stray] = Object.keys(rest);
  if (stray !== undefined) throw refuse(stray);
  const isCount = (value: unknown): boolean =>
    value === undefined || (Number.isInteger(value) && Number(value) >= 1);
  if (typeof form !== 'string') throw refuse('form');
  if (!isTexts(columns)) throw refuse('columns');
  if (constants !== undefined && !isTexts(constants)) throw refuse('constants');
  if (channel !== undefined && typeof channel !== 'string') throw refuse('channel');
  if (sheet !== undefined && typeof sheet !== 'string' && typeof sheet !== 'number') throw refuse('sheet');
  if (!isCount(headingRow)) throw refuse('headingRow');
  if (!isCount(firstRow)) throw refuse('firstRow');
  if (decimal !== undefined && decimal !== '.' && decimal !== ',') throw refuse('decimal');
  return mapping as unknown as TableMapping;
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
