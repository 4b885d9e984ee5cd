import { learnPapers } from '../register/learn-papers.ts';
import { learnPatient } from '../register/learn-patient.ts';
import type { ServerContext } from '../context.ts';
import type { JobWork } from '../jobs/attempt-job.ts';
import { bytesOf } from '../store/tables.ts';
import type { Checked, DocumentCheck } from './check-document.ts';
import { checkSignature } from './check-signature.ts';
import { expectedDocument } from './document-kinds.ts';
import type { ShownSignature } from './outcome.ts';

/** Checks a received document and decides it; the outcome, its event and the end of the job are one transaction. */
export function checkWork(server: ServerContext): JobWork {
  let check: DocumentCheck | undefined;
  return async (job) => {
    const row = await server.store.read
      .selectFrom('submission')
      .innerJoin('submission_bytes', 'submission_bytes.submission_id', 'submission.id')
      .select([
        'submission.id',
        'submission.kind',
        'submission.form',
        'submission.facility',
        'submission.business_key',
        'submission.revision',
        'submission.state',
        'submission.scenario',
        'submission.signature',
        'submission_bytes.bytes',
      ])
      .where('submission.id', '=', job.subject)
      .executeTakeFirst();
    if (row === undefined || (row.state !== 'received' && row.state !== 'checking')) {
      await server.store.write((connection) =>
        connection.deleteFrom('job').where('id', '=', job.id).execute(),
      );
      return;
    }
    const effect = row.scenario === null ? {} : (server.scenarios.get(row.scenario)?.effect ?? {});
    if (effect.check === 'stuck') {
      await server.store.write(async (connection) => {
        await connection
          .updateTable('submission')
          .set({ state: 'checking' })
          .where('id', '=', row.id)
          .execute();
        await connection.deleteFrom('job').where('id', '=', job.id).execute();
      });
      return;
    }
    const { id, kind, form, facility } = row;
    const bytes = bytesOf(row.bytes);
    check ??=
      server.checks?.check ??
      (await import('./check-document.ts')).createDocumentCheck(server.specifications, server);
    const checked = await check(
      {
        id,
        kind,
        form,
        facility,
        bytes,
        signature: await signatureOf(server, row, bytes),
        mustFail: effect.check === 'fail' ? (row.scenario ?? '') : undefined,
      },
      server.clock.now(),
    );
    await storeOutcome(server, job.id, { ...row, content: bytes }, checked);
  };
}

/** The verdict of the receipt; what a former version received is judged now. */
async function signatureOf(
  server: ServerContext,
  row: { readonly kind: string; readonly facility: string; readonly signature: string | null },
  bytes: Uint8Array,
): Promise<ShownSignature | undefined> {
  if (row.signature !== null) return JSON.parse(row.signature) as ShownSignature;
  if (expectedDocument(row.kind) === undefined) return undefined;
  return (await checkSignature(server, row.facility, bytes)).shown;
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
  const { outcome, visit, summary } = checked;
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
      if (row.revision > 1) {
        await connection
          .updateTable('submission')
          .set({ state: 'replaced' })
          .where('facility', '=', row.facility)
          .where('kind', '=', row.kind)
          .where('business_key', '=', row.business_key)
          .where('revision', '<', row.revision)
          .where('state', '=', 'adjudicated')
          .execute();
      }
      if (visit !== undefined) {
        const values = { ...visit, submission_id: row.id, decided_at: at };
        await connection
          .insertInto('visit')
          .values({ ...values, facility: row.facility, business_key: row.business_key })
          .onConflict((conflict) => conflict.columns(['facility', 'business_key']).doUpdateSet(values))
          .execute();
      }
      if (server.learnsPatients && summary !== undefined) await learnPatient(connection, summary);
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
