const WEIGHTS = [31, 29, 23, 19, 17, 13, 7, 5, 3];

/** The n-th tax code of the reserved range: ten digits beginning 99 with the right check digit. */
export function syntheticTaxCode(n: number): string {
  const stem = `99${String(n).padStart(6, '0')}`;
  for (const ninth of '01') {
    const remainder =
      WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(`${stem}${ninth}`[at]), 0) % 11;
    // Remainder 0 would need the digit 10: such codes are never issued.
    if (remainder !== 0) return `${stem}${ninth}${10 - remainder}`;
  }
  throw new RangeError('The two sums differ by 3, so one of them is not divisible by 11');
}
