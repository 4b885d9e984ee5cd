import { contributionError } from './contribution-error.ts';
import { readRows, type SheetRow } from './read-rows.ts';
import type { Region } from './types.ts';

/** Regions of the minimum wage by ward; a decree lists them, and the list is not part of this toolkit. */
export interface RegionTable {
  /** The region of a ward on a day (`yyyy-MM-dd`); undefined where the table does not say. */
  regionOf(ward: string, day: string): Region | undefined;
  readonly size: number;
}

interface Stretch {
  readonly region: Region;
  readonly from: string;
  readonly to: string;
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Imports a table (`ward`, `region`, optional `from` and `to` as `yyyy-MM-dd`) from CSV, XLSX or JSON.
 * Throws `ERR_REGIONS_UNREADABLE` with the first row that is not of this shape.
 */
export async function readRegionTable(path: string): Promise<RegionTable> {
  const rows = await readRows(path).catch((cause: unknown): readonly SheetRow[] => {
    throw contributionError('ERR_REGIONS_UNREADABLE', 'input', { path, row: '1' }, cause);
  });
  const table = new Map<string, Stretch[]>();
  rows.forEach((cells, index) => {
    const text = (column: string): string => (cells.get(column) ?? '').trim();
    const [ward, region, from, to] = [text('ward'), text('region'), text('from'), text('to')];
    const isRight =
      /^\d{5}$/.test(ward) &&
      /^(?:0?[1-4])$/.test(region) &&
      [from, to].every((day) => day === '' || dayPattern.test(day));
    if (!isRight)
      throw contributionError('ERR_REGIONS_UNREADABLE', 'input', { path, row: String(index + 2) });
    const stretch = { region: Number(region) as Region, from, to: to === '' ? '9999-12-31' : to };
    const known = table.get(ward);
    if (known === undefined) table.set(ward, [stretch]);
    else known.push(stretch);
  });
  return {
    size: table.size,
    regionOf: (ward, day) => table.get(ward)?.findLast(({ from, to }) => from <= day && day <= to)?.region,
  };
}
