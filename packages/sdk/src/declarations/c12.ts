import { readFile } from 'node:fs/promises';
import type { AmountVnd, FundColumns } from '../contributions/types.ts';
import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Specifications } from '../specifications/specifications.ts';
import type { Severity } from '../specifications/types.ts';
import { declarationError } from './declaration-error.ts';
import { readForm } from './read.ts';

/** One month's statement C12-TS of a unit; amounts by line code, in the columns BHXH, BHYT, BHTN, TNLĐ-BNN and total. */
export interface C12 {
  readonly unitCode: string | null;
  /** `MM/yyyy`, as the statement says it. */
  readonly month: string | null;
  readonly lines: ReadonlyMap<string, FundColumns>;
}

/** One place where a statement does not agree with itself or with what was declared. */
export interface C12Finding {
  /** C001 … of specs/declarations/c12.yaml. */
  readonly ruleId: string;
  readonly severity: Severity;
  readonly line: string;
  readonly column: keyof FundColumns;
  readonly expected: AmountVnd;
  readonly found: AmountVnd;
  readonly title: Bilingual;
}

interface C12Spec {
  readonly parts: readonly {
    readonly line: string;
    readonly plus: readonly string[];
    readonly minus: readonly string[];
  }[];
  readonly due: readonly string[];
  readonly obligation: string;
  readonly payments: string;
  readonly equations: readonly {
    readonly id: string;
    readonly title: Bilingual;
    readonly severity: Severity;
    readonly kind: 'columns' | 'lines' | 'payments' | 'obligation';
    readonly left?: readonly string[];
    readonly plus?: readonly string[];
    readonly minus?: readonly string[];
  }[];
}

const columns = ['bhxh', 'bhyt', 'bhtn', 'tnld', 'total'] as const;
const funds = ['bhxh', 'bhyt', 'bhtn', 'tnld'] as const;
const nothing: FundColumns = { bhxh: 0, bhyt: 0, bhtn: 0, tnld: 0, total: 0 };

/** Amounts as a statement writes them: whole đồng, with thousands separated or not; empty is nothing. */
function amountOf(value: unknown): AmountVnd | undefined {
  const text = String(value ?? '').trim();
  if (text === '' || text === '-') return 0;
  if (/^-?\d{1,15}(?:\.0+)?$/.test(text)) return Number(text.replace(/\.0+$/, ''));
  if (/^-?\d{1,3}(?:\.\d{3})+$/.test(text)) return Number(text.replaceAll('.', ''));
  return undefined;
}

type Cells = Readonly<Record<string, unknown>>;

/** Line codes are unique; a percentage (B.5.2) is no amount and is left out. */
function linesOf(rows: readonly Cells[], path: string): ReadonlyMap<string, FundColumns> {
  const lines = new Map<string, FundColumns>();
  for (const row of rows) {
    const code = String(row['stt'] ?? '').trim();
    const [bhxh, bhyt, bhtn, tnld, total] = ['bhxh', 'bhyt', 'bhtn', 'bhtnld', 'cong'].map((name) =>
      amountOf(row[name]),
    );
    const isAmount =
      bhxh !== undefined &&
      bhyt !== undefined &&
      bhtn !== undefined &&
      tnld !== undefined &&
      total !== undefined;
    if (code === '' || !isAmount) continue;
    if (lines.has(code)) throw declarationError('ERR_C12_UNREADABLE', 'input', { path });
    lines.set(code, { bhxh, bhyt, bhtn, tnld, total });
  }
  return lines;
}

/**
 * Reads a statement from XML of the reference profile (form C12-TS) or from JSON (`{ c12s: [{ stt, bhxh, bhyt, bhtn, bhtnld,
 * cong }] }` or the list alone). Throws `ERR_C12_UNREADABLE`.
 */
export async function readC12(specifications: Specifications, path: string): Promise<C12> {
  try {
    const bytes = await readFile(path);
    if (!/\.json$/i.test(path)) {
      return statementOf(specifications, bytes, path);
    }
    const document = JSON.parse(bytes.toString('utf8')) as { readonly c12s?: unknown } | readonly unknown[];
    const list: unknown = 'c12s' in document ? document.c12s : document;
    if (!Array.isArray(list)) throw new TypeError('c12s');
    return { unitCode: null, month: null, lines: linesOf(list as readonly Cells[], path) };
  } catch (cause) {
    throw declarationError('ERR_C12_UNREADABLE', 'input', { path }, cause);
  }
}

function statementOf(specifications: Specifications, bytes: Uint8Array, path: string): C12 {
  const { form, header, rows } = readForm(specifications, bytes);
  if (form !== 'C12-TS') throw new TypeError(form);
  return {
    unitCode: header['MaDonVi'] ?? null,
    month: header['KyKeKhai'] ?? null,
    lines: linesOf(
      rows.map(({ values }) => values),
      path,
    ),
  };
}

/** Reads a statement that came from the gateway, form C12-TS. `name` stands in errors. Throws `ERR_C12_UNREADABLE`. */
export function readC12Form(specifications: Specifications, bytes: Uint8Array, name: string): C12 {
  try {
    return statementOf(specifications, bytes, name);
  } catch (cause) {
    throw declarationError('ERR_C12_UNREADABLE', 'input', { path: name }, cause);
  }
}

/** What the unit still owes at the end of the statement: principal and interest that are carried out as missing. */
export function dueOf(specifications: Specifications, { lines }: C12): FundColumns {
  const { due } = specifications.declarations('c12') as C12Spec;
  return add(due.map((code) => lines.get(code) ?? nothing));
}

function add(all: readonly FundColumns[]): FundColumns {
  const sum = (column: keyof FundColumns): number => all.reduce((total, each) => total + each[column], 0);
  return { bhxh: sum('bhxh'), bhyt: sum('bhyt'), bhtn: sum('bhtn'), tnld: sum('tnld'), total: sum('total') };
}

/** A line, or what its parts give; undefined when neither is there. */
function lineOf(spec: C12Spec, lines: C12['lines'], code: string): FundColumns | undefined {
  const own = lines.get(code);
  if (own !== undefined) return own;
  const parts = spec.parts.find(({ line }) => line === code);
  if (parts === undefined || ![...parts.plus, ...parts.minus].some((part) => lines.has(part)))
    return undefined;
  return less(
    add(parts.plus.map((part) => lines.get(part) ?? nothing)),
    add(parts.minus.map((part) => lines.get(part) ?? nothing)),
  );
}

function less(a: FundColumns, b: FundColumns): FundColumns {
  return {
    bhxh: a.bhxh - b.bhxh,
    bhyt: a.bhyt - b.bhyt,
    bhtn: a.bhtn - b.bhtn,
    tnld: a.tnld - b.tnld,
    total: a.total - b.total,
  };
}

/**
 * Holds a statement against itself and, when `declared` is given, against what the payroll of the month owes. Differences up
 * to `tolerance` đồng in a column pass (no text settles the rounding); the default is none. An equation whose left side is
 * missing is not applied.
 */
export function reconcileC12(
  specifications: Specifications,
  c12: C12,
  { declared, tolerance = 0 }: { readonly declared?: FundColumns; readonly tolerance?: AmountVnd } = {},
): readonly C12Finding[] {
  const spec = specifications.declarations('c12') as C12Spec;
  const findings: C12Finding[] = [];
  for (const { id, title, severity, kind, left = [], plus = [], minus = [] } of spec.equations) {
    const compare = (line: string, found: FundColumns, expected: FundColumns): void => {
      for (const column of columns)
        if (Math.abs(found[column] - expected[column]) > tolerance)
          findings.push({
            ruleId: id,
            severity,
            line,
            column,
            expected: expected[column],
            found: found[column],
            title,
          });
    };
    if (kind === 'columns') {
      for (const [line, amounts] of c12.lines) {
        // Numbers of workers stand in one column and have no funds.
        const total = funds.reduce((sum, fund) => sum + amounts[fund], 0);
        if (!isCount(line)) compare(line, amounts, { ...amounts, total });
      }
      continue;
    }
    const [line = spec.obligation] = left;
    const found = lineOf(spec, c12.lines, line);
    if (found === undefined) continue;
    if (kind === 'obligation') {
      if (declared !== undefined) compare(line, found, declared);
    } else if (kind === 'payments') {
      const vouchers = [...c12.lines].filter(([code]) => code.startsWith(spec.payments));
      if (vouchers.length > 0) compare(line, found, add(vouchers.map(([, amounts]) => amounts)));
    } else {
      const sumOf = (codes: readonly string[]): FundColumns =>
        add(codes.map((code) => lineOf(spec, c12.lines, code) ?? nothing));
      compare(line, found, less(sumOf(plus), sumOf(minus)));
    }
  }
  return findings;
}

/** Lines that count workers: A.1, B.1 and its parts, and the first line of the part carried out. */
function isCount(line: string): boolean {
  return /^(?:A\.1|B\.1(?:\.\d)?|\p{L}\.1)$/u.test(line) && !line.startsWith('D.') && !line.startsWith('C.');
}
