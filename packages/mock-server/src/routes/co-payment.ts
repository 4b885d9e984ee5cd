import { decimalText } from '../adjudication/thousandths.ts';
import { slashDay, vietnamTime } from '../clock/vietnam-time.ts';
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
import { sessionOfHeaders } from './upload.ts';

/** POST /api/TraCuuCCT/TraCuuTienMCCT: what the card's owner has co-paid this year, visit by visit. */
export function coPaymentRoute(server: ServerContext, shape: ReplyShape): (call: Call) => Promise<Response> {
  const operation = server.gateway.get('lookUpCoPayment');
  if (operation === undefined) throw new Error('OpenAPI has no operation lookUpCoPayment');
  const asked = async (call: Call): Promise<unknown> => {
    const session = await sessionOfHeaders(server, call);
    await server.lookups.admit(session.account.facility ?? '');
    const problems = checkParameters(call, operation);
    if (problems.length > 0) throw new Refusal('400', describe(problems));
    const fields = await readFields(call, operation);
    if (text(fields, 'username') !== session.account.username) throw new Refusal('401');
    const { card } = await findCard(
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
    if (card === undefined) throw new Refusal('204');
    const now = server.clock.now();
    const { year } = vietnamTime(now);
    const visits = await server.store.read
      .selectFrom('visit')
      .selectAll()
      .where('card', '=', card.number)
      .where('discharged', '>=', `${year}0101`)
      .where('discharged', '<', `${year + 1}0101`)
      .orderBy('discharged')
      .execute();
    let accumulated = 0n;
    return {
      ...shape.result(visits.length === 0 ? '204' : '200'),
      DataCCT: visits.map((visit) => {
        accumulated += BigInt(visit.co_payment);
        return {
          Id: visit.submission_id,
          ngayTraCuu: now.toISOString(),
          maThe: visit.card,
          maCskcb: visit.facility,
          ngayVao: visit.admitted,
          ngayRa: visit.discharged,
          maDoiTuongKCB: visit.patient_class,
          tBNCCTMCCT: decimalText(BigInt(visit.co_payment)),
          tBNCCTLuyKe: decimalText(accumulated),
          ngayNhanCong: new Date(visit.decided_at).toISOString(),
          ngayNhan: new Date(visit.decided_at).toISOString(),
        };
      }),
      ThongTinSoThe: {
        hoTen: card.full_name,
        ngaySinh: slashDay(card.birth_date),
        ngayKetThuc: slashDay(card.valid_to),
        maBhxh: card.bhxh_number,
      },
    };
  };
  return async (call) => {
    const response = await answerGateway(call, shape, async () => {
      try {
        return await asked(call);
      } catch (error) {
        // This one interface says 400 where the others say 205, and nothing at all where they say 401.
        if (error instanceof Refusal && error.code === '205') throw new Refusal('400', error.detail);
        if (error instanceof Refusal && error.code === '401') return new Response(null, { status: 401 });
        throw error;
      }
    });
    return response;
  };
}
