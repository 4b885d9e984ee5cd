import { compactDay, isoDay } from '../../clock/vietnam-time.ts';
import type { ServerContext } from '../../context.ts';
import { readExceptions } from '../../register/exceptions.ts';
import { plainName, sameBirthDate } from '../../register/find-card.ts';
import { silentPopulation } from '../../register/population.ts';
import { statusOn } from '../../register/units.ts';
import { gatewayReply } from '../reply-shapes.ts';
import type { Handler } from '../rest-call.ts';
import { guarded, ownUnit } from './guard.ts';

const PAGE = 100;

/** POST /declarations/v1/lookups/person: who knows name and birth date learns the number, and nobody learns more. */
export function lookUpPersonRoute(server: ServerContext): Handler {
  const { read } = server.store;
  return guarded(server, 'lookUpPerson', async (call, session, body) => {
    const number = String(body['number']);
    const person = await read
      .selectFrom('person')
      .selectAll()
      .where(number.length === 12 ? 'cccd' : 'bhxh_number', '=', number)
      .executeTakeFirst();
    if (
      person === undefined ||
      plainName(String(body['fullName'])) !== plainName(person.full_name) ||
      !sameBirthDate(String(body['birthDate']), person.birth_date)
    )
      return gatewayReply({ found: false });
    const identity =
      person.cccd === null
        ? 'not-found'
        : (call.get('scenario').effect.dossier?.populationDown === undefined
            ? server.population
            : silentPopulation
          ).ask({ citizenId: person.cccd }, isoDay(server.clock.now()));
    const stretches = await read
      .selectFrom('membership')
      .select(['to_month', 'absence'])
      .where('bhxh_number', '=', person.bhxh_number)
      .where('unit', 'in', [...session.units])
      .execute();
    const open = stretches.find(({ to_month }) => to_month === null);
    const participation =
      stretches.length === 0
        ? 'none'
        : open === undefined
          ? 'left'
          : open.absence === null
            ? 'working'
            : 'away';
    return gatewayReply({
      found: true,
      bhxhNumber: person.bhxh_number,
      citizenId: person.cccd,
      isVerified: identity === 'confirmed',
      identity,
      participation,
    });
  });
}

/** POST /declarations/v1/lookups/household. */
export function lookUpHouseholdRoute(server: ServerContext): Handler {
  const { read } = server.store;
  return guarded(server, 'lookUpHousehold', async (_call, _session, body) => {
    const household = await read
      .selectFrom('household')
      .selectAll()
      .where('number', '=', String(body['number']))
      .executeTakeFirst();
    if (household === undefined || plainName(String(body['headName'])) !== plainName(household.head_name))
      return gatewayReply({ found: false });
    const members = await read
      .selectFrom('household_member')
      .selectAll()
      .where('household', '=', household.number)
      .orderBy('place')
      .execute();
    return gatewayReply({
      found: true,
      members: members.map((member) => ({
        fullName: member.full_name,
        birthDate: member.birth_date,
        relation: member.relation,
        bhxhNumber: member.bhxh_number,
      })),
    });
  });
}

/** GET /declarations/v1/units/{unitCode}. */
export function readUnitRoute(server: ServerContext): Handler {
  return guarded(server, 'readUnit', async (call, session) => {
    const unit = await ownUnit(server, session, call.req.param('unitCode') ?? '');
    return gatewayReply({
      unitCode: unit.code,
      name: unit.name,
      taxCode: unit.tax_code,
      agency: unit.agency,
      region: unit.region,
      scheme: unit.scheme,
      provider: unit.provider,
      status: statusOn(unit, isoDay(server.clock.now())),
      address: unit.address,
      phone: unit.phone,
      paymentCycle: unit.payment_cycle,
    });
  });
}

/** GET /declarations/v1/units/{unitCode}/members. */
export function findMembersRoute(server: ServerContext): Handler {
  return guarded(server, 'findMembers', async (call, session) => {
    const unit = await ownUnit(server, session, call.req.param('unitCode') ?? '');
    const month = call.req.query('month') ?? compactDay(server.clock.now()).slice(0, 6);
    const limit = Number(call.req.query('limit') ?? PAGE);
    const rows = await server.store.read
      .selectFrom('membership')
      .innerJoin('person', 'person.bhxh_number', 'membership.bhxh_number')
      .select([
        'membership.bhxh_number',
        'membership.wage',
        'membership.absence',
        'membership.without',
        'membership.from_month',
        'person.full_name',
      ])
      .where('membership.unit', '=', unit.code)
      .where('membership.from_month', '<=', month)
      .where((s) => s.or([s('membership.to_month', 'is', null), s('membership.to_month', '>=', month)]))
      .where('membership.bhxh_number', '>', call.req.query('after') ?? '')
      .orderBy('membership.bhxh_number')
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    return gatewayReply({
      members: page.map((row) => ({
        bhxhNumber: row.bhxh_number,
        fullName: row.full_name,
        wage: String(row.wage),
        absence: row.absence,
        without: readExceptions(row.without) ?? [],
        since: row.from_month,
      })),
      next: rows.length > limit ? (page.at(-1)?.bhxh_number ?? null) : null,
    });
  });
}
