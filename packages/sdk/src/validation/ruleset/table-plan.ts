import type { TableSpec } from '../../specifications/types.ts';

const utf8 = new TextEncoder();

/** A table's layout as bytes, made once per ruleset, so that readers compare and never build names. */
export interface TablePlan {
  readonly table: TableSpec;
  readonly width: number;
  /** Depth of a row element: 1 when the root is the row. */
  readonly rowDepth: number;
  /** Names of the elements from the root to the row. */
  readonly path: readonly string[];
  /** The same, as start and end tags without attributes. */
  readonly openTags: readonly Uint8Array[];
  readonly closeTags: readonly Uint8Array[];
  /** `NAME>` of each field: what follows `<` in its start tag and `</` in its end tag. */
  readonly fieldTags: readonly Uint8Array[];
  readonly fieldNames: readonly Uint8Array[];
  readonly fieldIndex: ReadonlyMap<string, number>;
}

export function planTable(table: TableSpec): TablePlan {
  const path =
    table.row === table.root
      ? [table.root]
      : [table.root, ...(table.list === null || table.list === table.root ? [] : [table.list]), table.row];
  return {
    table,
    width: table.fields.length,
    rowDepth: path.length,
    path,
    openTags: path.map((name) => utf8.encode(`<${name}>`)),
    closeTags: path.map((name) => utf8.encode(`</${name}>`)),
    fieldTags: table.fields.map((field) => utf8.encode(`${field.code}>`)),
    fieldNames: table.fields.map((field) => utf8.encode(field.code)),
    fieldIndex: new Map(table.fields.map((field, index) => [field.code, index])),
  };
}
