import { readSpec } from '../contract/specs-folder.ts';
import type { PopulationOutcome } from '../register/population.ts';
import type { Connection } from '../store/store.ts';
import { syntheticTaxCode } from './synthetic-tax-code.ts';

interface UnitRegister {
  readonly agency: string;
  readonly provider: { readonly code: string; readonly name: string; readonly username: string };
  readonly units: readonly {
    readonly code: string;
    readonly name: string;
    readonly region: number;
    readonly scheme?: 'enterprise' | 'state' | 'foreign';
    readonly provider?: string;
    readonly status?: 'registered' | 'unregistered';
  }[];
  /** The code of the office under which individuals file. */
  readonly individuals: { readonly code: string; readonly name: string; readonly region: number };
  /** What the simulated population database answers about personal ids of these shapes. */
  readonly population: readonly { readonly outcome: PopulationOutcome; readonly pattern: string }[];
}

export function readUnitRegister(): UnitRegister {
  return readSpec('scenarios/register/units.yaml') as UnitRegister;
}

/** Whose hand takes in what nobody signed in for: dossiers of individuals, and those of the counter and the post. */
export const DESK = 'office-desk';

/** The tax codes of units follow those of facilities. */
const FIRST_TAX_CODE = 101;

export interface DemoUnit {
  readonly code: string;
  readonly taxCode: string;
  readonly username: string;
  readonly provider: string | undefined;
}

/** The synthetic units with the name of each one's own account. */
export function demoUnits(): readonly DemoUnit[] {
  return readUnitRegister().units.map(({ code, provider }, index) => ({
    code,
    taxCode: syntheticTaxCode(FIRST_TAX_CODE + index),
    username: `${code}_DV`,
    provider,
  }));
}

/** Puts the synthetic units into the register: those that lack, or with `isReset` all of them as they were at first. */
export async function seedUnits(connection: Connection, isReset: boolean): Promise<void> {
  const { agency, units, individuals } = readUnitRegister();
  await connection
    .insertInto('account')
    .values({
      id: DESK,
      username: DESK,
      role: 'officer',
      facility: null,
      // No password ever fits it.
      secret: 'none',
      status: 'suspended',
      reads_history: 0,
      addresses: null,
      changed_at: 0,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const all: UnitRegister['units'] = [...units, individuals];
  for (const [index, { code, name, region, scheme, provider, status }] of all.entries()) {
    const values = {
      name,
      tax_code: syntheticTaxCode(FIRST_TAX_CODE + index),
      agency,
      region,
      scheme: scheme ?? ('enterprise' as const),
      provider: provider ?? null,
      status: status ?? ('registered' as const),
      address: null,
      phone: null,
      files_until: null,
      payment_cycle: 1,
    };
    await connection
      .insertInto('unit')
      .values({ code, ...values })
      .onConflict((conflict) =>
        isReset ? conflict.column('code').doUpdateSet(values) : conflict.doNothing(),
      )
      .execute();
  }
}
