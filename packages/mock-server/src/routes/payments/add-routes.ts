import type { Hono } from 'hono';
import type { AppEnvironment, ServerContext } from '../../context.ts';
import type { Handler } from '../rest-call.ts';
import {
  findCreditsRoute,
  notifyCreditsRoute,
  readCollectionReportRoute,
  readCreditRoute,
} from './credits.ts';
import { agentBatchKind } from '../../payments/kinds/agent-batch.ts';
import { assignmentKind } from '../../payments/kinds/assignment.ts';
import { cutOffExtensionKind } from '../../payments/kinds/cut-off-extension.ts';
import { disbursementKind } from '../../payments/kinds/disbursement.ts';
import { portalPaymentKind } from '../../payments/kinds/portal-payment.ts';
import { reconciliationKind } from '../../payments/kinds/reconciliation.ts';
import { refundKind } from '../../payments/kinds/refund.ts';
import { sheetKind } from '../../payments/kinds/sheet.ts';
import { sweepKind } from '../../payments/kinds/sweep.ts';
import { traceKind } from '../../payments/kinds/trace.ts';
import type { RecordKind } from '../../payments/record-kind.ts';
import {
  inquireBalanceRoute,
  inquireObligationRoute,
  readStatementPageRoute,
  requestStatementRoute,
} from './accounts.ts';
import { bankAnswerRoute, callBackRoute, signSheetRoute } from './actions.ts';
import { findReconciliationsRoute, recordDocumentRoute, sendListingPageRoute } from './reconciliations.ts';
import { actOnRecordRoute, findRecordsRoute, openRecordRoute, readRecordRoute } from './records.ts';
import { bankOperation } from './guard.ts';
import { explainAccountRoute, findMessagesRoute, readMessageRoute } from './messages.ts';
import {
  findBanksRoute,
  openBankSessionRoute,
  readBusinessDayRoute,
  readPartyCertificateRoute,
  registerPartyCertificateRoute,
} from './session.ts';

/** The operations of one kind of record; those that the description does not have are left out. */
function recordRoutes(
  kind: RecordKind,
  noun: string,
  plural = `${noun}s`,
): Readonly<Record<string, (server: ServerContext) => Handler>> {
  const make = noun === 'Sweep' ? 'runSweep' : `open${noun}`;
  const act = recordsWithoutActions.has(noun)
    ? {}
    : { [`actOn${noun}`]: (server: ServerContext) => actOnRecordRoute(server, `actOn${noun}`, kind) };
  return {
    [make]: (server) => openRecordRoute(server, make, kind),
    [`find${plural}`]: (server) => findRecordsRoute(server, `find${plural}`, kind.kind),
    [`read${noun}`]: (server) => readRecordRoute(server, `read${noun}`, kind.kind),
    ...act,
  };
}

const recordsWithoutActions: ReadonlySet<string> = new Set(['Sweep', 'Sheet']);

/** The bank gateway: what is described in specs/openapi/bank-gateway.yaml, by operationId. */
const routes: Readonly<Record<string, (server: ServerContext) => Handler>> = {
  openBankSession: openBankSessionRoute,
  readPartyCertificate: readPartyCertificateRoute,
  registerPartyCertificate: registerPartyCertificateRoute,
  findBanks: findBanksRoute,
  readBusinessDay: readBusinessDayRoute,
  notifyCredits: notifyCreditsRoute,
  findCredits: findCreditsRoute,
  readCredit: readCreditRoute,
  readCollectionReport: readCollectionReportRoute,
  inquireObligation: inquireObligationRoute,
  inquireBalance: inquireBalanceRoute,
  requestStatement: requestStatementRoute,
  readStatementPage: readStatementPageRoute,
  sendListingPage: sendListingPageRoute,
  findReconciliations: findReconciliationsRoute,
  readReconciliation: (server) => readRecordRoute(server, 'readReconciliation', 'reconciliation'),
  actOnReconciliation: (server) => actOnRecordRoute(server, 'actOnReconciliation', reconciliationKind),
  readConfirmation: (server) =>
    recordDocumentRoute(server, 'readConfirmation', 'reconciliation', 'confirmation'),
  callBack: callBackRoute,
  readDisbursementOrder: (server) =>
    recordDocumentRoute(server, 'readDisbursementOrder', 'disbursement', 'order'),
  sendDisbursementResults: (server) => bankAnswerRoute(server, 'sendDisbursementResults'),
  sendReturns: (server) => bankAnswerRoute(server, 'sendReturns'),
  readSheetDocument: (server) => recordDocumentRoute(server, 'readSheetDocument', 'sheet', 'sheet'),
  signSheet: signSheetRoute,
  ...recordRoutes(portalPaymentKind, 'PortalPayment'),
  ...recordRoutes(agentBatchKind, 'AgentBatch', 'AgentBatches'),
  ...recordRoutes(assignmentKind, 'Assignment'),
  ...recordRoutes(cutOffExtensionKind, 'CutOffExtension'),
  ...recordRoutes(traceKind, 'Trace'),
  ...recordRoutes(disbursementKind, 'Disbursement'),
  ...recordRoutes(refundKind, 'Refund'),
  ...recordRoutes(sheetKind, 'Sheet'),
  ...recordRoutes(sweepKind, 'Sweep'),
  findMessages: findMessagesRoute,
  readMessage: readMessageRoute,
  explainAccount: explainAccountRoute,
};

export function addPaymentRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  for (const [id, open] of Object.entries(routes)) {
    const operation = bankOperation(server, id);
    const handler = open(server);
    app.on(operation.method, operation.path.replaceAll(/\{(\w+)\}/g, ':$1'), (call) => {
      call.set('route', operation.path);
      return handler(call);
    });
  }
}
