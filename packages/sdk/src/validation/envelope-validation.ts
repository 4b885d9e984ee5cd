import type {
  EnvelopeHeader,
  EnvelopePart,
  EnvelopePlace,
  EnvelopeSink,
} from '../documents/envelope-reader.ts';
import { documentKinds, type DocumentKind } from '../documents/kinds.ts';
import type { ValidationSetup } from './validation-setup.ts';
import type { RecordValidation } from './record-validation.ts';
import {
  ownGround,
  placeOfField,
  publicValue,
  type FindingPlace,
  type RecordFindings,
} from './report/record-findings.ts';
import { isoDateOfMinute, parseMinute } from './rows/calendar.ts';
import type { Episode } from './rows/row.ts';
import { RowView } from './rows/table-rows.ts';
import type { CompiledRuleset, RecordPart } from './ruleset/compiled-ruleset.ts';
import { NativeRules } from './ruleset/native-rules.ts';

/** Tables that are documents of their own and have no place in an envelope. */
const STANDALONE: ReadonlySet<string> = new Set(
  documentKinds.flatMap(({ table }) => (table === null ? [] : [table])),
);

const noRules = new NativeRules(null, new Set());

function placeIn(path: string, place: EnvelopePlace | null): FindingPlace {
  return { path, line: place?.line ?? null, column: place?.column ?? null };
}

/** Judges an envelope while it is read: how its parts are packed, its records, its header. */
export class EnvelopeValidation implements EnvelopeSink {
  header: EnvelopeHeader = { MACSKCB: null, NGAYLAP: null, SOLUONGHOSO: null };
  headerPlaces: Readonly<Partial<Record<keyof EnvelopeHeader, EnvelopePlace>>> = {};
  readonly #setup: ValidationSetup;
  readonly #kind: DocumentKind;
  readonly #findings: RecordFindings;
  readonly #records: RecordValidation;
  #parts: EnvelopePart[] = [];

  constructor(
    setup: ValidationSetup,
    kind: DocumentKind,
    findings: RecordFindings,
    records: RecordValidation,
  ) {
    this.#setup = setup;
    this.#kind = kind;
    this.#findings = findings;
    this.#records = records;
  }

  part(part: EnvelopePart): void {
    this.#parts.push(part);
  }

  recordEnd(): void {
    const parts = this.#parts;
    this.#parts = [];
    const read: RecordPart[] = parts.filter(
      ({ packing, type }) => packing !== 'empty' && !STANDALONE.has(type),
    );
    this.#records.judge(this.#kind, read, this.#envelopeDate(), (episode, compiled) => {
      this.#packing(parts, compiled);
      this.#facility(episode, compiled);
    });
    if (this.#records.last === null) this.#packing(parts, null);
  }

  unexpectedElement(path: string, place: EnvelopePlace): void {
    this.#layout('ELEMENT_UNEXPECTED', path, place);
  }

  elementOrder(path: string, place: EnvelopePlace): void {
    this.#layout('ELEMENT_ORDER', path, place);
  }

  missingElement(path: string): void {
    this.#layout('ENVELOPE_INCOMPLETE', path, null);
  }

  #layout(code: string, path: string, place: EnvelopePlace | null): void {
    const native = this.#records.last?.native ?? noRules;
    const ground = code === 'ENVELOPE_INCOMPLETE' ? ownGround(code) : native.ground('element-order', code);
    this.#findings.add('structure', ground, code, placeIn(path, place), [
      publicValue('element', path.slice(path.lastIndexOf('/') + 1)),
    ]);
  }

  #headerPlace(parent: string, name: keyof EnvelopeHeader): FindingPlace {
    return placeIn(`${this.#kind.root}/${parent}/${name}`, this.headerPlaces[name] ?? null);
  }

  #envelopeDate(): string | null {
    const bytes = Buffer.from(this.header.NGAYLAP ?? '');
    const minute = bytes.length === 8 ? parseMinute(bytes, 0, 8) : NaN;
    return Number.isNaN(minute) ? null : isoDateOfMinute(minute);
  }

  #packing(parts: readonly EnvelopePart[], compiled: CompiledRuleset | null): void {
    const native = compiled?.native ?? noRules;
    for (const part of parts) {
      const place = placeIn(`${part.type}/NOIDUNGFILE`, part.place);
      const table = publicValue('table', part.type);
      if (STANDALONE.has(part.type)) {
        this.#findings.add('structure', ownGround('TABLE_MISPLACED'), 'TABLE_MISPLACED', place, [table]);
      } else if (part.problem === 'size') {
        const limit = this.#setup.specifications.limits.batch.episodeBytes;
        this.#findings.add('xml', ownGround('RECORD_SIZE'), 'RECORD_SIZE', place, [
          table,
          publicValue('limit', String(limit)),
        ]);
      } else if (part.problem !== null) {
        this.#findings.add('bytes', native.ground('encoding', 'BASE64_INVALID'), 'BASE64_INVALID', place, [
          table,
          publicValue('problem', part.problem),
        ]);
      } else if (part.packing === 'empty') {
        this.#findings.add('structure', ownGround('CONTENT_EMPTY', 'warning'), 'CONTENT_EMPTY', place, [
          table,
        ]);
      } else if (part.packing === 'plain') {
        this.#findings.add('structure', ownGround('CONTENT_PLAIN', 'warning'), 'CONTENT_PLAIN', place, [
          table,
        ]);
      }
    }
  }

  /** MACSKCB of the envelope, MA_CSKCB of the claim and the sending account are one facility. */
  #facility(episode: Episode, compiled: CompiledRuleset): void {
    const uses = compiled.native.uses('facility-match');
    const { summary } = episode;
    const { MACSKCB } = this.header;
    if (uses.length === 0 || !(summary instanceof RowView) || MACSKCB === null) return;
    const field = summary.table.fields.findIndex(({ code }) => code === 'MA_CSKCB');
    if (field < 0) return;
    compiled.native.decided('facility-match');
    const own = summary.text(field);
    const account = this.#setup.facts.accountFacility;
    const { ground } = uses[0]!;
    const values = [publicValue('envelope', MACSKCB), publicValue('value', own)];
    if (own !== '' && own !== MACSKCB) {
      this.#findings.add('structure', ground, 'FACILITY_MISMATCH', placeOfField(summary, field), values);
    } else if (account !== undefined && MACSKCB !== account) {
      this.#findings.add(
        'structure',
        ground,
        'FACILITY_MISMATCH',
        this.#headerPlace('THONGTINDONVI', 'MACSKCB'),
        [...values, publicValue('account', account)],
      );
    }
  }

  /** After the last element: what only the whole envelope shows. */
  end(records: number, hasByteOrderMark: boolean, isWhole: boolean): void {
    const findings = this.#findings;
    const compiled = this.#records.last;
    const native = compiled?.native ?? noRules;
    const { root } = this.#kind;
    findings.record = null;
    findings.ruleset = compiled?.ruleset.id ?? null;
    if (hasByteOrderMark) {
      findings.add(
        'bytes',
        native.ground('encoding', 'BOM_PRESENT'),
        'BOM_PRESENT',
        { path: root, line: 1, column: 1 },
        [publicValue('offset', '0')],
      );
    }
    if (!isWhole) return;
    const { NGAYLAP, SOLUONGHOSO } = this.header;
    if (NGAYLAP !== null && NGAYLAP !== '' && this.#envelopeDate() === null) {
      findings.add(
        'fields',
        native.ground('field-types', 'DATE_INVALID'),
        'DATE_INVALID',
        this.#headerPlace('THONGTINHOSO', 'NGAYLAP'),
        [publicValue('field', 'NGAYLAP'), publicValue('value', NGAYLAP), publicValue('expected', 'yyyyMMdd')],
      );
    }
    if (SOLUONGHOSO === null) return;
    const place = this.#headerPlace('THONGTINHOSO', 'SOLUONGHOSO');
    native.decided('record-count');
    if (!/^\d{1,9}$/u.test(SOLUONGHOSO)) {
      findings.add('fields', native.ground('field-types', 'NUMBER_FORMAT'), 'NUMBER_FORMAT', place, [
        publicValue('field', 'SOLUONGHOSO'),
        publicValue('value', SOLUONGHOSO),
        publicValue('expected', 'integer'),
      ]);
    } else if (Number(SOLUONGHOSO) !== records) {
      findings.add(
        'structure',
        native.ground('record-count', 'RECORD_COUNT', 'warning'),
        'RECORD_COUNT',
        place,
        [publicValue('value', SOLUONGHOSO), publicValue('count', String(records))],
      );
    }
  }
}
