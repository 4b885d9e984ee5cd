import { buildCheckIn } from '../claims/build-check-in.ts';
import { buildClaim, wrapClaim, wrapClaims } from '../claims/build.ts';
import type { BuiltTable } from '../claims/build.ts';
import type { Draft, Row } from './draft.ts';
import { asLegacyRow } from './legacy-row.ts';
import type { FieldSpec } from '../specifications/types.ts';
import type { Account } from './settle.ts';
import type { Setting } from './setting.ts';

/** A finished claim as it goes on the wire, still open to changes that make it wrong. */
export interface Wire extends Account {
  readonly draft: Draft;
  /** MACSKCB and SOLUONGHOSO of the envelope. */
  facility: string;
  count: number;
  /** Changes to the text of an inner document, by table. */
  readonly edits: Map<string, (xml: string) => string>;
  /** A table that is written twice. */
  repeatedTable: string | null;
  /** The claim stands in the file twice. */
  isRepeated: boolean;
  /** The file is this check-in (XML0) instead of the claim. */
  checkIn: Row | null;
}

/** QĐ 4210 has other names for many fields; until it is written, a claim carries the later ones. */
export function isLegacy({ ruleset }: Setting): boolean {
  return ruleset.tables['XML1']?.fields.every(({ code }) => code !== 'MA_THE_BHYT') ?? false;
}

function onlyFieldsOf(fields: readonly FieldSpec[], row: Row): Row {
  const known: Row = {};
  for (const { code } of fields) known[code] = row[code] ?? '';
  return known;
}

/** Rows as the standard has them: numbered, and without members that are not its fields. */
export function toWire(draft: Draft): Wire {
  const { setting } = draft;
  const keepsNames = isLegacy(setting);
  const tables: Record<string, Row[]> = {};
  for (const [code, rows] of Object.entries(draft.tables)) {
    const table = setting.ruleset.tables[code];
    if (table === undefined || rows.length === 0) continue;
    tables[code] = rows.map((row, index) => {
      const numbered = { ...row, STT: String(index + 1) };
      return keepsNames ? numbered : onlyFieldsOf(table.fields, numbered);
    });
  }
  return {
    draft,
    setting,
    tables,
    summary: tables['XML1']?.[0] ?? {},
    benefit: draft.benefit,
    fullWhenLowCost: draft.fullWhenLowCost,
    facility: setting.facility,
    count: 1,
    edits: new Map(),
    repeatedTable: null,
    isRepeated: false,
    checkIn: null,
  };
}

/** The tables under the names of their standard. */
export function wireTables(wire: Wire): Readonly<Record<string, readonly Row[]>> {
  if (!isLegacy(wire.setting)) return wire.tables;
  return Object.fromEntries(
    Object.entries(wire.tables).map(([code, rows]) => {
      const fields = wire.setting.ruleset.tables[code]?.fields ?? [];
      return [code, rows.map((row) => onlyFieldsOf(fields, asLegacyRow(code, row)))];
    }),
  );
}

/** The rows of a table; none when the claim does not have it. */
export function rowsOf(wire: Wire, table: string): readonly Row[] {
  return wire.tables[table] ?? [];
}

/** The second copy of a single-row table goes on counting. */
function second(table: BuiltTable): BuiltTable {
  const xml = Buffer.from(table.xml).toString().replace('<STT>1</STT>', '<STT>2</STT>');
  return { ...table, xml: Buffer.from(xml) };
}

function editedTables(wire: Wire): readonly BuiltTable[] {
  const built = buildClaim(wireTables(wire), wire.setting.ruleset).flatMap((table): BuiltTable[] => {
    const edit = wire.edits.get(table.table);
    const changed =
      edit === undefined ? table : { ...table, xml: Buffer.from(edit(Buffer.from(table.xml).toString())) };
    return wire.repeatedTable === table.table ? [changed, second(changed)] : [changed];
  });
  return built;
}

/** The file. */
export function wireBytes(wire: Wire): Uint8Array {
  if (wire.checkIn !== null) return buildCheckIn([wire.checkIn], wire.setting.ruleset);
  const claim = wrapClaim(editedTables(wire));
  return wrapClaims(
    wire.isRepeated ? [claim, claim] : [claim],
    { facility: wire.facility, createdOn: (wire.draft.summary['NGAY_TTOAN'] ?? '').slice(0, 8) },
    wire.count,
  );
}
