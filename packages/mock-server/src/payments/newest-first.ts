/** The row after which a page goes on; rows are ordered by a moment and then by id, both downwards. */
export interface PageStart {
  readonly moment: number;
  readonly id: string;
}

/** Reads `after`, the `next` of the page before; undefined is the first page. */
export function pageStart(after: string | undefined): PageStart | undefined {
  const [, moment, id] = /^(\d+)-(.+)$/.exec(after ?? '') ?? [];
  return moment === undefined || id === undefined ? undefined : { moment: Number(moment), id };
}

/** Cuts the row that was read beyond the page, and says where the next one begins. */
export function pageOf<Row extends { readonly id: string }>(
  found: readonly Row[],
  limit: number,
  momentOf: (row: Row) => number,
): { readonly page: readonly Row[]; readonly next: string | null } {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next = found.length > limit && last !== undefined ? `${momentOf(last)}-${last.id}` : null;
  return { page, next };
}
