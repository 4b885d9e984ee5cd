import type { Hono } from 'hono';
import type { AppEnvironment, ServerContext } from '../../context.ts';
import type { Handler } from '../declarations/guard.ts';
import {
  findCreditsRoute,
  notifyCreditsRoute,
  readCollectionReportRoute,
  readCreditRoute,
} from './credits.ts';
import { bankOperation } from './guard.ts';
import { explainAccountRoute, findMessagesRoute, readMessageRoute } from './messages.ts';
import {
  findBanksRoute,
  openBankSessionRoute,
  readBusinessDayRoute,
  readPartyCertificateRoute,
  registerPartyCertificateRoute,
} from './session.ts';

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
