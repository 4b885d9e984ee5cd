import type { CodeList, CodeListEntry } from '../../specifications/types.ts';
import { onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { plain, referenceTo, report, type Reference } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

type Entries = ReadonlyMap<string, readonly CodeListEntry[]>;

const byCode = (list: CodeList): Entries => {
  const entries = new Map<string, CodeListEntry[]>();
  for (const entry of list.entries) {
    const known = entries.get(entry.code);
    if (known === undefined) entries.set(entry.code, [entry]);
    else known.push(entry);
  }
  return entries;
};

const isInForce = ({ from, to }: CodeListEntry, date: string): boolean =>
  (from === null || from <= date) && (to === null || date <= to);

/**
 * Province, district and commune of an address exist on the deciding date and belong together. An old code is named
 * with what came of it: one successor, or the candidates of a commune that was divided, of which none is guessed.
 */
export const administrativeUnit: Check = {
  name: 'administrative-unit',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'provinces', 'wards', 'districts']);
    const provinces = byCode(context.codeList(textOf(args, 'provinces')));
    const districts = byCode(context.codeList(textOf(args, 'districts')));
    // The lists of communes are large: they are read when the first address is judged.
    let wards: Entries | undefined;
    const wardList = textOf(args, 'wards');
    return overRows(args, context, (table) => {
      const province = referenceTo(context, table.code, 'MATINH_CU_TRU');
      const district = referenceTo(context, table.code, 'MAHUYEN_CU_TRU');
      const ward = referenceTo(context, table.code, 'MAXA_CU_TRU');
      if (province === undefined || ward === undefined) return undefined;
      return (row, { decidingDate }, sink) => {
        if (row.isEmpty(province.field)) return;
        sink.evaluated();
        const provinceCode = row.text(province.field);
        const told = (
          reference: Reference,
          code: string,
          value: string,
          more: readonly { name: string; value: string }[],
        ): void =>
          report(sink, code, row, reference.field, [
            plain('field', reference.code),
            plain('value', value),
            plain('date', decidingDate),
            ...more,
          ]);
        const provinceEntries = provinces.get(provinceCode);
        if (provinceEntries?.some((entry) => isInForce(entry, decidingDate)) !== true) {
          const successor = provinceEntries?.find((entry) => typeof entry.successor === 'string')?.successor;
          told(
            province,
            successor === undefined ? 'UNIT_UNKNOWN' : 'UNIT_CLOSED',
            provinceCode,
            successor === undefined ? [] : [plain('successor', successor)],
          );
          return;
        }
        if (!row.isEmpty(ward.field)) {
          wards ??= byCode(context.codeList(wardList));
          const code = row.text(ward.field);
          const entries = wards.get(code);
          const current = entries?.filter((entry) => isInForce(entry, decidingDate)) ?? [];
          if (current.length === 0) {
            const candidates = candidatesOf(context.wardChanges?.().get(code));
            if (entries === undefined && candidates.length === 0) told(ward, 'UNIT_UNKNOWN', code, []);
            else if (candidates.length > 1)
              told(ward, 'WARD_DIVIDED', code, [plain('candidates', candidates.join(', '))]);
            else told(ward, 'UNIT_CLOSED', code, [plain('successor', candidates[0] ?? '')]);
          } else if (!current.some((entry) => entry['province'] === provinceCode)) {
            told(ward, 'WARD_OTHER_PROVINCE', code, [
              plain('province', provinceCode),
              plain('expected', String(current[0]?.['province'] ?? '')),
            ]);
          }
        }
        if (district === undefined || row.isEmpty(district.field)) return;
        const districtCode = row.text(district.field);
        const known = districts.get(districtCode)?.filter((entry) => isInForce(entry, decidingDate)) ?? [];
        // After the districts were abolished another rule asks for an empty value.
        if (known.length > 0 && !known.some((entry) => entry['province'] === provinceCode)) {
          told(district, 'DISTRICT_OTHER_PROVINCE', districtCode, [plain('province', provinceCode)]);
        }
      };
    });
  },
};

/** Codes that an old commune became: `09982A 09988A`, the letter saying how. */
const candidatesOf = (targets: string | undefined): readonly string[] =>
  targets === undefined ? [] : [...new Set(targets.split(' ').map((target) => target.slice(0, -1)))];
