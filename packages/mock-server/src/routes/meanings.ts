import { details } from '../messages/gateway.ts';
import type { Specifications } from '@bhxh/sdk/specifications';

/** What a code means in one family of calls, for `thongDiep` and `ghiChu`. */
export type Meanings = (family: string, code: string) => string;

/** A code that a family does not list is explained as any family explains it; one that nobody lists stands for itself. */
export function openMeanings(specifications: Specifications): Meanings {
  const families = specifications.responses('claims');
  const listed = (family: string, code: string): string | undefined =>
    families[family]?.find((entry) => entry.code === code)?.meaning.vi;
  return (family, code) => {
    const own = listed(family, code);
    if (own !== undefined) return own;
    for (const other of Object.keys(families)) {
      const meaning = listed(other, code);
      if (meaning !== undefined) return meaning;
    }
    return details.unknownCode(code);
  };
}
