import { slashDay } from '../clock/vietnam-time.ts';
import type { ServerContext } from '../context.ts';
import { details } from '../messages/gateway.ts';
import { findCard, type RegisteredCard } from '../register/find-card.ts';
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

/** Codes with which the card's data come along; all others tell nothing about the person. */
const WITH_DATA = /^(00[0-4]|010|110|12[0-4]|130)$/;

/** POST /api/egw/KQNhanLichSuKCB2024. */
export function cardRoute(server: ServerContext, shape: ReplyShape): (call: Call) => Promise<Response> {
  const operation = server.gateway.get('lookUpCard');
  if (operation === undefined) throw new Error('OpenAPI has no operation lookUpCard');
  return (call) =>
    answerGateway(call, shape, async () => {
      const session = await sessionOfQuery(server, call);
      const problems = checkParameters(call, operation);
      if (problems.length > 0) throw new Refusal('205', describe(problems));
      const fields = await readFields(call, operation);
      await server.lookups.admitOfficer(session.account.facility ?? '', {
        cccd: text(fields, 'cccdCb'),
        fullName: text(fields, 'hoTenCb'),
      });
      const answer = await findCard(
        server.cards,
        server.specifications,
        {
          maThe: text(fields, 'maThe').trim(),
          hoTen: text(fields, 'hoTen'),
          ngaySinh: text(fields, 'ngaySinh'),
        },
        server.clock.now(),
      );
      const { card, newCard } = answer;
      server.lookups.count(session.account.facility ?? '', card === undefined);
      return {
        ...shape.result(answer.code),
        ...(card === undefined || !WITH_DATA.test(answer.code) ? {} : show(card, newCard)),
      };
    });
}

function show(card: RegisteredCard, newCard: RegisteredCard | undefined): Record<string, unknown> {
  return {
    maThe: card.number,
    hoTen: card.full_name,
    ngaySinh: slashDay(card.birth_date),
    gioiTinh: card.sex === 1 ? details.male : details.female,
    diaChi: card.address,
    maDKBD: card.registered_facility,
    cqBHXH: card.agency,
    gtTheTu: slashDay(card.valid_from),
    gtTheDen: slashDay(card.valid_to),
    maKV: card.area,
    ngayDu5Nam: slashDay(card.five_years_on),
    maSoBHXH: card.bhxh_number,
    maTheCu: newCard === undefined ? null : card.number,
    maTheMoi: newCard?.number ?? null,
    gtTheTuMoi: slashDay(newCard?.valid_from ?? null),
    gtTheDenMoi: slashDay(newCard?.valid_to ?? null),
    maDKBDMoi: newCard?.registered_facility ?? null,
    tenDKBDMoi: newCard?.registered_facility_name ?? null,
    dsLichSuKCB2018: null,
    dsLichSuKT2018: [],
  };
}
