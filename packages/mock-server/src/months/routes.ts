import type { Hono } from 'hono';
import type { AppEnvironment, ServerContext } from '../context.ts';
import { problems } from '../problem.ts';
import { openControl } from '../routes/control.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';
import type { MonthCloseTable } from '../store/month-tables.ts';
import { startMonthClose } from './close-month.ts';

/** The close of a month as the control API tells of it. */
export function addMonthRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  const route = openControl(app, server, server.control);
  const { read } = server.store;
  const show = async (run: MonthCloseTable): Promise<Record<string, unknown>> => {
    const { total } = await read
      .selectFrom('unit')
      .select((s) => s.fn.countAll().as('total'))
      .executeTakeFirstOrThrow();
    return {
      month: run.month,
      state: run.state,
      units: Number(run.units),
      totalUnits: Number(total),
      workers: Number(run.workers),
      principal: String(run.principal),
      interest: String(run.interest),
      digest: run.digest,
      startedAt: new Date(Number(run.started_at)).toISOString(),
      finishedAt: run.finished_at === null ? null : new Date(Number(run.finished_at)).toISOString(),
    };
  };
  route('listMonthCloses', async () => {
    const runs = await read.selectFrom('month_close').selectAll().orderBy('month').execute();
    return gatewayReply({ months: await Promise.all(runs.map(show)) });
  });
  route('readMonthClose', async (call) => {
    const run = await read
      .selectFrom('month_close')
      .selectAll()
      .where('month', '=', call.req.param('month') ?? '')
      .executeTakeFirst();
    return run === undefined ? problems.notFound() : gatewayReply(await show(run));
  });
  route('closeMonth', async (call) => {
    const run = await startMonthClose(server, call.req.param('month') ?? '');
    server.jobs.wake();
    return gatewayReply(await show(run));
  });
}
