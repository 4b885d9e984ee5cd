import { createRemittanceParser, createUnitRegister, type UnitRegister } from '@bhxh/sdk/payments/read';
import type { RemittanceParser, RemittanceSyntax } from '@bhxh/sdk/payments/read';
import type { Store } from '../store/store.ts';

const CODES = 500;
const MOST_VARIANTS = 64;

/** What the texts of some credits may be about: the units they name, and those they name but for confused characters. */
export interface CreditRegister {
  readonly register: UnitRegister;
  readonly parse: RemittanceParser;
}

/** The part of the unit register that these texts can need, so that no credit waits for all units of the country. */
export async function openCreditRegister(
  store: Store,
  syntax: RemittanceSyntax,
  texts: readonly string[],
): Promise<CreditRegister> {
  const plain = createRemittanceParser({ syntax });
  const wanted = new Set<string>();
  for (const text of texts) {
    const { unitCode } = plain(text).fields;
    if (unitCode !== null) for (const code of variantsOf(unitCode, syntax.confusions)) wanted.add(code);
  }
  const units = [];
  const codes = [...wanted];
  for (let at = 0; at < codes.length; at += CODES)
    units.push(
      ...(await store.read
        .selectFrom('unit')
        .select(['code', 'agency'])
        .where('code', 'in', codes.slice(at, at + CODES))
        .execute()),
    );
  const register = createUnitRegister(
    units.map(({ code, agency }) => ({ unitCode: code, officeCode: agency })),
    syntax.confusions,
  );
  return { register, parse: createRemittanceParser({ syntax, register }) };
}

/** The code and every reading of it in which characters were taken for each other. */
function variantsOf(code: string, confusions: readonly string[]): readonly string[] {
  let variants = [''];
  for (const letter of code) {
    const letters = [...(confusions.find((pair) => pair.includes(letter)) ?? letter)];
    variants = variants.flatMap((start) => letters.map((one) => start + one));
    if (variants.length > MOST_VARIANTS) return [code];
  }
  return variants.includes(code) ? variants : [code, ...variants];
}
