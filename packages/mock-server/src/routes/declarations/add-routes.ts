import type { Hono } from 'hono';
import type { AppEnvironment, ServerContext } from '../../context.ts';
import {
  readIndividualDocumentRoute,
  readIndividualDossierRoute,
  requestCodeRoute,
  submitIndividualDossierRoute,
} from '../../individuals/routes.ts';
import { findDossiersRoute, readDocumentRoute, readDossierRoute, submitDossierRoute } from './dossiers.ts';
import type { Handler } from '../rest-call.ts';
import { declarationsOperation } from './guard.ts';
import { readObligationsRoute, readStatementRoute, readStatisticsRoute } from './obligations.ts';
import { findMembersRoute, lookUpHouseholdRoute, lookUpPersonRoute, readUnitRoute } from './registers.ts';
import { certificateRoute, openSessionRoute } from './session.ts';

/** The declarations gateway: what is described in specs/openapi/declarations-gateway.yaml, by operationId. */
const routes: Readonly<Record<string, (server: ServerContext) => Handler>> = {
  openSession: openSessionRoute,
  readNoticeCertificate: certificateRoute,
  submitDossier: submitDossierRoute,
  findDossiers: findDossiersRoute,
  readDossier: readDossierRoute,
  readDocument: readDocumentRoute,
  lookUpPerson: lookUpPersonRoute,
  lookUpHousehold: lookUpHouseholdRoute,
  readUnit: readUnitRoute,
  findMembers: findMembersRoute,
  readObligations: readObligationsRoute,
  readStatement: readStatementRoute,
  readStatistics: readStatisticsRoute,
  requestCode: requestCodeRoute,
  submitIndividualDossier: submitIndividualDossierRoute,
  readIndividualDossier: readIndividualDossierRoute,
  readIndividualDocument: readIndividualDocumentRoute,
};

export function addDeclarationRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  for (const [id, open] of Object.entries(routes)) {
    const operation = declarationsOperation(server, id);
    const handler = open(server);
    app.on(operation.method, operation.path.replaceAll(/\{(\w+)\}/g, ':$1'), (call) => {
      call.set('route', operation.path);
      return handler(call);
    });
  }
}
