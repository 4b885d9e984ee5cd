import type { TableSpec } from '../../specifications/types.ts';
import type { Row } from '../rows/row.ts';
import { onlyKnown, textOf, thousandthsOf } from './arguments.ts';
import type { Check, CompileContext } from './check.ts';
import { formatThousandths, roundedProduct } from './decimal.ts';
import { plain, report } from './reference.ts';
import { overRows, scopeArguments, type RowRun } from './scope.ts';

interface Columns {
  readonly cost: number;
  readonly insured: number;
  readonly ratio: number;
  readonly level: number;
  readonly fund: number;
  readonly copayment: number;
  readonly patient: number;
  readonly others: number;
  readonly ceiling: number;
}

/** Who pays what of a line, in thousandths of a đồng. */
interface Shares {
  fund: number;
  copayment: number;
  patient: number;
}

const supportCases = ['none', 'patient', 'facility'];

/**
 * How a line's cost is divided between fund, co-payment and patient (QĐ 4750, the money columns of XML2 and XML3).
 * `support` says which lines: `none` – nobody else pays; `patient` – other sources support the patient and are taken
 * from T_BNTT, then T_BNCCT, then T_BHTT; `facility` – the support is taken from the cost first and the rest is
 * divided as usual, visible in THANH_TIEN_BH. The file does not say which case holds, so either is accepted.
 * A line that does not balance, or whose fund share a ceiling (T_TRANTT) limits, is not judged here.
 */
export const costShares: Check = {
  name: 'cost-shares',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'support', 'tolerance', 'balanceTolerance']);
    const support = textOf(args, 'support');
    if (!supportCases.includes(support))
      throw new Error(`argument support: expected one of ${supportCases.join(', ')}`);
    const tolerance = thousandthsOf(args, 'tolerance');
    const balanceTolerance = thousandthsOf(args, 'balanceTolerance');
    return overRows(args, context, (table) => {
      const columns = columnsOf(context, table);
      return columns === undefined ? undefined : judge(columns, support, tolerance, balanceTolerance);
    });
  },
};

function columnsOf(context: CompileContext, { code }: TableSpec): Columns | undefined {
  const field = (name: string): number => context.field(code, name);
  const columns: Columns = {
    cost: field('THANH_TIEN_BV'),
    insured: field('THANH_TIEN_BH'),
    ratio: field('TYLE_TT_BH'),
    level: field('MUC_HUONG'),
    fund: field('T_BHTT'),
    copayment: field('T_BNCCT'),
    patient: field('T_BNTT'),
    others: field('T_NGUONKHAC'),
    ceiling: field('T_TRANTT'),
  };
  const needed = [
    columns.cost,
    columns.insured,
    columns.ratio,
    columns.level,
    columns.fund,
    columns.copayment,
    columns.patient,
    columns.others,
  ];
  return needed.every((index) => index >= 0) ? columns : undefined;
}

function judge(columns: Columns, support: string, tolerance: number, balanceTolerance: number): RowRun {
  const stated: Shares = { fund: 0, copayment: 0, patient: 0 };
  const expected: Shares = { fund: 0, copayment: 0, patient: 0 };
  const factors = [0, 0];
  const percentOf = (amount: number, percent: number): number | undefined => {
    factors[0] = amount;
    factors[1] = percent;
    return roundedProduct(factors, 2, 1);
  };
  const agrees = (): boolean =>
    Math.abs(stated.fund - expected.fund) <= tolerance &&
    Math.abs(stated.copayment - expected.copayment) <= tolerance &&
    Math.abs(stated.patient - expected.patient) <= tolerance;
  const divide = (cost: number, insured: number, level: number): boolean => {
    const fund = percentOf(insured, level);
    if (fund === undefined) return false;
    expected.fund = fund;
    expected.copayment = insured - fund;
    expected.patient = cost - insured;
    return true;
  };
  return (row, _episode, sink) => {
    const others = row.thousandths(columns.others);
    if (others === undefined || others < 0 || others > 0 !== (support !== 'none')) return;
    const cost = row.thousandths(columns.cost);
    const insured = row.thousandths(columns.insured);
    const level = row.thousandths(columns.level);
    const fund = row.thousandths(columns.fund);
    const copayment = row.thousandths(columns.copayment);
    const patient = row.thousandths(columns.patient);
    if (
      cost === undefined ||
      insured === undefined ||
      level === undefined ||
      fund === undefined ||
      copayment === undefined ||
      patient === undefined
    )
      return;
    if (Math.abs(cost - fund - copayment - patient - others) > balanceTolerance) return;
    if (columns.ceiling >= 0 && !row.isEmpty(columns.ceiling)) return;
    stated.fund = fund;
    stated.copayment = copayment;
    stated.patient = patient;
    if (support === 'none') {
      if (!divide(cost, insured, level)) return;
      sink.evaluated();
      if (!agrees()) reportShares(row, sink, columns, stated, expected, tolerance, 'COST_SHARES');
      return;
    }
    const ratio = row.thousandths(columns.ratio);
    const remaining = ratio === undefined ? undefined : percentOf(cost - others, ratio);
    if (remaining === undefined) return;
    const facilityFirst = Math.abs(insured - remaining) <= tolerance;
    if (facilityFirst !== (support === 'facility')) return;
    sink.evaluated();
    if (divide(cost - others, remaining, level) && agrees()) return;
    if (support === 'facility') {
      reportShares(row, sink, columns, stated, expected, tolerance, 'COST_SHARES_FACILITY');
      return;
    }
    if (!divide(cost, insured, level)) return;
    takeSupport(expected, others);
    if (!agrees()) reportShares(row, sink, columns, stated, expected, tolerance, 'COST_SHARES_PATIENT');
  };
}

/** Other sources pay for the patient first, then the co-payment, then the fund; none goes below zero. */
function takeSupport(shares: Shares, others: number): void {
  let rest = others;
  const fromPatient = Math.min(rest, Math.max(shares.patient, 0));
  shares.patient -= fromPatient;
  rest -= fromPatient;
  const fromCopayment = Math.min(rest, Math.max(shares.copayment, 0));
  shares.copayment -= fromCopayment;
  rest -= fromCopayment;
  shares.fund = Math.max(shares.fund - rest, 0);
}

function reportShares(
  row: Row,
  sink: Parameters<RowRun>[2],
  columns: Columns,
  stated: Shares,
  expected: Shares,
  tolerance: number,
  code: string,
): void {
  const wrong =
    Math.abs(stated.fund - expected.fund) > tolerance
      ? ({ name: 'T_BHTT', field: columns.fund, key: 'fund' } as const)
      : Math.abs(stated.copayment - expected.copayment) > tolerance
        ? ({ name: 'T_BNCCT', field: columns.copayment, key: 'copayment' } as const)
        : ({ name: 'T_BNTT', field: columns.patient, key: 'patient' } as const);
  report(sink, code, row, wrong.field, [
    plain('field', wrong.name),
    plain('value', formatThousandths(stated[wrong.key])),
    plain('expected', formatThousandths(expected[wrong.key])),
  ]);
}
