import { randomUUID } from 'node:crypto';
import { declarationSpecs, readDossier, type DossierFinding } from '@bhxh/sdk/declarations/read';
import type { ServerContext } from '../context.ts';
import type { Job, JobWork } from '../jobs/attempt-job.ts';
import { closingsOf } from '../months/closings.ts';
import { MONTH_JOB } from '../months/month-job.ts';
import { addToCounter } from '../register/people.ts';
import { silentPopulation } from '../register/population.ts';
import { findUnit } from '../register/units.ts';
import type { DossierScenario } from '../scenarios/scenario.ts';
import type { Connection } from '../store/store.ts';
import type { StoredDossier, UnitTable } from '../store/declaration-tables.ts';
import { bytesOf } from '../store/tables.ts';
import { vietnamTime } from '../clock/vietnam-time.ts';
import { carryOut, registerVersion, RegistersMoved } from './carry-out.ts';
import { checkAtOffice } from './check-office.ts';
import { checkTechnically } from './check-technical.ts';
import { decide, type Decision } from './decide.ts';
import { openLifecycle, type Lifecycle, type LifecycleStep } from './lifecycle.ts';
import { noticeForm, noticeId } from './notice.ts';
import { isWaiting, reasonOf, reasonSpecs, type Reason } from './reason.ts';
import { DOSSIER_JOB } from './receive-dossier.ts';
import { readRegisters, type RegisterView } from './register-view.ts';
import { CARD_JOB } from './sync-cards.ts';
import { writeForm } from './write-form.ts';

const MINUTE = 60_000;

/** What a step found out, before anything is stored. */
interface StepOutcome {
  readonly state: string;
  readonly reasons: readonly Reason[];
  readonly findings: readonly DossierFinding[];
  readonly notice: string | undefined;
  readonly decision?: Decision;
  readonly view?: RegisterView;
}

/** Carries dossiers from step to step by specs/declarations/lifecycle.yaml; steps of one unit follow each other. */
export function dossierWork(server: ServerContext): JobWork {
  const lifecycle = openLifecycle(server.specifications);
  const lines = new Map<string, Promise<void>>();
  return async (job) => {
    const row = await readRow(server, job);
    const step = row === undefined ? undefined : lifecycle.stepFrom(row.dossier.state);
    if (row === undefined || step === undefined) {
      await server.store.write((connection) =>
        connection.deleteFrom('job').where('id', '=', job.id).execute(),
      );
      return;
    }
    const unit = row.dossier.unit;
    const before = lines.get(unit) ?? Promise.resolve();
    const turn = before.then(() => takeStep(server, lifecycle, job));
    const settled = turn.catch(() => undefined);
    lines.set(unit, settled);
    try {
      await turn;
    } finally {
      if (lines.get(unit) === settled) lines.delete(unit);
    }
  };
}

interface DossierRow {
  readonly dossier: StoredDossier;
  readonly bytes: Uint8Array;
}

async function readRow({ store }: ServerContext, job: Job): Promise<DossierRow | undefined> {
  const dossier = await store.read
    .selectFrom('dossier')
    .selectAll()
    .where('id', '=', job.subject)
    .executeTakeFirst();
  const stored = await store.read
    .selectFrom('dossier_bytes')
    .select('bytes')
    .where('dossier_id', '=', job.subject)
    .executeTakeFirst();
  return dossier === undefined || stored === undefined
    ? undefined
    : { dossier, bytes: bytesOf(stored.bytes) };
}

async function takeStep(server: ServerContext, lifecycle: Lifecycle, job: Job): Promise<void> {
  const { specifications, store } = server;
  const row = await readRow(server, job);
  const step = row === undefined ? undefined : lifecycle.stepFrom(row.dossier.state);
  const unit = row === undefined ? undefined : await findUnit(store.read, row.dossier.unit);
  if (row === undefined || step === undefined || unit === undefined) return;
  const { dossier } = row;
  const scenario = scenarioOf(server, dossier);
  const version = await registerVersion(store.read, unit.code);
  const since = new Date(dossier.changed_at);
  // The moment that was planned, whatever the clock jumped over: what a dossier tells does not depend on how time was moved.
  const at = lifecycle.dueMoment(step, {
    since,
    dueDay: dossier.due_day ?? undefined,
    ...(step.check === 'result' ? { lateDays: scenario.late ?? 0 } : {}),
  });
  const procedure = declarationSpecs(specifications).procedures.find(
    ({ code }) => code === dossier.procedure_code,
  );
  const due = step.check === 'office' ? lifecycle.dueDay(procedure?.workingDays ?? null, at) : undefined;
  const outcome = await runStep(server, lifecycle, { row, unit, step, scenario, at });
  const isRefused = outcome.state === step.otherwise;
  const waits = outcome.state === step.from;
  const isAccepted = step.check === 'office' && !isRefused && !waits;
  const place = await placeOf(store.read, dossier.id);
  const dueDay = isRefused ? null : ((isAccepted ? due?.date : undefined) ?? dossier.due_day);
  const number = isAccepted ? await nextNumber(server, dossier.agency, at) : dossier.number;
  const documents = await signedDocuments(server, {
    row,
    unit,
    outcome,
    place,
    number,
    dueDay,
    at,
  });
  const next = lifecycle.stepFrom(outcome.state);
  const nextDue =
    next === undefined || scenario.stuckIn === outcome.state
      ? undefined
      : lifecycle.dueMoment(next, {
          since: at,
          dueDay: dueDay ?? undefined,
          ...(next.check === 'result' ? { lateDays: scenario.late ?? 0 } : {}),
        });
  await store.write(async (connection) => {
    const mine = await connection
      .deleteFrom('job')
      .where('id', '=', job.id)
      .returning('id')
      .executeTakeFirst();
    if (mine === undefined) return;
    if (outcome.decision !== undefined) {
      // A month that is being closed ends first: what it posted decides what is left to be posted here.
      await store.lock(connection, MONTH_JOB, 'shared');
      const isMoved =
        (await registerVersion(connection, unit.code)) !== version ||
        (await closingsOf(connection, unit.code)).length !== outcome.view?.closings.length;
      if (isMoved) throw new RegistersMoved();
      await carryOut(connection, unit, outcome.decision, outcome.view as RegisterView);
      if (outcome.decision.cardChanges.length > 0)
        await addJob(connection, CARD_JOB, dossier.id, lifecycle.nextCardSync(at));
    }
    await connection
      .updateTable('dossier')
      .set({
        state: outcome.state,
        changed_at: at.getTime(),
        decided_at: lifecycle.state(outcome.state).final === true ? at.getTime() : null,
        handed_over_at:
          outcome.decision === undefined || dossier.returns !== 'post'
            ? null
            : lifecycle.arrivalByPost(at).getTime(),
        number,
        due_day: dueDay,
        is_due_provisional: (due?.provisional ?? dossier.is_due_provisional === 1) ? 1 : 0,
        reasons: JSON.stringify(outcome.reasons),
        ...(step.check === 'technical' ? { findings: JSON.stringify(shownFindings(outcome.findings)) } : {}),
        ...(outcome.decision === undefined
          ? {}
          : { card_changes: JSON.stringify(outcome.decision.cardChanges) }),
      })
      .where('id', '=', dossier.id)
      .execute();
    if (nextDue !== undefined) await addJob(connection, DOSSIER_JOB, dossier.id, nextDue);
    // Told once, however often it is asked again.
    if (waits && dossier.reasons === JSON.stringify(outcome.reasons)) return;
    await connection
      .insertInto('dossier_step')
      .values({ dossier_id: dossier.id, place, step: step.id, state: outcome.state, at: at.getTime() })
      .execute();
    for (const document of documents)
      await connection
        .insertInto('document')
        .values({ ...document, dossier_id: dossier.id, unit: unit.code, at: at.getTime() })
        .execute();
    await connection
      .insertInto('event')
      .values({
        at: at.getTime(),
        type: `dossier.${outcome.state}`,
        facility: null,
        subject: dossier.id,
        data: JSON.stringify({ unit: unit.code, reasons: outcome.reasons.map(({ code }) => code) }),
      })
      .execute();
  });
}

const addJob = (connection: Connection, kind: string, subject: string, due: Date): Promise<unknown> =>
  connection
    .insertInto('job')
    .values({ id: randomUUID(), kind, subject, due_at: due.getTime(), attempts: 0, last_error: null })
    .execute();

function scenarioOf({ scenarios }: ServerContext, { scenario }: StoredDossier): DossierScenario {
  return (scenario === null ? undefined : scenarios.get(scenario)?.effect.dossier) ?? {};
}

/** `NNNNN/YYYY/CCCCC`; a number that is taken and not used is a gap, as in any register. */
async function nextNumber({ store }: ServerContext, agency: string, at: Date): Promise<string> {
  const { year } = vietnamTime(at);
  const running = await store.write((connection) => addToCounter(connection, `dossier ${agency} ${year}`, 1));
  return `${String(running).padStart(5, '0')}/${year}/${agency}`;
}

async function placeOf(connection: Connection, dossierId: string): Promise<number> {
  const row = await connection
    .selectFrom('dossier_step')
    .select((s) => s.fn.max('place').as('place'))
    .where('dossier_id', '=', dossierId)
    .executeTakeFirst();
  return Number(row?.place ?? 0) + 1;
}

async function runStep(
  server: ServerContext,
  lifecycle: Lifecycle,
  choice: {
    readonly row: DossierRow;
    readonly unit: UnitTable;
    readonly step: LifecycleStep;
    readonly scenario: DossierScenario;
    readonly at: Date;
  },
): Promise<StepOutcome> {
  const { specifications } = server;
  const { row, unit, step, scenario, at } = choice;
  const forced = reasonSpecs(specifications)
    .filter(({ code, stage }) => code === scenario.reason && stage === step.check)
    .map(({ code }) => reasonOf(specifications, code));
  const pass: StepOutcome = { state: step.to, reasons: [], findings: [], notice: step.notice?.to };
  const refuse = (reasons: readonly Reason[], findings: readonly DossierFinding[]): StepOutcome => ({
    state: step.otherwise ?? step.to,
    reasons,
    findings,
    notice: step.notice?.otherwise,
  });
  switch (step.check) {
    case 'technical': {
      const { reasons, findings } = await checkTechnically(
        server,
        unit,
        row.bytes,
        row.dossier.authentication,
      );
      const all = [...forced, ...reasons];
      return all.length > 0 ? refuse(all, findings) : { ...pass, findings };
    }
    case 'office': {
      const { dossier } = readDossier(specifications, row.bytes);
      const view = await readRegisters(server, unit, dossier);
      const down = (scenario.populationDown ?? 0) * MINUTE;
      const isSilent = at.getTime() < row.dossier.received_at + down;
      const reasons = [
        ...forced,
        ...checkAtOffice(
          {
            specifications,
            unit,
            dossier,
            now: at,
            population: isSilent ? silentPopulation : server.population,
            learns: server.learnsPatients,
          },
          view,
        ),
      ];
      if (isWaiting(specifications, reasons))
        return { state: step.from, reasons, findings: [], notice: undefined };
      return reasons.length > 0 ? refuse(reasons, []) : pass;
    }
    case 'result': {
      const { dossier } = readDossier(specifications, row.bytes);
      const view = await readRegisters(server, unit, dossier);
      const decision = decide(
        {
          specifications,
          lifecycle,
          unit,
          dossierId: row.dossier.id,
          number: row.dossier.number ?? '',
          period: row.dossier.period ?? monthOf(at),
          at,
        },
        dossier,
        view,
      );
      return { ...pass, decision, view };
    }
    case undefined:
      return pass;
    default:
      return step.check satisfies never;
  }
}

/** A dossier without a period is booked in the month of its decision. */
function monthOf(at: Date): string {
  const { year, month } = vietnamTime(at);
  return `${year}-${String(month).padStart(2, '0')}`;
}

interface DocumentRow {
  readonly id: string;
  readonly kind: 'notice' | 'result';
  readonly form: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function signedDocuments(
  server: ServerContext,
  choice: {
    readonly row: DossierRow;
    readonly unit: UnitTable;
    readonly outcome: StepOutcome;
    readonly place: number;
    readonly number: string | null;
    readonly dueDay: string | null;
    readonly at: Date;
  },
): Promise<readonly DocumentRow[]> {
  const { specifications, officeKey } = server;
  const { row, unit, outcome, place, number, dueDay, at } = choice;
  const { id } = row.dossier;
  const documents: DocumentRow[] = [];
  for (const content of outcome.decision?.documents ?? [])
    documents.push({
      id: `${id}-${place}-${content.form}`,
      kind: 'result',
      form: content.form,
      name: content.form,
      bytes: await officeKey.sign(writeForm(specifications, content), at),
    });
  if (outcome.notice !== undefined) {
    const own = noticeId(id, outcome.notice, place);
    const content = noticeForm(specifications, {
      name: outcome.notice,
      id: own,
      dossier: row.dossier,
      unit,
      number,
      dueDay,
      at,
      reasons: outcome.reasons,
    });
    documents.push({
      id: own,
      kind: 'notice',
      form: content.form,
      name: outcome.notice,
      bytes: await officeKey.sign(writeForm(specifications, content), at),
    });
  }
  return documents;
}

/** Kept beside the dossier; values of personal fields are not among them. */
function shownFindings(findings: readonly DossierFinding[]): unknown {
  return findings.slice(0, 1_000).map(({ ruleId, code, severity, path, message }) => ({
    ruleId,
    code,
    severity,
    path,
    message,
  }));
}
