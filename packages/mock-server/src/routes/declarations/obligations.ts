import { dueDayOf } from '@bhxh/sdk/contributions';
import type { ServerContext } from '../../context.ts';
import { startOfDay } from '../../clock/vietnam-time.ts';
import { cycleOfUnit } from '../../dossiers/decision-choice.ts';
import { openLifecycle } from '../../dossiers/lifecycle.ts';
import { writeForm } from '../../dossiers/write-form.ts';
import { countDossiers } from '../../dossiers/statistics.ts';
import { addFunds, funds } from '../../ledger/obligations.ts';
import { columnsOf, statementFigures, statementForm, type StatementColumns } from '../../ledger/statement.ts';
import { readUnitLedger } from '../../ledger/unit-ledger.ts';
import { closedStatement } from '../../months/closed-statement.ts';
import { closingsOf } from '../../months/closings.ts';
import { readMembers } from '../../register/members.ts';
import { monthAfter, stretchIn } from '../../register/stretches.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { xmlReply } from './dossiers.ts';
import type { Handler } from '../rest-call.ts';
import { guarded, ownUnit } from './guard.ts';

/** Whole đồng as text, so that no client reads it as a float. */
const columns = (amounts: StatementColumns): Readonly<Record<keyof StatementColumns, string>> => ({
  bhxh: String(amounts.bhxh),
  bhyt: String(amounts.bhyt),
  bhtn: String(amounts.bhtn),
  tnld: String(amounts.tnld),
  total: String(amounts.total),
});

/** GET /declarations/v1/units/{unitCode}/obligations. */
export function readObligationsRoute(server: ServerContext): Handler {
  return guarded(server, 'readObligations', async (call, session) => {
    const unit = await ownUnit(server, session, call.req.param('unitCode') ?? '');
    const month = call.req.query('month') ?? '';
    const { ledger } = await readUnitLedger(server.store.read, unit.code);
    const members = await readMembers(server.store.read, unit.code);
    const closings = await closingsOf(server.store.read, unit.code);
    const figures = statementFigures(ledger, unit.code, month, closings);
    const paid = figures.paid.reduce(
      (sum, { amounts }) => addFunds(sum, amounts, -1),
      addFunds(addFunds(figures.carriedIn, figures.ofMonth), figures.adjustments),
    );
    return gatewayReply({
      unitCode: unit.code,
      month,
      dueOn:
        server.specifications.parameterOn('payment-due-months', `${month}-01`) === undefined
          ? null
          : dueDayOf(server.specifications, month, cycleOfUnit(unit)),
      workers: [...members.values()].filter((stretches) => stretchIn(stretches, month)?.absence === null)
        .length,
      funds: funds.map((fund) => ({ fund, amount: String(figures.ofMonth[fund]) })),
      period: columns(columnsOf(figures.ofMonth)),
      outstanding: columns(columnsOf(paid)),
    });
  });
}

/** GET /declarations/v1/units/{unitCode}/statements/{month}. */
export function readStatementRoute(server: ServerContext): Handler {
  return guarded(server, 'readStatement', async (call, session) => {
    const unit = await ownUnit(server, session, call.req.param('unitCode') ?? '');
    const { specifications, store, officeKey, clock } = server;
    const month = call.req.param('month') ?? '';
    const closed = await closedStatement(server, unit, month);
    if (closed !== undefined) return xmlReply(closed);
    const { ledger } = await readUnitLedger(store.read, unit.code);
    const closings = await closingsOf(store.read, unit.code);
    const form = statementForm(specifications, unit, ledger, month, closings);
    return xmlReply(await officeKey.sign(writeForm(specifications, form), clock.now()));
  });
}

/** GET /declarations/v1/statistics, for the agencies of the caller's units. */
export function readStatisticsRoute(server: ServerContext): Handler {
  return guarded(server, 'readStatistics', async (call, session) => {
    const month = call.req.query('month');
    const agencies = await server.store.read
      .selectFrom('unit')
      .select('agency')
      .distinct()
      .where('code', 'in', [...session.units])
      .execute();
    const wanted = call.req.query('agency');
    return gatewayReply({
      lines: await countDossiers(server.store.read, openLifecycle(server.specifications), {
        agencies: agencies
          .map(({ agency }) => agency)
          .filter((agency) => wanted === undefined || agency === wanted),
        now: server.clock.now(),
        ...(month === undefined
          ? {}
          : { from: startOfDay(`${month}-01`), to: startOfDay(`${monthAfter(month)}-01`) }),
      }),
    });
  });
}
