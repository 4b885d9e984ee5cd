import { XmlWriter } from '@bhxh/xml';
import type { Ruleset, TableSpec } from '../specifications/types.ts';
import { buildTable } from './build-table.ts';
import type { RowInput } from './build-table.ts';
import type { ClaimFileOptions, ClaimInput } from './types.ts';
import { withDeclaration, writeLeaf } from './xml-document.ts';
import { claimError } from './claim-error.ts';

/** XML0 has its own document, XML12 its own route: neither is a FILEHOSO of a claim. */
const outsideClaims = new Set(['XML0', 'XML12']);

const envelopeNamespaces = {
  'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
};

/** One table of a built claim: its LOAIHOSO and the inner document. */
export interface BuiltTable {
  readonly table: string;
  readonly xml: Uint8Array;
}

export interface BuildClaimFileOptions extends ClaimFileOptions {
  /** The standard whose tables and element order are used; see `chooseRuleset` of `@bhxh/sdk/specifications`. */
  readonly ruleset: Ruleset;
}

export interface StreamClaimFileOptions extends BuildClaimFileOptions {
  /** SOLUONGHOSO, which stands before the claims and so must be known before them. */
  readonly count: number;
}

function tableOf(ruleset: Ruleset, code: string): TableSpec {
  const table = ruleset.tables[code];
  if (table !== undefined && !outsideClaims.has(code)) return table;
  throw claimError('ERR_TABLE_UNKNOWN', 'usage', { ruleset: ruleset.id, table: code });
}

/**
 * The inner documents of one claim, one for each table that has rows, in official order. Every official element is
 * there, even when empty; values are taken as they are.
 *
 * @throws BhxhError ERR_TABLE_UNKNOWN, ERR_FIELD_UNKNOWN, ERR_ROW_COUNT.
 */
export function buildClaim(claim: ClaimInput, ruleset: Ruleset): readonly BuiltTable[] {
  return Object.entries(claim as Readonly<Record<string, readonly RowInput[] | undefined>>)
    .flatMap(([code, rows = []]) =>
      rows.length === 0 ? [] : [{ code, rows, table: tableOf(ruleset, code) }],
    )
    .toSorted((a, b) => Number(a.code.slice(3)) - Number(b.code.slice(3)))
    .map(({ code, rows, table }) => ({ table: code, xml: buildTable(table, rows) }));
}

/** One HOSO element from inner documents that are already built. */
export function wrapClaim(tables: readonly BuiltTable[]): Uint8Array {
  const writer = new XmlWriter();
  writer.start('HOSO');
  for (const built of tables) {
    writer.start('FILEHOSO');
    writeLeaf(writer, 'LOAIHOSO', built.table);
    writeLeaf(
      writer,
      'NOIDUNGFILE',
      Buffer.from(built.xml.buffer, built.xml.byteOffset, built.xml.length).toString('base64'),
    );
    writer.end();
  }
  writer.end();
  return writer.finish();
}

interface Envelope {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

function envelope(options: ClaimFileOptions, count: number): Envelope {
  const writer = new XmlWriter();
  writer.start('GIAMDINHHS', envelopeNamespaces);
  writer.start('THONGTINDONVI');
  writeLeaf(writer, 'MACSKCB', options.facility);
  writer.end();
  writer.start('THONGTINHOSO');
  writeLeaf(writer, 'NGAYLAP', options.createdOn);
  writeLeaf(writer, 'SOLUONGHOSO', String(count));
  writer.empty('DANHSACHHOSO');
  writer.end();
  writer.empty('CHUKYDONVI');
  writer.end();
  const whole = withDeclaration(writer);
  const split = whole.indexOf('</DANHSACHHOSO>');
  return { head: whole.subarray(0, split), tail: whole.subarray(split) };
}

/** A claim file around HOSO elements that are already built (see `wrapClaim`). */
export function wrapClaims(
  claims: readonly Uint8Array[],
  options: ClaimFileOptions,
  count: number = claims.length,
): Uint8Array {
  const { head, tail } = envelope(options, count);
  return Buffer.concat([head, ...claims, tail]);
}

/**
 * A claim file (GIAMDINHHS): envelope, one HOSO a claim, tables as base64, CHUKYDONVI empty as the last child, ready to
 * be signed. The API takes exactly one claim a file; several are for other channels.
 *
 * @throws BhxhError ERR_TABLE_UNKNOWN, ERR_FIELD_UNKNOWN, ERR_ROW_COUNT; XmlError XML_WRITE_INVALID for characters XML
 * cannot carry.
 */
export function buildClaimFile(claims: readonly ClaimInput[], options: BuildClaimFileOptions): Uint8Array {
  return wrapClaims(
    claims.map((claim) => wrapClaim(buildClaim(claim, options.ruleset))),
    options,
  );
}

/**
 * The same file piece by piece, in the memory of one claim however many there are.
 *
 * @throws BhxhError ERR_CLAIM_COUNT after the last claim when there were not `count` of them: what was written until
 * then is not a valid file.
 */
export async function* streamClaimFile(
  claims: AsyncIterable<ClaimInput> | Iterable<ClaimInput>,
  options: StreamClaimFileOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const { head, tail } = envelope(options, options.count);
  yield head;
  let written = 0;
  for await (const claim of claims) {
    written++;
    yield wrapClaim(buildClaim(claim, options.ruleset));
  }
  if (written !== options.count) {
    throw claimError('ERR_CLAIM_COUNT', 'usage', { stated: String(options.count), count: String(written) });
  }
  yield tail;
}
