import type { Finding } from '@bhxh/sdk/validation';
import type { Adjudication, LineDecision } from '../lifecycle/outcome.ts';
import type { ClaimRow, ReadClaim } from './read-claim-file.ts';
import { decimalText, parseThousandths, type Thousandths } from './thousandths.ts';

/** Tables whose rows are paid for, and where a line's code stands. */
const PAID = [
  { table: 'XML2', codes: ['MA_THUOC'] },
  { table: 'XML3', codes: ['MA_DICH_VU', 'MA_VAT_TU'] },
] as const;

/** A total of XML1 and the column of the lines it is the sum of; the last two names are those of QĐ 4210. */
const COLUMNS = [
  ['T_TONGCHI_BV', 'THANH_TIEN_BV'],
  ['T_TONGCHI_BH', 'THANH_TIEN_BH'],
  ['T_BNTT', 'T_BNTT'],
  ['T_BNCCT', 'T_BNCCT'],
  ['T_NGUONKHAC', 'T_NGUONKHAC'],
  ['T_BHTT', 'T_BHTT'],
  ['T_TONGCHI', 'THANH_TIEN'],
] as const;

const PAID_BY_FUND = 'T_BHTT';
const SUMMARY_MONEY: ReadonlySet<string> = new Set([
  ...COLUMNS.map(([total]): string => total),
  'T_THUOC',
  'T_VTYT',
  'T_BHTT_GDV',
]);

/** Where a finding of severity error leads: one line is not paid, only a stated total is wrong, or the claim is. */
export type Reach =
  | { readonly kind: 'line'; readonly table: string; readonly row: number }
  | { readonly kind: 'total' | 'claim' };

export function reachOf(finding: Finding): Reach {
  const match = /^(XML\d+)\/[^/[]+(?:\[(\d+)\])?(?:\/([^/[]+))?/.exec(finding.location.path);
  if (match === null) return { kind: 'claim' };
  const [, table, row, field] = match;
  if (row !== undefined && PAID.some((paid) => paid.table === table)) {
    return { kind: 'line', table: table as string, row: Number(row) };
  }
  return table === 'XML1' && field !== undefined && SUMMARY_MONEY.has(field)
    ? { kind: 'total' }
    : { kind: 'claim' };
}

interface Line {
  readonly table: 'XML2' | 'XML3';
  readonly row: ClaimRow;
  readonly number: number;
  readonly reasons: readonly string[];
}

const amount = (row: ClaimRow | undefined, column: string): Thousandths =>
  parseThousandths(row?.get(column)) ?? 0n;

const sum = (lines: readonly Line[], column: string): Thousandths =>
  lines.reduce((total, { row }) => total + amount(row, column), 0n);

/**
 * Decides a claim line by line: a line with an error is not paid at all, every other line is paid as claimed. The totals
 * are this module's own sums over the rows it read itself.
 */
export function adjudicate(
  claim: ReadClaim,
  findings: readonly Finding[],
  ruleset: string,
  decidedAt: Date,
): Adjudication {
  const reasons = new Map<string, Set<string>>();
  for (const finding of findings) {
    if (finding.severity !== 'error') continue;
    const reach = reachOf(finding);
    if (reach.kind !== 'line') continue;
    const key = `${reach.table} ${reach.row}`;
    const known = reasons.get(key);
    if (known === undefined) reasons.set(key, new Set([finding.ruleId]));
    else known.add(finding.ruleId);
  }
  const lines = PAID.flatMap(({ table }) =>
    (claim.tables.get(table) ?? []).map((row, index): Line => ({
      table,
      row,
      number: index + 1,
      reasons: [...(reasons.get(`${table} ${index + 1}`) ?? [])].sort(),
    })),
  );
  const paid = lines.filter((line) => line.reasons.length === 0);
  const claimed = sum(lines, PAID_BY_FUND);
  const accepted = sum(paid, PAID_BY_FUND);
  const present = COLUMNS.filter(
    ([total, column]) => claim.summary?.has(total) === true || lines.some(({ row }) => row.has(column)),
  );
  return {
    decidedAt: decidedAt.toISOString(),
    ruleset,
    lines: lines.map(decide),
    totals: {
      lines: lines.length,
      claimed: decimalText(claimed),
      accepted: decimalText(accepted),
      rejected: decimalText(claimed - accepted),
      columns: Object.fromEntries(
        present.map(([total, column]) => {
          const stated = parseThousandths(claim.summary?.get(total));
          return [
            total,
            {
              stated: stated === undefined ? null : decimalText(stated),
              summed: decimalText(sum(lines, column)),
              accepted: decimalText(sum(paid, column)),
            },
          ];
        }),
      ),
    },
    deductions: deductionsOf(lines),
  };
}

function decide({ table, row, number, reasons }: Line): LineDecision {
  const claimed = amount(row, PAID_BY_FUND);
  const isPaid = reasons.length === 0;
  const stt = row.get('STT') ?? '';
  const codes = PAID.find((paid) => paid.table === table)?.codes ?? [];
  return {
    table,
    line: /^\d{1,9}$/.test(stt) ? Number(stt) : number,
    code: codes.map((code) => row.get(code) ?? '').find((code) => code !== '') ?? '',
    decision: isPaid ? 'accepted' : 'rejected',
    claimed: decimalText(claimed),
    accepted: decimalText(isPaid ? claimed : 0n),
    rejected: decimalText(isPaid ? 0n : claimed),
    reasons,
  };
}

function deductionsOf(lines: readonly Line[]): Adjudication['deductions'] {
  const byRule = new Map<string, { lines: number; amount: Thousandths }>();
  for (const { row, reasons } of lines) {
    for (const ruleId of reasons) {
      const known = byRule.get(ruleId) ?? { lines: 0, amount: 0n };
      byRule.set(ruleId, { lines: known.lines + 1, amount: known.amount + amount(row, PAID_BY_FUND) });
    }
  }
  return [...byRule]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([ruleId, { lines: count, amount: taken }]) => ({
      ruleId,
      lines: count,
      amount: decimalText(taken),
    }));
}
