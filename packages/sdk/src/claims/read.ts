import { XmlError, XmlScanner, type ScanHandler, type TextKind } from '@bhxh/xml';
import { ContentArena } from '../documents/content-arena.ts';
import { EnvelopeReader, type EnvelopePart } from '../documents/envelope-reader.ts';
import { kindById } from '../documents/kinds.ts';
import { BhxhError } from '../errors/bhxh-error.ts';
import { claimSentence } from '../messages/claims/index.ts';
import type { Ruleset, Specifications, TableSpec } from '../specifications/index.ts';
import { LineCounter } from '../validation/rows/line-column.ts';
import { scanTable, type LayoutReport } from '../validation/rows/scan-table.ts';
import { TableRows } from '../validation/rows/table-rows.ts';
import { peekDate, RulesetChooser } from '../validation/ruleset/choose-for-record.ts';
import { planTable, type TablePlan } from '../validation/ruleset/table-plan.ts';
import type { TableRow } from './types.ts';

/** One claim (HOSO) of a file. */
export interface ReadClaim {
  /** From 0 within the file. */
  readonly index: number;
  /** The standard the claim was read by: that of its NGAY_RA, or the one asked for. */
  readonly ruleset: Ruleset;
  /** Rows by LOAIHOSO; a field that is absent or empty is `''`. */
  readonly tables: Readonly<Record<string, readonly TableRow[]>>;
}

export interface ReadClaimFileOptions {
  readonly specifications: Specifications;
  /** Read by this standard, whatever the date. */
  readonly rulesetId?: string;
}

function unreadable(
  sentence: 'ERR_CLAIM_FILE_XML' | 'ERR_CLAIM_FILE_KIND' | 'ERR_CLAIM_FILE_TABLE',
  values: Readonly<Record<string, string>> = {},
  cause?: unknown,
): BhxhError {
  return new BhxhError({
    code: 'ERR_CLAIM_FILE_UNREADABLE',
    category: 'input',
    retry: 'never',
    message: claimSentence(sentence, values),
    hint: claimSentence('ERR_CLAIM_FILE_HINT'),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What a table shows beyond its layout is the validation's business; the fields it has are read all the same. */
const passOver: LayoutReport = {
  unexpectedElement: () => {},
  unknownField: () => {},
  fieldOrder: () => {},
  repeatedField: () => {},
  strayText: () => {},
};

const plans = new WeakMap<TableSpec, TablePlan>();

function planOf(table: TableSpec): TablePlan {
  const known = plans.get(table);
  if (known !== undefined) return known;
  const made = planTable(table);
  plans.set(table, made);
  return made;
}

function rowsOf(table: TableSpec, bytes: Buffer): readonly TableRow[] {
  const rows = new TableRows(table);
  scanTable({ bytes, lines: new LineCounter(bytes) }, planOf(table), rows, passOver, {
    limits: {},
    beside: null,
  });
  return rows.rows.map((row) =>
    Object.fromEntries(table.fields.map(({ code }, field) => [code, row.text(field)])),
  );
}

/** `yyyyMMdd` as specifications write dates. */
function isoDay(day: string): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`;
}

/** Refuses another root before the envelope is read. */
class ClaimFileHandler implements ScanHandler {
  readonly #envelope: EnvelopeReader;

  constructor(envelope: EnvelopeReader) {
    this.#envelope = envelope;
  }

  startElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    if (scanner.depth === 1) {
      const name = Buffer.from(scanner.bytes).toString(
        'utf8',
        nameStart - scanner.base,
        nameEnd - scanner.base,
      );
      if (name !== 'GIAMDINHHS') throw unreadable('ERR_CLAIM_FILE_KIND');
    }
    this.#envelope.startElement(scanner, nameStart, nameEnd, tagStart, tagEnd);
  }

  text(scanner: XmlScanner, start: number, end: number, kind: TextKind): void {
    this.#envelope.text(scanner, start, end, kind);
  }

  endElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    this.#envelope.endElement(scanner, nameStart, nameEnd, tagStart, tagEnd);
  }
}

/**
 * The claims of a file, one after the other, in the memory of one claim. Tables packed as base64 and as plain XML are
 * both read; empty ones and those the standard does not have are left out. This reads, it does not judge: validate what
 * comes from elsewhere first.
 *
 * @throws BhxhError ERR_CLAIM_FILE_UNREADABLE when the file is not well-formed XML, not a claim file, or a table cannot
 * be decoded; ERR_NO_RULESET_FOR_DATE.
 */
export async function* readClaimFile(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options: ReadClaimFileOptions,
): AsyncGenerator<ReadClaim, void, void> {
  const { specifications } = options;
  const kind = kindById('GIAMDINHHS');
  if (kind === undefined) throw new RangeError('the registry of document kinds has no GIAMDINHHS');
  const chooser = new RulesetChooser(specifications, { rulesetId: options.rulesetId });
  const ready: ReadClaim[] = [];
  let parts: EnvelopePart[] = [];
  let index = 0;

  const finishClaim = (): void => {
    const broken = parts.find(({ problem }) => problem !== null);
    if (broken !== undefined) throw unreadable('ERR_CLAIM_FILE_TABLE', { table: broken.type });
    const own = parts.find(({ type }) => type === kind.dateField?.table)?.bytes ?? null;
    const date = own === null || kind.dateField === null ? null : peekDate(own, kind.dateField.field);
    const { ruleset } = chooser.choose(kind, date, isoDay(envelope.header.NGAYLAP ?? ''), parts);
    const tables: Record<string, TableRow[]> = {};
    for (const { type, bytes } of parts) {
      const table = Object.hasOwn(ruleset.tables, type) ? ruleset.tables[type] : undefined;
      if (table !== undefined && bytes !== null) (tables[type] ??= []).push(...rowsOf(table, bytes));
    }
    ready.push({ index, ruleset, tables });
    index += 1;
    parts = [];
  };

  const ignore = (): void => {};
  const envelope = new EnvelopeReader(
    kind,
    {
      part: (part) => parts.push(part),
      recordEnd: finishClaim,
      unexpectedElement: ignore,
      elementOrder: ignore,
      missingElement: ignore,
    },
    new ContentArena(),
    specifications.limits.batch.episodeBytes,
  );
  const scanner = new XmlScanner(new ClaimFileHandler(envelope));
  try {
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
      scanner.write(chunk);
      yield* ready.splice(0);
    }
    scanner.end();
  } catch (error) {
    if (error instanceof XmlError)
      throw unreadable(
        'ERR_CLAIM_FILE_XML',
        { line: String(error.position.line), column: String(error.position.column) },
        error,
      );
    throw error;
  }
  yield* ready.splice(0);
}
