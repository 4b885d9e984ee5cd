import { day, fromStamp, midnight, minutesPerDay, stamp } from '../calendar.ts';
import type { Draft } from '../draft.ts';
import { addBirthCertificate } from '../papers.ts';
import { citizenId, createPerson, createTemporaryCard } from '../people.ts';
import type { Person } from '../people.ts';
import type { Setting } from '../setting.ts';
import { lastDay, startVisit } from './request.ts';
import type { EpisodeRequest } from './request.ts';
import { stayThrough } from './stay.ts';

/** A birth: the mother's claim, with a certificate for each child. */
export function delivery(request: EpisodeRequest): Draft {
  const { random, setting } = request;
  const story = random.pick(setting.vocabulary.cases.delivery);
  const stay = random.between(...(story.stay ?? [3, 5]));
  const end = lastDay(request) + random.between(10 * 60, 11 * 60 + 30);
  const draft = startVisit(request, {
    stories: 'delivery',
    story,
    category: '1.1',
    visit: '03',
    arrival: lastDay(request) - (stay - 1) * minutesPerDay + random.between(7 * 60, 14 * 60),
    registeredAt: setting.facility,
  });
  const count = random.perMille(60) ? 2 : 1;
  const grams = Array.from({ length: count }, () =>
    random.between(count === 2 ? 2100 : 2600, count === 2 ? 2700 : 3900),
  );
  draft.summary['CAN_NANG_CON'] = grams.join(';');
  stayThrough(draft, end, stay);
  const bySurgery = story.surgery !== undefined;
  const birthLine = (draft.tables['XML3'] ?? []).find((row) =>
    bySurgery ? row['MA_NHOM'] === '8' : row['MA_NHOM'] === '18',
  );
  const bornAt = birthLine === undefined ? draft.arrival + 600 : fromStamp(birthLine['NGAY_KQ'] ?? '');
  for (const weight of grams) {
    addBirthCertificate(draft, {
      sex: random.between(1, 2),
      grams: weight,
      count,
      bornAt,
      bySurgery,
      isPreterm: false,
    });
  }
  return draft;
}

/** A newborn has no citizen id yet; a standard that requires one gets it all the same. */
function needsCitizenId({ ruleset }: Setting): boolean {
  const fields = ruleset.tables['XML1']?.fields ?? [];
  return fields.some(({ code, required }) => code === 'SO_CCCD' && required === 'always');
}

/** A child treated right after its birth, on a temporary card. */
export function newborn(request: EpisodeRequest): Draft {
  const { random, setting } = request;
  const { phrases } = setting.vocabulary.cases;
  const story = random.pick(setting.vocabulary.cases.newborn);
  const stay = random.between(...(story.stay ?? [3, 5]));
  const end = lastDay(request) + random.between(10 * 60, 11 * 60 + 30);
  const arrival = lastDay(request) - (stay - 1) * minutesPerDay + random.between(7 * 60, 14 * 60);
  const mother = createPerson(random, setting, arrival, [20, 38], 2);
  const bornAt = Math.max(arrival - random.between(30, 300), midnight(arrival) + 1);
  const sex = random.between(1, 2);
  const birth = stamp(bornAt);
  const person: Person = {
    ...mother,
    name: `${phrases.childOf} ${mother.name}`,
    sex,
    birth,
    citizenId: needsCitizenId(setting) ? citizenId(random, birth, sex) : '',
    stage: 'child',
    occupation: '00000',
  };
  const draft = startVisit(request, {
    stories: 'newborn',
    story,
    person,
    cards: [createTemporaryCard(setting, person)],
    category: '1.7',
    visit: '03',
    arrival,
    registeredAt: '',
  });
  draft.summary['DIEN_THOAI'] = mother.phone;
  const done = stayThrough(draft, end, stay);
  for (const row of done.tables['XML7'] ?? []) {
    row['HO_TEN_ME'] = mother.name;
    row['MA_ME'] = mother.insuranceNumber;
    row['MA_THE_TAM'] = draft.cards[0]?.number ?? '';
  }
  return done;
}

/** A miscarriage: the discharge paper and the sick leave say when and why the pregnancy ended. */
export function miscarriage(request: EpisodeRequest): Draft {
  const { random, setting } = request;
  const story = random.pick(setting.vocabulary.cases.miscarriage);
  const stay = random.between(...(story.stay ?? [2, 3]));
  const end = lastDay(request) + random.between(10 * 60, 11 * 60 + 30);
  const draft = startVisit(request, {
    stories: 'miscarriage',
    story,
    category: '1.1',
    visit: '03',
    arrival: lastDay(request) - (stay - 1) * minutesPerDay + random.between(7 * 60, 14 * 60),
    registeredAt: setting.facility,
  });
  const at = draft.arrival + 180;
  stayThrough(draft, end, stay);
  for (const row of draft.tables['XML7'] ?? []) {
    row['MA_DINH_CHI_THAI'] = '1';
    row['NGUYENNHAN_DINHCHI'] = setting.vocabulary.cases.phrases.terminationCause;
    row['THOIGIAN_DINHCHI'] = stamp(at);
    row['TUOI_THAI'] = String(random.between(6, 12));
    row['SO_NGAY_NGHI'] = '10';
    row['NGOAITRU_TUNGAY'] = day(end);
    row['NGOAITRU_DENNGAY'] = day(end + 9 * minutesPerDay);
  }
  return draft;
}
