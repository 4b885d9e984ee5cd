import type { ServerContext } from '../context.ts';
import { findCard } from '../register/find-card.ts';
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
import { sessionOfQuery } from './upload.ts';

/** The newest visits of a card that are shown. */
const SHOWN = 100;

/** POST /api/egw/Lskcb2025: form bodies only, and only for accounts that were granted it. */
export function historyRoute(server: ServerContext, shape: ReplyShape): (call: Call) => Promise<Response> {
  const operation = server.gateway.get('lookUpHistory');
  if (operation === undefined) throw new Error('OpenAPI has no operation lookUpHistory');
  return (call) =>
    answerGateway(call, shape, async () => {
      const session = await sessionOfQuery(server, call);
      if (session.account.reads_history === 0) throw new Refusal('403');
      const problems = checkParameters(call, operation);
      if (problems.length > 0) throw new Refusal('205', describe(problems));
      const fields = await readFields(call, operation);
      await server.lookups.admitOfficer(session.account.facility ?? '', {
        cccd: text(fields, 'cccdCb'),
        fullName: text(fields, 'hoTenCb'),
      });
      const { code, card } = await findCard(
        server.cards,
        server.specifications,
        {
          maThe: text(fields, 'maThe').trim(),
          hoTen: text(fields, 'hoTen'),
          ngaySinh: text(fields, 'ngaySinh'),
        },
        server.clock.now(),
      );
      server.lookups.count(session.account.facility ?? '', card === undefined);
      if (card === undefined) throw new Refusal(code);
      const visits = await server.store.read
        .selectFrom('visit')
        .selectAll()
        .where('card', '=', card.number)
        .orderBy('discharged', 'desc')
        .limit(SHOWN)
        .execute();
      return {
        ...shape.result(code === '010' ? '000' : code),
        dsLichSuKCB2025:
          visits.length === 0
            ? null
            : visits.map((visit) => ({
                maHoSo: visit.submission_id,
                maCSKCB: visit.facility,
                ngayVao: visit.admitted,
                ngayRa: visit.discharged,
                tenBenh: visit.diagnosis,
                tinhTrang: visit.outcome,
                kqDieuTri: visit.treatment_result,
                lyDoVV: visit.patient_class,
              })),
      };
    });
}
