import type { Row } from '../rows/row.ts';

/** Facility codes and card provinces of the reserved ranges, which no real document may hold. */
export interface ReservedCodes {
  readonly provinces: ReadonlySet<string>;
}

/** Columns in which a reserved identifier shows that a row is sample data. */
const COLUMNS: readonly { readonly column: string; readonly province: (part: string) => string }[] = [
  { column: 'MA_CSKCB', province: (part) => (part.length === 5 ? part.slice(0, 2) : '') },
  { column: 'MA_THE_BHYT', province: (part) => (part.length === 15 ? part.slice(3, 5) : '') },
];

/** Indexes of the fields that hold a reserved identifier. */
export function reservedFields(row: Row, reserved: ReservedCodes): readonly number[] {
  const found: number[] = [];
  for (const { column, province } of COLUMNS) {
    const field = row.table.fields.findIndex((spec) => spec.code === column);
    if (field < 0 || row.isEmpty(field)) continue;
    if (
      row
        .text(field)
        .split(';')
        .some((part) => reserved.provinces.has(province(part.trim())))
    )
      found.push(field);
  }
  return found;
}
