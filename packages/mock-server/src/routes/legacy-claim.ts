import { allowedUploadBytes } from '../clock/size-window.ts';
import type { ServerContext } from '../context.ts';
import { answerGateway, checkParameters, describe, readFields, Refusal, type Call } from './gateway-call.ts';
import type { ReplyShape } from './reply-shapes.ts';
import { keyOfCall } from '../idempotency/idempotency-key.ts';
import { ownFacility, receiptReply, sessionOfQuery, takeDocument } from './upload.ts';

/** A byte written in a JSON array takes up to four characters. */
const CHARACTERS_PER_BYTE = 4;

/** POST /api/egw/guiHoSoGiamDinh4210: everything in the query string, the file as a JSON array of byte values. */
export function legacyClaimRoute(
  server: ServerContext,
  shape: ReplyShape,
): (call: Call) => Promise<Response> {
  const operation = server.gateway.get('sendClaim4210');
  if (operation === undefined) throw new Error('OpenAPI has no operation sendClaim4210');
  return (call) =>
    answerGateway(call, shape, async () => {
      const session = await sessionOfQuery(server, call);
      const problems = checkParameters(call, operation);
      if (problems.length > 0) throw new Refusal('205', describe(problems));
      const key = keyOfCall(server, call);
      const facility = await ownFacility(server, session, call.req.query('maCSKCB') ?? '');
      const limit = allowedUploadBytes(server.limits, server.clock.now());
      const values = await readFields(call, operation, limit * CHARACTERS_PER_BYTE, server.turns.next);
      const bytes = Buffer.from(values as unknown as number[]);
      if (bytes.length === 0) throw new Refusal('204');
      const form = call.req.query('loaiHoSo') ?? '';
      return await takeDocument(server, call, {
        operation: operation.id,
        kind: 'claim',
        form,
        session,
        facility: facility.code,
        bytes,
        key,
        content: { form, facility: facility.code, bytes },
        answer: (receipt) => receiptReply('upload', receipt),
      });
    });
}
