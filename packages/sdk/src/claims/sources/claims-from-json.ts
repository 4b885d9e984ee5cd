import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { BhxhError } from '../../errors/bhxh-error.ts';
import type { Ruleset } from '../../specifications/types.ts';
import type { SourceClaims } from '../types.ts';
import { claimsOfTables } from './claims-of-tables.ts';
import type { Cell, SourceTable } from './source-table.ts';
import { decodeUtf8, unreadable } from './unreadable.ts';
import { claimError } from '../claim-error.ts';

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongShape(path: string, cause?: unknown): BhxhError {
  return claimError('ERR_JSON_SHAPE', 'input', { path }, cause);
}

/** Rows of one table as heading and cells, whatever members each row has. */
function asTable(
  file: string,
  name: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): SourceTable {
  const heading = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { file, name, heading, rows: rows.map((row) => heading.map((column) => row[column] as Cell)) };
}

/**
 * Claims from a JSON document: an object of tables (`{"XML1": [rows], "XML2": [rows]}`, rows joined by MA_LK) or a list
 * of such objects, one a claim. Values are text; whole numbers are taken for number fields.
 *
 * @throws BhxhError ERR_FILE_UNREADABLE, ERR_FILE_NOT_UTF8, ERR_JSON_SHAPE. Problems of rows are returned; their row
 * numbers count a heading as row 1.
 */
export async function claimsFromJson(path: string, ruleset: Ruleset): Promise<SourceClaims> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const text = decodeUtf8(bytes, path);
  let document: unknown;
  try {
    document = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (cause) {
    throw wrongShape(path, cause);
  }
  const tables = new Map<string, Readonly<Record<string, unknown>>[]>();
  for (const part of Array.isArray(document) ? (document as readonly unknown[]) : [document]) {
    if (!isObject(part)) throw wrongShape(path);
    for (const [name, rows] of Object.entries(part)) {
      const list = Array.isArray(rows) ? (rows as readonly unknown[]) : [rows];
      if (!list.every(isObject)) throw wrongShape(path);
      const known = tables.get(name);
      if (known === undefined) tables.set(name, [...list]);
      else for (const row of list) known.push(row);
    }
  }
  return claimsOfTables(
    [...tables].map(([name, rows]) => asTable(basename(path), name, rows)),
    ruleset,
  );
}
