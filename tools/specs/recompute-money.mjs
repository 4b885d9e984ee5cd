// Money of a claim from its quantities and prices, exactly, so that a case can change one thing and stay right elsewhere.

/** A decimal text as an integer of thousandths. */
const thousandths = (text) => {
  const match = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(String(text ?? '').trim());
  if (match === null) return undefined;
  const value = BigInt(match[2]) * 1000n + BigInt((match[3] ?? '').padEnd(3, '0'));
  return match[1] === '-' ? -value : value;
};

const textOf = (value) => {
  const magnitude = value < 0n ? -value : value;
  const fraction = String(magnitude % 1000n)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${magnitude / 1000n}${fraction === '' ? '' : `.${fraction}`}`;
};

/** Product of thousandths, `percents` of them percentages, rounded half up to two decimals. */
const product = (factors, percents) => {
  if (factors.some((factor) => factor === undefined)) return undefined;
  const divisor = 10n ** BigInt(factors.length * 3 + percents * 2 - 2);
  const value = factors.reduce((all, factor) => all * factor, 1n);
  return (value / divisor + ((value % divisor) * 2n >= divisor ? 1n : 0n)) * 10n;
};

const smaller = (a, b) => (a < b ? a : b);

/** Amounts and shares of one line; support by others is taken from the patient's part first. */
const recomputeLine = (row, table) => {
  const quantity = thousandths(row.SO_LUONG);
  const ratio = thousandths(row.TYLE_TT_BH);
  const service = thousandths(row.TYLE_TT_DV);
  const cost =
    table === 'XML2'
      ? product([quantity, thousandths(row.DON_GIA)], 0)
      : product([quantity, thousandths(row.DON_GIA_BV), service], 1);
  const insured =
    row.PHAM_VI === '2'
      ? 0n
      : table === 'XML2'
        ? product([quantity, thousandths(row.DON_GIA), ratio], 1)
        : product([quantity, thousandths(row.DON_GIA_BH), service, ratio], 2);
  const level = thousandths(row.MUC_HUONG);
  if (cost === undefined || insured === undefined || level === undefined) return;
  const sources = ['NSNN', 'VTNN', 'VTTN', 'CL'].map((name) => thousandths(row[`T_NGUONKHAC_${name}`]) ?? 0n);
  const support = sources.reduce((sum, source) => sum + source, 0n);
  let fund = product([insured, level], 1);
  let copayment = insured - fund;
  let patient = cost - insured;
  let rest = support;
  const fromPatient = smaller(rest, patient);
  patient -= fromPatient;
  rest -= fromPatient;
  const fromCopayment = smaller(rest, copayment);
  copayment -= fromCopayment;
  rest -= fromCopayment;
  fund -= rest;
  Object.assign(row, {
    THANH_TIEN_BV: textOf(cost),
    THANH_TIEN_BH: textOf(insured),
    T_NGUONKHAC: textOf(support),
    T_BNTT: textOf(patient),
    T_BNCCT: textOf(copayment),
    T_BHTT: textOf(fund),
  });
};

export const recomputeLines = (tables) => {
  for (const table of ['XML2', 'XML3']) for (const row of tables[table] ?? []) recomputeLine(row, table);
};

export const recomputeTotals = (tables) => {
  const [summary] = tables.XML1 ?? [];
  if (summary === undefined) return;
  const drugs = tables.XML2 ?? [];
  const services = tables.XML3 ?? [];
  const lines = [...drugs, ...services];
  const sum = (rows, column) =>
    textOf(rows.reduce((total, row) => total + (thousandths(row[column]) ?? 0n), 0n));
  Object.assign(summary, {
    T_THUOC: sum(drugs, 'THANH_TIEN_BV'),
    T_VTYT: sum(
      services.filter((row) => row.MA_NHOM === '10' || row.MA_NHOM === '11'),
      'THANH_TIEN_BV',
    ),
    T_TONGCHI_BV: sum(lines, 'THANH_TIEN_BV'),
    T_TONGCHI_BH: sum(lines, 'THANH_TIEN_BH'),
    T_BNTT: sum(lines, 'T_BNTT'),
    T_BNCCT: sum(lines, 'T_BNCCT'),
    T_BHTT: sum(lines, 'T_BHTT'),
    T_NGUONKHAC: sum(lines, 'T_NGUONKHAC'),
    T_BHTT_GDV: sum(
      lines.filter((row) => row.MA_PTTT === '1'),
      'T_BHTT',
    ),
  });
};
