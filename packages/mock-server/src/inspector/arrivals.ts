import type { Reason } from '../dossiers/reason.ts';
import type { Adjudication, Outcome, ShownFinding, ShownSignature } from '../lifecycle/outcome.ts';
import type { StoredDossier } from '../store/declaration-tables.ts';
import type { Store } from '../store/store.ts';
import { bytesOf, type SubmissionTable } from '../store/tables.ts';

/** One thing that arrived, whichever gateway took it; nothing in it names a person. */
export interface Arrival {
  readonly id: string;
  readonly gateway: 'claims' | 'declarations';
  readonly kind: string;
  /** Facility or unit. */
  readonly sender: string;
  readonly key: string | null;
  readonly state: string;
  readonly size: number;
  /** Milliseconds since 1970 of the server's clock. */
  readonly receivedAt: number;
  readonly decidedAt: number | null;
  readonly errors: number;
  readonly warnings: number;
  readonly scenario: string | null;
}

export interface ArrivalDetail {
  readonly arrival: Arrival;
  readonly sha256: string;
  readonly ruleset: string | null;
  readonly number: string | null;
  readonly findings: readonly ShownFinding[];
  readonly reasons: readonly Reason[];
  readonly signature: ShownSignature | null;
  readonly adjudication: Adjudication | null;
  readonly events: readonly { readonly at: number; readonly type: string }[];
  readonly documents: readonly {
    readonly id: string;
    readonly kind: string;
    readonly form: string;
    readonly name: string;
    readonly at: number;
  }[];
  readonly ledger: readonly unknown[];
  readonly due: number | null;
}

/** Newest first, over all gateways. */
export async function listArrivals(
  store: Store,
  { limit, before }: { readonly limit: number; readonly before: number | undefined },
): Promise<readonly Arrival[]> {
  const latest = before ?? Number.MAX_SAFE_INTEGER;
  const submissions = await store.read
    .selectFrom('submission')
    .selectAll()
    .where('received_at', '<', latest)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  const dossiers = await store.read
    .selectFrom('dossier')
    .selectAll()
    .where('received_at', '<', latest)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return [...submissions.map(ofSubmission), ...dossiers.map(ofDossier)]
    .toSorted((a, b) => b.receivedAt - a.receivedAt)
    .slice(0, limit);
}

export async function readArrival(store: Store, id: string): Promise<ArrivalDetail | undefined> {
  const submission = await store.read
    .selectFrom('submission')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  const job = await store.read
    .selectFrom('job')
    .select('due_at')
    .where('subject', '=', id)
    .orderBy('due_at')
    .executeTakeFirst();
  const events = await store.read
    .selectFrom('event')
    .select(['at', 'type'])
    .where('subject', '=', id)
    .orderBy('id')
    .execute();
  const due = job?.due_at ?? null;
  if (submission !== undefined) {
    const outcome = outcomeOf(submission);
    return {
      arrival: ofSubmission(submission),
      sha256: submission.sha256,
      ruleset: submission.ruleset,
      number: null,
      findings: outcome?.findings ?? [],
      reasons: [],
      signature: outcome?.signature ?? null,
      adjudication: outcome?.adjudication ?? null,
      events,
      documents: [],
      ledger: [],
      due,
    };
  }
  const dossier = await store.read.selectFrom('dossier').selectAll().where('id', '=', id).executeTakeFirst();
  if (dossier === undefined) return undefined;
  const steps = await store.read
    .selectFrom('dossier_step')
    .select(['at', 'step', 'state'])
    .where('dossier_id', '=', id)
    .orderBy('place')
    .execute();
  const documents = await store.read
    .selectFrom('document')
    .select(['id', 'kind', 'form', 'name', 'at'])
    .where('dossier_id', '=', id)
    .orderBy('at')
    .execute();
  const entries = await store.read
    .selectFrom('ledger_entry')
    .select('entry')
    .where('unit', '=', dossier.unit)
    .orderBy('place')
    .execute();
  return {
    arrival: ofDossier(dossier),
    sha256: dossier.sha256,
    ruleset: null,
    number: dossier.number,
    findings: JSON.parse(dossier.findings) as ShownFinding[],
    reasons: JSON.parse(dossier.reasons) as Reason[],
    signature: null,
    adjudication: null,
    events: [...events, ...steps.map(({ at, step, state }) => ({ at, type: `${step} → ${state}` }))].toSorted(
      (a, b) => a.at - b.at,
    ),
    documents,
    // An entry names the dossier it was posted for.
    ledger: entries
      .filter(({ entry }) => entry.includes(id))
      .map(({ entry }) => JSON.parse(entry) as unknown),
    due,
  };
}

/** What arrived, or what was sent back for it. */
export async function readArrivalBytes(
  store: Store,
  id: string,
  document: string | undefined,
): Promise<Uint8Array | undefined> {
  if (document !== undefined) {
    const row = await store.read
      .selectFrom('document')
      .select('bytes')
      .where('id', '=', document)
      .where('dossier_id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : bytesOf(row.bytes);
  }
  const row =
    (await store.read
      .selectFrom('submission_bytes')
      .select('bytes')
      .where('submission_id', '=', id)
      .executeTakeFirst()) ??
    (await store.read
      .selectFrom('dossier_bytes')
      .select('bytes')
      .where('dossier_id', '=', id)
      .executeTakeFirst());
  return row === undefined ? undefined : bytesOf(row.bytes);
}

export const outcomeOf = ({ result }: Pick<SubmissionTable, 'result'>): Outcome | undefined =>
  result === null ? undefined : (JSON.parse(result) as Outcome);

const countOf = (findings: readonly ShownFinding[], severity: ShownFinding['severity']): number =>
  findings.filter((finding) => finding.severity === severity).length;

function ofSubmission(row: SubmissionTable): Arrival {
  const findings = outcomeOf(row)?.findings ?? [];
  return {
    id: row.id,
    gateway: 'claims',
    kind: row.kind,
    sender: row.facility,
    key: row.business_key,
    state: row.state,
    size: row.size,
    receivedAt: row.received_at,
    decidedAt: row.decided_at,
    errors: countOf(findings, 'error'),
    warnings: countOf(findings, 'warning'),
    scenario: row.scenario,
  };
}

function ofDossier(row: StoredDossier): Arrival {
  const findings = JSON.parse(row.findings) as ShownFinding[];
  return {
    id: row.id,
    gateway: 'declarations',
    kind: row.procedure_code ?? '',
    sender: row.unit,
    key: [row.procedure_code, row.period].filter((part) => part !== null).join(' ') || null,
    state: row.state,
    size: row.size,
    receivedAt: row.received_at,
    decidedAt: row.decided_at,
    errors: countOf(findings, 'error'),
    warnings: countOf(findings, 'warning'),
    scenario: row.scenario,
  };
}
