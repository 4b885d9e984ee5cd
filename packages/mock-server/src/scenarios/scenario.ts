import { BhxhError } from '@bhxh/sdk/errors';
import { en } from '../messages/en.ts';
import { vi } from '../messages/vi.ts';

/** What a scenario of `specs/scenarios` does to a call. Everything is optional; nothing at all is ordinary service. */
export interface ScenarioEffect {
  /** Answer with this official code, in the shape of the path called, and do nothing. */
  readonly reply?: string;
  /** Answer with this HTTP status as a problem document, and do nothing. */
  readonly status?: number;
  /** Seconds for the Retry-After header. */
  readonly retryAfter?: number;
  /** Do the work, then spoil the answer. */
  readonly answer?: 'none' | 'html' | 'empty' | 'truncated' | 'garbage' | 'flipped-type';
  /** Real milliseconds to wait before the answer (or before the connection is cut). */
  readonly delay?: number;
  /** What becomes of a received document: refused by the check, or never decided. */
  readonly check?: 'fail' | 'stuck';
  /** Virtual seconds between receipt and check. */
  readonly checkAfter?: number;
  /** What the remote signing service, or the user with his phone, does. */
  readonly signing?: SigningFault;
  /** What becomes of an employer's dossier. */
  readonly dossier?: DossierScenario;
  /** What the reference bank does wrong. */
  readonly payment?: PaymentFault;
}

/** How the office treats a dossier that was received. */
export interface DossierScenario {
  /** Refused for this reason (specs/declarations/rejections.yaml), at the step that finds it. */
  readonly reason?: string;
  /** Nothing follows this state (specs/declarations/lifecycle.yaml). */
  readonly stuckIn?: string;
  /** Working days by which the result is late. */
  readonly late?: number;
  /** Minutes after receipt in which the population database does not answer. */
  readonly populationDown?: number;
}

export type PaymentFault =
  | 'page-missing'
  | 'page-doubled'
  | 'page-order'
  | 'last-page-missing'
  | 'opening-broken'
  | 'balance-broken'
  | 'fraction'
  | 'line-doubled'
  | 'timeout-after-debit'
  | 'debit-refused'
  | 'callback-lost'
  | 'callback-late'
  | 'callback-doubled'
  | 'batch-refused'
  | 'no-answer';

export type SigningFault =
  | 'confirm'
  | 'refuse'
  | 'ignore'
  | 'authorization-expired'
  | 'wrong-code'
  | 'locked'
  | 'revoked'
  | 'too-many'
  | 'too-few'
  | 'wrong-value'
  | 'other-certificate';

export interface Scenario {
  readonly id: string;
  readonly title: { readonly vi: string; readonly en: string };
  readonly story: { readonly vi: string; readonly en: string };
  readonly effect: ScenarioEffect;
}

export interface Scenarios {
  readonly names: readonly string[];
  readonly all: readonly Scenario[];
  get(id: string): Scenario | undefined;
}

const KEYS = new Set<keyof ScenarioEffect>([
  'reply',
  'status',
  'retryAfter',
  'answer',
  'delay',
  'check',
  'checkAfter',
  'signing',
  'dossier',
  'payment',
]);

/** A claim whose MA_LK begins so asks for the scenario named after it, for software whose headers cannot be changed. */
export const RESERVED_KEY = 'SCENARIO.';

/** Checks the data at start, so that a misspelt effect is not silently ordinary service. */
export function readScenarios(files: readonly unknown[]): Scenarios {
  const byId = new Map<string, Scenario>();
  for (const file of files) {
    const scenario = file as Scenario;
    const unknown = Object.keys(scenario.effect ?? {}).filter(
      (key) => !KEYS.has(key as keyof ScenarioEffect),
    );
    if (typeof scenario.id !== 'string' || unknown.length > 0 || byId.has(scenario.id)) {
      throw new BhxhError({
        code: 'ERR_SPECS_DAMAGED',
        category: 'spec',
        retry: 'never',
        message: {
          vi: vi.scenarioDamaged(scenario.id, unknown.join(', ')),
          en: en.scenarioDamaged(scenario.id, unknown.join(', ')),
        },
      });
    }
    byId.set(scenario.id, { ...scenario, effect: scenario.effect ?? {} });
  }
  return { names: [...byId.keys()], all: [...byId.values()], get: (id) => byId.get(id) };
}

/** The scenario that a reserved MA_LK names: `SCENARIO.stuck-processing` or `SCENARIO.stuck-processing.anything`. */
export function scenarioOfKey(key: string | undefined): string | undefined {
  if (key?.startsWith(RESERVED_KEY) !== true) return undefined;
  return key.slice(RESERVED_KEY.length).split('.')[0];
}
