import { randomUUID } from 'node:crypto';
import { callerOf } from '../accounts/session-of-call.ts';
import { checkSignedRequest } from '../signed-requests/check-request.ts';
import { takeShare } from '../limits/rate-limiter.ts';
import { keyOfCall } from '../idempotency/idempotency-key.ts';
import { details } from '../messages/gateway.ts';
import { decodeBase64 } from '../contract/base64.ts';
import type { ServerContext } from '../context.ts';
import {
  answerGateway,
  checkParameters,
  describe,
  readFields,
  Refusal,
  text,
  type Call,
} from './gateway-call.ts';
import type { ReplyShape } from './reply-shapes.ts';
import { largestUpload, ownFacility, takeDocument } from './upload.ts';

/** POST /api/hssk/gksk: no token; name and password travel in the headers of every call. */
export function driverCertificateRoute(
  server: ServerContext,
  shape: ReplyShape,
): (call: Call) => Promise<Response> {
  const operation = server.gateway.get('sendDriverCertificate');
  if (operation === undefined) throw new Error('OpenAPI has no operation sendDriverCertificate');
  return (call) =>
    answerGateway(call, shape, async () => {
      const problems = checkParameters(call, operation);
      if (problems.length > 0) throw new Refusal('401', describe(problems));
      const account = await server.sessions.authenticate(
        call.req.header('username') ?? '',
        call.req.header('password') ?? '',
        callerOf(call),
      );
      if (account === undefined) throw new Refusal('401');
      if (account === 'wait') throw new Refusal('403', details.tooManyFailures, { status: 429 });
      if (account === 'locked') throw new Refusal('403');
      await checkSignedRequest(server, call, account);
      takeShare(server.limiter, call, 'facility', account.facility ?? account.id);
      const key = keyOfCall(server, call);
      const fields = await readFields(call, operation, largestUpload(server), server.turns.next);
      const session = { account, address: call.get('address') };
      const facility = await ownFacility(server, session, text(fields, 'IDBENHVIEN'));
      if (facility.issues_certificates === 0) throw new Refusal('403', details.mayNotIssue);
      const number = text(fields, 'SO');
      if (!new RegExp(`^\\d{5}/GKSKLX/${facility.code}/\\d{2}$`).test(number)) {
        throw new Refusal('205', details.driverNumber);
      }
      const bytes = decodeBase64(text(fields, 'SIGNDATA'));
      if (bytes === undefined) throw new Refusal('205', 'SIGNDATA');
      return await takeDocument(server, call, {
        operation: operation.id,
        kind: 'driver-certificate',
        form: text(fields, 'STATE'),
        session,
        facility: facility.code,
        bytes,
        key,
        content: fields,
        answer: () => ({
          ...shape.result('200'),
          IDBENHVIEN: facility.code,
          SO: number,
          UUID: randomUUID(),
          BENHVIEN: facility.name,
        }),
      });
    });
}
