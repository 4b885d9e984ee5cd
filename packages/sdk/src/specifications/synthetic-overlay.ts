import type { Bilingual } from '../errors/bhxh-error.ts';
import type { CodeList, CodeListEntry } from './types.ts';

/** `specs/reserved-identifiers.yaml`: the ranges all sample data lives in. */
export interface ReservedIdentifiers {
  readonly provinces: readonly { readonly code: string; readonly label: Bilingual }[];
  readonly provinceOfCitizenId: string;
  readonly wards: readonly { readonly code: string; readonly name: string; readonly type: 'P' | 'X' | 'D' }[];
  readonly districts: readonly { readonly code: string; readonly name: string }[];
  readonly facilities: readonly { readonly code: string; readonly name: string; readonly level: string }[];
  readonly ranges: readonly ReservedRange[];
}

export interface ReservedRange {
  readonly kind: string;
  /** Regular expression a sample value of this kind must match. */
  readonly pattern: string;
  readonly example: string;
  readonly label: Bilingual;
}

/** A list with the synthetic entries added, where the reserved ranges have any for it. */
export function overlayOf(list: CodeList, reserved: ReservedIdentifiers): CodeList {
  const extra = entriesFor(list.id, reserved);
  return extra.length === 0 ? list : { ...list, entries: [...list.entries, ...extra] };
}

function entriesFor(id: string, reserved: ReservedIdentifiers): readonly CodeListEntry[] {
  const province = reserved.provinces[0]?.code ?? '';
  switch (id) {
    case 'provinces':
    case 'provinces-34':
      return reserved.provinces.map(({ code, label }) => ({
        code,
        label,
        from: null,
        to: null,
        synthetic: true,
      }));
    case 'provinces-63':
      return reserved.provinces.map(({ code, label }) => ({
        code,
        label,
        from: null,
        to: '2025-06-30',
        successor: code,
        citizenIdPrefix: reserved.provinceOfCitizenId,
        synthetic: true,
      }));
    case 'wards':
      return reserved.wards.map(({ code, name, type }) => ({
        ...named(code, name),
        type,
        province,
        from: null,
        to: null,
      }));
    case 'districts':
      return reserved.districts.map(({ code, name }) => ({
        ...named(code, name),
        province,
        from: null,
        to: '2025-06-30',
      }));
    default:
      return [];
  }
}

const named = (code: string, name: string): { code: string; label: Bilingual; synthetic: true } => ({
  code,
  label: { vi: name, en: name },
  synthetic: true,
});
