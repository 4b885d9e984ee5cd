import type { Bilingual } from '@bhxh/sdk/errors';
import { readSpec } from '../contract/specs-folder.ts';

/** The gateway's codes mean different things in different groups of endpoints. */
export type MeaningGroup =
  'submission' | 'card-lookup' | 'history' | 'co-payment' | 'certificates' | 'driver-certificate';

/** What a code of a group means, for `thongDiep` and `ghiChu`. */
export type Meanings = (group: MeaningGroup, code: string) => string;

interface ResponsesFile {
  readonly groups: readonly {
    readonly id: string;
    readonly codes: readonly { readonly code: string; readonly meaning: Bilingual }[];
  }[];
}

/** A code its own group does not list is looked up among those of the submissions; one nobody lists stands for itself. */
export function openMeanings(): Meanings {
  const { groups } = readSpec('responses/claims.yaml') as ResponsesFile;
  const byGroup = new Map(
    groups.map(({ id, codes }) => [id, new Map(codes.map(({ code, meaning }) => [code, meaning.vi]))]),
  );
  return (group, code) =>
    byGroup.get(group)?.get(code) ?? byGroup.get('submission')?.get(code) ?? `Mã kết quả ${code}`;
}
