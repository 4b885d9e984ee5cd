import { learnPapers } from '../register/learn-papers.ts';
import { learnPatient } from '../register/learn-patient.ts';
import type { ServerContext } from '../context.ts';
import type { JobWork } from '../jobs/attempt-job.ts';
import { bytesOf } from '../store/tables.ts';
import type { Checked, DocumentCheck } from './check-document.ts';
import type { ShownSignature } from './outcome.ts';

/** Checks a received document and decides it; the outcome, its event and the end of the job are one transaction. */
export function checkWork(server: ServerContext): JobWork {
  let check: DocumentCheck | undefined;
  return async (job) => {
    const row = await server.store.read
      .selectFrom('submission')
      .innerJoin('submission_bytes', 'submission_bytes.submission_id', 'submission.id')
      .selectAll('submission')
      .select('submission_bytes.bytes')
      .where('submission.id', '=', job.subject)
      .executeTakeFirst();
    if (row === undefined || (row.state !== 'received' && row.state !== 'checking')) {
      await server.store.write((connection) =>
        connection.deleteFrom('job').where('id', '=', job.id).execute(),
      );
      return;
    }
    await server.store.write((connection) =>
      connection.updateTable('submission').set({ state: 'checking' }).where('id', '=', row.id).execute(),
    );
    const effect = row.scenario === null ? {} : (server.scenarios.get(row.scenario)?.effect ?? {});
    if (effect.check === 'stuck') {
      await server.store.write((connection) =>
        connection.deleteFrom('job').where('id', '=', job.id).execute(),
      );
      return;
    }
    check ??= (await import('./check-document.ts')).createDocumentCheck(server);
    const checked = await check({
      id: row.id,
      kind: row.kind,
      form: row.form,
      facility: row.facility,
      bytes: bytesOf(row.bytes),
      signature: row.signature === null ? undefined : (JSON.parse(row.signature) as ShownSignature),
      mustFail: effect.check === 'fail' ? (row.scenario ?? '') : undefined,
    });
    await storeOutcome(server, job.id, { ...row, content: bytesOf(row.bytes) }, checked);
  };
}

interface CheckedRow {
  readonly id: string;
  readonly kind: string;
  readonly facility: string;
  readonly business_key: string | null;
  readonly revision: number;
  readonly content: Uint8Array;
}

async function storeOutcome(
  server: ServerContext,
  jobId: string,
  row: CheckedRow,
  checked: Checked,
): Promise<void> {
  const at = server.clock.now().getTime();
  const { outcome, visit, claim } = checked;
  await server.store.write(async (connection) => {
    const mine = await connection
      .deleteFrom('job')
      .where('id', '=', jobId)
      .returning('id')
      .executeTakeFirst();
    if (mine === undefined) return;
    const later =
      row.business_key === null
        ? undefined
        : await connection
            .selectFrom('submission')
            .select('id')
            .where('facility', '=', row.facility)
            .where('kind', '=', row.kind)
            .where('business_key', '=', row.business_key)
            .where('revision', '>', row.revision)
            .where('state', '=', 'adjudicated')
            .executeTakeFirst();
    const state = later !== undefined && outcome.state === 'adjudicated' ? 'replaced' : outcome.state;
    await connection
      .updateTable('submission')
      .set({ state, ruleset: outcome.ruleset, decided_at: at, result: JSON.stringify(outcome) })
      .where('id', '=', row.id)
      .execute();
    if (state === 'adjudicated' && row.business_key !== null) {
      await connection
        .updateTable('submission')
        .set({ state: 'replaced' })
        .where('facility', '=', row.facility)
        .where('kind', '=', row.kind)
        .where('business_key', '=', row.business_key)
        .where('revision', '<', row.revision)
        .where('state', '=', 'adjudicated')
        .execute();
      if (visit !== undefined) {
        const values = { ...visit, submission_id: row.id, decided_at: at };
        await connection
          .insertInto('visit')
          .values({ ...values, facility: row.facility, business_key: row.business_key })
          .onConflict((conflict) => conflict.columns(['facility', 'business_key']).doUpdateSet(values))
          .execute();
      }
      if (server.learnsPatients && claim?.summary !== undefined) {
        await learnPatient(connection, claim.summary);
      }
    }
    if (state === 'accepted' && row.kind === 'certificates') await learnPapers(connection, row, row.content);
    await connection
      .insertInto('event')
      .values({
        at,
        type: `${row.kind}.${state}`,
        facility: row.facility,
        subject: row.id,
        data: JSON.stringify({ ruleset: outcome.ruleset, findings: outcome.findings.length }),
      })
      .execute();
  });
}
