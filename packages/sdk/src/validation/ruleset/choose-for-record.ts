import { BhxhError } from '../../errors/bhxh-error.ts';
import type { DocumentKind } from '../../documents/kinds.ts';
import type { Specifications } from '../../specifications/specifications.ts';
import type { LegalPlace, Ruleset } from '../../specifications/types.ts';
import { isoDateOfMinute, parseMinute } from '../rows/calendar.ts';
import type { RecordPart } from './compiled-ruleset.ts';

/** Which standard judges a record, by which date, and why. */
export interface RecordRuleset {
  readonly ruleset: Ruleset;
  /** `yyyy-MM-dd`. */
  readonly date: string;
  readonly reason: { readonly code: string; readonly values: Readonly<Record<string, string>> };
  readonly legal: readonly LegalPlace[];
}

/** What the caller asked for instead of the document's own date. */
export interface RulesetWishes {
  readonly on?: string | undefined;
  readonly rulesetId?: string | undefined;
}

const KEPT_CHOICES = 512;

/**
 * The date in a field, found by its tag and not by parsing: quick, but a comment could hold the same tag, so whoever
 * uses it confirms it once the table is read.
 */
export function peekDate(bytes: Buffer, field: string): string | null {
  const tag = `<${field}>`;
  const at = bytes.indexOf(tag, 0, 'latin1');
  if (at < 0) return null;
  const start = at + tag.length;
  let end = start;
  while (end < start + 14 && bytes[end]! >= 0x30 && bytes[end]! <= 0x39) end += 1;
  const minute = parseMinute(bytes, start, end);
  return Number.isNaN(minute) ? null : isoDateOfMinute(minute);
}

/** Names of the elements of a table, found by their tags: standards with the same tables differ in them. */
function fieldNames(parts: readonly RecordPart[], table: string): string {
  const bytes = parts.find(({ type }) => type === table)?.bytes;
  if (bytes === null || bytes === undefined) return '';
  const names = new Set<string>();
  for (const [, name] of bytes.toString('latin1').matchAll(/<([A-Z][A-Z0-9_]{1,40})[ />]/gu))
    names.add(name!);
  return [...names].join(' ');
}

/** Chooses the standard of each record by the record's own date. */
export class RulesetChooser {
  readonly #specifications: Specifications;
  readonly #wishes: RulesetWishes;
  readonly #choices: Map<string, RecordRuleset> = new Map();
  #stretches: readonly { readonly from: string; readonly to: string }[] | null = null;

  constructor(specifications: Specifications, wishes: RulesetWishes) {
    this.#specifications = specifications;
    this.#wishes = wishes;
  }

  /** The date that decides: the one asked for, the record's own, or the fallback. */
  decidingDate(ownDate: string | null, fallback: string): string {
    return this.#wishes.on ?? ownDate ?? fallback;
  }

  /** True when the record's own date has no say. */
  get isDateGiven(): boolean {
    return this.#wishes.on !== undefined;
  }

  /** Throws `ERR_NO_RULESET_FOR_DATE`. */
  choose(
    kind: DocumentKind,
    ownDate: string | null,
    fallback: string,
    parts: readonly RecordPart[],
  ): RecordRuleset {
    const date = this.decidingDate(ownDate, fallback);
    if (kind.family !== 'claims') return this.#undated(kind, date);
    const isFallback = ownDate === null && !this.isDateGiven;
    const fields = this.#hasAlternatives(date) ? fieldNames(parts, 'XML1') : '';
    const key = `${date} ${isFallback} ${parts.map(({ type }) => type).join(' ')} ${fields}`;
    let choice = this.#choices.get(key);
    if (choice === undefined) {
      if (this.#choices.size >= KEPT_CHOICES) this.#choices.clear();
      choice = this.#chooseClaims(date, isFallback, parts, fields);
      this.#choices.set(key, choice);
    }
    return choice;
  }

  /** Whether other standards are accepted on the date when the tables are theirs. */
  #hasAlternatives(date: string): boolean {
    this.#stretches ??= this.#specifications.timeline().flatMap(({ alternatives = [] }) => alternatives);
    return this.#stretches.some(({ from, to }) => from <= date && date <= to);
  }

  #chooseClaims(
    date: string,
    isFallback: boolean,
    parts: readonly RecordPart[],
    fields: string,
  ): RecordRuleset {
    const { rulesetId } = this.#wishes;
    const { ruleset, reason, legal } = this.#specifications.chooseRuleset({
      decidingDate: date,
      tablesPresent: [...new Set(parts.map(({ type }) => type))],
      ...(fields === '' ? {} : { fieldsPresent: { XML1: fields.split(' ') } }),
      ...(rulesetId === undefined ? {} : { override: rulesetId }),
    });
    if (!isFallback || rulesetId !== undefined) return { ruleset, date, reason, legal };
    return { ruleset, date, reason: { code: 'RULESET_BY_FALLBACK_DATE', values: reason.values }, legal };
  }

  /** Certificates and catalogues have one published layout each and no numbered rules. */
  #undated(kind: DocumentKind, date: string): RecordRuleset {
    const tables =
      kind.family === 'certificates'
        ? this.#specifications.certificates()
        : this.#specifications.catalogues();
    let choice = this.#choices.get(kind.family);
    if (choice === undefined) {
      const ruleset: Ruleset = {
        id: kind.family,
        family: 'claims',
        title: { vi: kind.id, en: kind.id },
        legal: [],
        status: 'in-force',
        hash: this.#specifications.hash,
        tables,
        rules: [],
      };
      choice = { ruleset, date, reason: { code: 'RULESET_OF_KIND', values: { kind: kind.id } }, legal: [] };
      this.#choices.set(kind.family, choice);
    }
    return { ...choice, date };
  }
}

/** True for the error that says no standard is in force on a date. */
export function isNoRuleset(error: unknown): error is BhxhError {
  return error instanceof BhxhError && error.code === 'ERR_NO_RULESET_FOR_DATE';
}
