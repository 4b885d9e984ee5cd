import type { DocumentKind } from '../documents/kinds.ts';
import type { BhxhError } from '../errors/bhxh-error.ts';
import type { Finding } from './finding.ts';
import type { ValidationSetup } from './validation-setup.ts';
import type { PreviewReport, RulesetUse } from './report/file-report.ts';
import { FindingCollector } from './report/finding-collector.ts';
import { ownGround, publicValue, RecordFindings } from './report/record-findings.ts';
import { isoDateOfMinute, vietnameseDate, vietnameseMinute } from './rows/calendar.ts';
import type { Episode } from './rows/row.ts';
import { RowView } from './rows/table-rows.ts';
import { isNoRuleset, peekDate, type RecordRuleset } from './ruleset/choose-for-record.ts';
import type { CompiledRuleset, RecordInput, RecordPart } from './ruleset/compiled-ruleset.ts';
import { reservedFields } from './steps/synthetic-identifiers.ts';

/** How far the clocks of a hospital and of this machine may differ, in milliseconds. */
const CLOCK_LEEWAY = 10 * 60_000;

/** What judges the records of one file: chooses each record's standard and runs it. */
export class RecordValidation {
  /** Records judged so far. */
  count = 0;
  /** The standard that judged last; header findings rest on its rules. */
  last: CompiledRuleset | null = null;
  readonly #setup: ValidationSetup;
  readonly #findings: RecordFindings;
  readonly #uses: Map<string, RulesetUse> = new Map();
  readonly #begun: Set<CompiledRuleset> = new Set();
  readonly #previewAdded: Finding[] = [];
  readonly #previewRemoved: Finding[] = [];
  #previewId: string | undefined;
  /** Now in Vietnam, yyyyMMddHHmm, with the leeway that clocks need. */
  readonly #latest: number;
  readonly #reserved: ReadonlySet<string> | null;

  constructor(setup: ValidationSetup, findings: RecordFindings) {
    this.#setup = setup;
    this.#findings = findings;
    const { specifications } = setup;
    this.#latest = vietnameseMinute(new Date(setup.now().getTime() + CLOCK_LEEWAY));
    this.#reserved =
      specifications.overlay === 'synthetic'
        ? null
        : new Set(specifications.reserved.provinces.map(({ code }) => code));
  }

  /**
   * Judges one record. `ownDate` is the date of the envelope for records that have none of their own; `then` is told the
   * episode after its rules, while its rows are there.
   */
  judge(
    kind: DocumentKind,
    parts: readonly RecordPart[],
    envelopeDate: string | null,
    then: (episode: Episode, compiled: CompiledRuleset) => void = () => {},
  ): void {
    const index = this.count;
    this.count += 1;
    const findings = this.#findings;
    findings.record = { index, key: null, department: null };
    findings.ruleset = null;
    const fallback = envelopeDate ?? vietnameseDate(this.#setup.now());
    const undo = findings.collector.mark();
    let ownDate = this.#peek(kind, parts);
    try {
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const choice = this.#setup.chooser.choose(kind, ownDate, fallback, parts);
        const compiled = this.#begin(this.#setup.compiled.get(choice.ruleset));
        findings.ruleset = choice.ruleset.id;
        const input: RecordInput = {
          index,
          parts,
          decidingDate: choice.date,
          beside: kind.layout === 'envelope' ? null : kind.signatureIn,
        };
        let readDate: string | null = null;
        const isRight = (episode: Episode): boolean => {
          readDate = this.#dateOf(kind, episode);
          return attempt > 0 || this.#setup.chooser.isDateGiven || readDate === ownDate;
        };
        const wasRight = compiled.judge(input, findings, (episode) => {
          if (!isRight(episode)) return false;
          then(episode, compiled);
          this.#refuseReserved(episode, findings);
          this.#refuseFuture(kind, episode, findings);
          return true;
        });
        if (wasRight) {
          this.last = compiled;
          this.#use(choice);
          findings.collector.decide('ruleset', 'valid');
          if (this.#setup.previews !== null) this.#preview(input, index, findings);
          return;
        }
        undo();
        ownDate = readDate;
      }
    } catch (error) {
      if (isNoRuleset(error)) this.#noRuleset(error, kind, ownDate ?? fallback);
      else throw error;
    }
  }

  #begin(compiled: CompiledRuleset): CompiledRuleset {
    if (!this.#begun.has(compiled)) {
      compiled.restart();
      this.#begun.add(compiled);
    }
    return compiled;
  }

  #peek(kind: DocumentKind, parts: readonly RecordPart[]): string | null {
    const { dateField } = kind;
    if (dateField === null) return null;
    const bytes = parts.find(({ type }) => type === dateField.table)?.bytes;
    return bytes === null || bytes === undefined ? null : peekDate(bytes, dateField.field);
  }

  #dateOf(kind: DocumentKind, episode: Episode): string | null {
    const { dateField } = kind;
    const row = dateField === null ? undefined : episode.rows(dateField.table)[0];
    if (row === undefined || dateField === null) return null;
    const minute = row.minute(row.table.fields.findIndex(({ code }) => code === dateField.field));
    return minute === undefined ? null : isoDateOfMinute(minute);
  }

  #use(choice: RecordRuleset): void {
    const { ruleset, date, reason, legal } = choice;
    const key = `${ruleset.id} ${reason.code}`;
    const known = this.#uses.get(key);
    this.#uses.set(
      key,
      known === undefined
        ? { id: ruleset.id, date, reason, legal, records: 1 }
        : { ...known, records: known.records + 1 },
    );
  }

  #noRuleset(error: BhxhError, kind: DocumentKind, date: string): void {
    const { collector } = this.#findings;
    collector.decide('ruleset', 'undetermined');
    collector.keep({
      ruleId: 'NO_RULESET_FOR_DATE',
      code: 'NO_RULESET_FOR_DATE',
      severity: 'error',
      origin: 'legal',
      ruleset: null,
      location: {
        file: this.#findings.file,
        record: this.#findings.record,
        path: kind.dateField?.field ?? kind.root,
        line: null,
        column: null,
      },
      values: [publicValue('date', date)],
      legal: [],
      message: error.sentences,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }

  /** A stay that ends, or a visit that begins, after now cannot have been recorded yet. */
  #refuseFuture({ dateField }: DocumentKind, episode: Episode, findings: RecordFindings): void {
    const row = dateField === null ? undefined : episode.rows(dateField.table)[0];
    if (dateField === null || !(row instanceof RowView)) return;
    for (const column of new Set([dateField.field, 'NGAY_VAO'])) {
      const field = row.table.fields.findIndex(({ code }) => code === column);
      const minute = row.minute(field);
      if (minute === undefined || minute <= this.#latest) continue;
      findings.addAtField('fields', ownGround('DATE_FUTURE'), 'DATE_FUTURE', row, field, [
        publicValue('field', column),
        publicValue('value', row.text(field)),
        publicValue('now', String(this.#latest)),
      ]);
      return;
    }
  }

  /** Outside the sample environments, sample identifiers have no place in a document. */
  #refuseReserved(episode: Episode, findings: RecordFindings): void {
    if (this.#reserved === null) return;
    const table = episode.present[0] === undefined ? '' : (episode.summary?.table.code ?? episode.present[0]);
    const row = episode.rows(table)[0];
    if (!(row instanceof RowView)) return;
    for (const field of reservedFields(row, { provinces: this.#reserved })) {
      const spec = row.table.fields[field]!;
      findings.addAtField('code-lists', ownGround('IDENTIFIER_RESERVED'), 'IDENTIFIER_RESERVED', row, field, [
        publicValue('field', spec.code),
        { name: 'value', value: row.text(field), personal: spec.personal === true },
      ]);
    }
  }

  /** Runs the next announced standard on the same record and keeps the difference. */
  #preview(input: RecordInput, index: number, findings: RecordFindings): void {
    const { specifications, previews } = this.#setup;
    const next = specifications.timeline().find(({ status }) => status === 'announced');
    if (next === undefined || previews === null) return;
    this.#previewId = next.ruleset;
    const compiled = previews.get(specifications.ruleset(next.ruleset));
    if (!this.#begun.has(compiled)) {
      compiled.restart();
      this.#begun.add(compiled);
    }
    const collector = new FindingCollector();
    const announced = new RecordFindings(collector, findings.file);
    announced.ruleset = next.ruleset;
    compiled.judge(
      { ...input, decidingDate: next.from > input.decidingDate ? next.from : input.decidingDate },
      announced,
    );
    const identity = ({ ruleId, code, location }: Finding): string => `${ruleId} ${code} ${location.path}`;
    const current = findings.collector.findings.filter(({ location }) => location.record?.index === index);
    const currentIds = new Set(current.map(identity));
    const nextIds = new Set(collector.findings.map(identity));
    this.#previewAdded.push(...collector.findings.filter((finding) => !currentIds.has(identity(finding))));
    this.#previewRemoved.push(...current.filter((finding) => !nextIds.has(identity(finding))));
  }

  rulesets(): readonly RulesetUse[] {
    return [...this.#uses.values()];
  }

  evaluated(): ReadonlySet<string> {
    return this.#union((compiled) => compiled.evaluated);
  }

  skipped(): ReadonlySet<string> {
    return this.#union((compiled) => compiled.skipped);
  }

  #union(of: (compiled: CompiledRuleset) => ReadonlySet<string>): ReadonlySet<string> {
    const all = new Set<string>();
    for (const compiled of this.#begun) for (const id of of(compiled)) all.add(id);
    return all;
  }

  preview(): PreviewReport | undefined {
    if (this.#previewId === undefined) return undefined;
    return { ruleset: this.#previewId, added: this.#previewAdded, removed: this.#previewRemoved };
  }
}
