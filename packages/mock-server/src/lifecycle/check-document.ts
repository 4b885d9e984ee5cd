import type { ServerContext } from '../context.ts';
import type { VisitTable } from '../store/tables.ts';
import type { Outcome } from './outcome.ts';

export interface DocumentToCheck {
  readonly kind: string;
  readonly facility: string;
  readonly bytes: Uint8Array;
  /** Name of the scenario that wants this document refused. */
  readonly mustFail: string | undefined;
}

export interface Checked {
  readonly outcome: Outcome;
  /** What an adjudicated claim adds to the patient's history and co-payments. */
  readonly visit?: Omit<VisitTable, 'submission_id' | 'facility' | 'business_key' | 'decided_at'>;
}

export async function checkDocument(_server: ServerContext, document: DocumentToCheck): Promise<Checked> {
  if (document.mustFail !== undefined) return { outcome: refusedByScenario(document.mustFail) };
  return { outcome: { state: 'accepted', ruleset: null, findings: [] } };
}

function refusedByScenario(scenario: string): Outcome {
  return {
    state: 'rejected',
    ruleset: null,
    findings: [
      {
        ruleId: 'SCENARIO',
        code: 'SCENARIO',
        severity: 'error',
        path: '',
        message: {
          vi: `Kịch bản ${scenario} từ chối hồ sơ này.`,
          en: `Scenario ${scenario} rejects this document.`,
        },
      },
    ],
  };
}
