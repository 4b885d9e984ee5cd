import { parseDecimal } from '../../claims/exact-decimal.ts';
import { day, midnight, minutesPerDay, stamp } from '../calendar.ts';
import type { Minute } from '../calendar.ts';
import type { Draft } from '../draft.ts';
import { addBed, addDrug, addDrugs, addExam, addService, addSupplies, addSupply } from '../lines.ts';
import { addAppointment, addDischargePaper, addNote, addRecordSummary } from '../papers.ts';
import { createCard, createPerson } from '../people.ts';
import { settle } from '../settle.ts';
import { finishVisit, lastDay, otherFacility, startVisit } from './request.ts';
import type { EpisodeRequest, VisitPlan } from './request.ts';

const inpatientBed = 15;
const dayBed = 14;
const eight = 8 * 60;

/** The order to admit, after the examination. */
export function admit(draft: Draft): void {
  draft.now += draft.random.between(10, 30);
  draft.summary['NGAY_VAO_NOI_TRU'] = stamp(draft.now);
  draft.summary['LY_DO_VNT'] = draft.setting.vocabulary.cases.phrases.admission;
}

/** Bed days of a stay; one in seven patients chose a better bed and pays the difference. */
function occupyBed(draft: Draft, nights: number): void {
  const bed = draft.setting.vocabulary.services.beds[draft.department];
  if (bed === undefined)
    throw new RangeError(`no bed for ${draft.department} in specs/synthetic/services.yaml`);
  const isChosen = draft.random.perMille(150);
  const code = `${isChosen ? 'C' : 'H'}${String(draft.random.between(1, 120)).padStart(3, '0')}`;
  const row = addBed(draft, bed, inpatientBed, nights, draft.now, code);
  if (isChosen) row['DON_GIA_BV'] = String(bed.price + 150_000);
}

/** Tests on the first day, operation on the second, dressings and notes until the last. */
function treat(draft: Draft, admittedOn: Minute, end: Minute, stay: number): void {
  const { story, random } = draft;
  for (const id of story.tests ?? []) addService(draft, id);
  addDrugs(draft, story, stay);
  addSupplies(draft, story);
  addNote(draft, draft.now + 20);
  let nextDay = midnight(admittedOn) + minutesPerDay;
  if (story.surgery !== undefined) {
    draft.now = nextDay + eight + random.between(0, 60);
    const operation = addService(draft, story.surgery);
    if (story.package !== undefined) addSupply(draft, story.package, 1, draft.now, operation);
    addNote(draft, draft.now + 30);
    nextDay += minutesPerDay;
  }
  for (const id of story.procedures ?? []) {
    if (nextDay + eight >= midnight(end)) break;
    draft.now = nextDay + eight + random.between(0, 90);
    addService(draft, id);
    nextDay += minutesPerDay;
  }
  draft.now = Math.max(draft.now, midnight(end) + eight);
  addNote(draft, draft.now);
}

function stayPlan(
  request: EpisodeRequest,
  plan: Omit<VisitPlan, 'arrival' | 'story'>,
): { plan: VisitPlan; stay: number; end: Minute } {
  const { random, setting } = request;
  const story = random.pick(setting.vocabulary.cases[plan.stories]);
  const stay = random.between(...(story.stay ?? [3, 5]));
  const end = lastDay(request) + random.between(10 * 60, 11 * 60 + 30);
  const arrival = lastDay(request) - (stay - 1) * minutesPerDay + random.between(7 * 60, 14 * 60);
  return { plan: { ...plan, arrival, story }, stay, end };
}

/** A stay from examination to discharge, with its papers. */
export function stayThrough(draft: Draft, end: Minute, stay: number): Draft {
  const admittedOn = draft.now;
  addExam(draft);
  admit(draft);
  occupyBed(draft, stay - 1);
  treat(draft, admittedOn, end, stay);
  finishVisit(draft, end, stay);
  addDischargePaper(draft);
  addRecordSummary(draft);
  return draft;
}

export function inpatient(request: EpisodeRequest): Draft {
  const { plan, stay, end } = stayPlan(request, {
    stories: 'inpatient',
    category: '1.1',
    visit: '03',
    registeredAt: request.setting.facility,
  });
  const draft = startVisit(request, plan);
  const ratioDrug = draft.story.drugs.find(
    ([id]) => (request.setting.vocabulary.drugs.drugs[id]?.ratio ?? 100) < 100,
  );
  if (request.random.perMille(60)) addOutsideBenefit(draft);
  const done = stayThrough(draft, end, stay);
  if (ratioDrug !== undefined && request.random.perMille(500)) supportPatient(draft);
  if (request.random.perMille(60)) supportFacility(done);
  if (request.random.perMille(350)) addAppointment(done, request.random.between(7, 28));
  return done;
}

/** A drug the patient pays alone. */
function addOutsideBenefit(draft: Draft): void {
  draft.now += 1;
  Object.assign(addDrug(draft, 'vitaminK1', 1, 1, draft.now), { PHAM_VI: '2', TYLE_TT_BH: '0' });
}

/** A donor pays a part of what the patient owes for a drug that the fund pays at a ratio. */
function supportPatient(draft: Draft): void {
  const row = (draft.tables['XML2'] ?? []).find((line) => line['TYLE_TT_BH'] === '50');
  if (row === undefined) return;
  const own = Math.floor(Number(row['T_BNTT'] ?? '0'));
  row['T_NGUONKHAC_VTTN'] = String(Math.floor(own / 2));
  settle(draft);
}

/** The state budget pays the facility a part of a drug: it comes off the cost before the fund and the patient share it. */
function supportFacility(draft: Draft): void {
  const row = (draft.tables['XML2'] ?? []).find(
    (line) => line['T_NGUONKHAC'] === '0' && line['TYLE_TT_BH'] === '100' && line['PHAM_VI'] === '1',
  );
  const cost = parseDecimal(row?.['THANH_TIEN_BV'] ?? '', 2);
  if (row === undefined || cost === undefined || cost < 1_000_000n) return;
  row['T_NGUONKHAC_NSNN'] = '2000';
  settle(draft);
}

export function child(request: EpisodeRequest): Draft {
  const { plan, stay, end } = stayPlan(request, {
    stories: 'child',
    category: '1.1',
    visit: '03',
    registeredAt: request.setting.facility,
  });
  return stayThrough(startVisit(request, plan), end, stay);
}

/** Unreferred at a facility that was central: 40 % of the benefit for a stay. */
export function inpatientOffRoute(request: EpisodeRequest): Draft {
  const isKnown = request.setting.date >= '2025-07-01';
  const { plan, stay, end } = stayPlan(request, {
    stories: 'inpatient',
    category: isKnown ? '3.1' : '1.1',
    visit: '03',
    registeredAt: isKnown ? otherFacility(request) : request.setting.facility,
  });
  return stayThrough(startVisit(request, plan), end, stay);
}

/** The card ends during the stay and the next one goes on. */
export function multiCard(request: EpisodeRequest): Draft {
  const { setting, random } = request;
  const { plan, stay, end } = stayPlan(request, {
    stories: 'inpatient',
    category: '1.1',
    visit: '03',
    registeredAt: setting.facility,
  });
  const story = plan.story ?? random.pick(setting.vocabulary.cases.inpatient);
  const person = createPerson(random, setting, plan.arrival, story.ages, story.sex);
  const card = createCard(random, setting, person, plan.arrival, setting.facility);
  const change = midnight(plan.arrival) + minutesPerDay;
  const cards = [
    { ...card, to: day(change) },
    {
      ...card,
      number: card.number.replace(/^../, card.object),
      from: day(change + minutesPerDay),
      to: day(change + 360 * minutesPerDay),
    },
  ];
  return stayThrough(startVisit(request, { ...plan, person, cards }), end, stay);
}

/** Observed for less than four hours: no bed, no treatment day. */
export function shortStay(request: EpisodeRequest): Draft {
  const { random, setting } = request;
  const draft = startVisit(request, {
    stories: 'emergency',
    category: '1.1',
    visit: '09',
    arrival: lastDay(request) + random.between(7 * 60, 12 * 60),
    registeredAt: setting.facility,
  });
  addExam(draft, 'K02');
  admit(draft);
  for (const id of draft.story.procedures ?? []) addService(draft, id);
  addDrugs(draft, draft.story, 1);
  addSupplies(draft, draft.story);
  addNote(draft, draft.now);
  finishVisit(draft, draft.now + random.between(20, 40), 0);
  addDischargePaper(draft);
  return draft;
}

/** Dialysis in a day bed. */
export function dayTreatment(request: EpisodeRequest): Draft {
  const { random, setting } = request;
  const draft = startVisit(request, {
    stories: 'dialysis',
    category: '1.1',
    visit: '04',
    arrival: lastDay(request) + random.between(7 * 60, 8 * 60),
    registeredAt: setting.facility,
  });
  addExam(draft);
  admit(draft);
  addBed(
    draft,
    setting.vocabulary.services.dayBed,
    dayBed,
    1,
    draft.now,
    `H${String(random.between(1, 40)).padStart(3, '0')}`,
  );
  for (const id of draft.story.tests ?? []) addService(draft, id);
  for (const id of draft.story.procedures ?? []) addService(draft, id);
  addDrugs(draft, draft.story, 1);
  addSupplies(draft, draft.story);
  addNote(draft, draft.now);
  finishVisit(draft, draft.now + random.between(20, 40), 1);
  addDischargePaper(draft);
  addRecordSummary(draft);
  return draft;
}

/** Several days of treatment without a bed. */
export function outpatientTreatment(request: EpisodeRequest): Draft {
  const { random, setting } = request;
  const { plan, stay, end } = stayPlan(request, {
    stories: 'traditional',
    category: '1.1',
    visit: '02',
    registeredAt: setting.facility,
  });
  const draft = startVisit(request, plan);
  addExam(draft);
  admit(draft);
  for (const id of draft.story.tests ?? []) addService(draft, id);
  addDrugs(draft, draft.story, stay);
  let morning = midnight(plan.arrival) + minutesPerDay + eight;
  while (morning < midnight(end)) {
    draft.now = morning + random.between(0, 60);
    for (const id of draft.story.procedures ?? []) addService(draft, id);
    addNote(draft, draft.now);
    morning += minutesPerDay;
  }
  finishVisit(draft, end, stay);
  return draft;
}
