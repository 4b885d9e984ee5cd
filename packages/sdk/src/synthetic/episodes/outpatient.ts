import type { Draft } from '../draft.ts';
import { addDrugs, addExam, addService } from '../lines.ts';
import {
  addAppointment,
  addHivRecord,
  addPregnancyLeave,
  addSickLeave,
  addTuberculosisRecord,
  isEmployed,
} from '../papers.ts';
import { finishVisit, lastDay, otherFacility, startVisit } from './request.ts';
import type { EpisodeRequest, VisitPlan } from './request.ts';

/** Categories of patients who came unreferred exist since 2025-07-01. */
const unreferredSince = '2025-07-01';

const commonTests = ['blood-count', 'glucose', 'creatinine', 'urea', 'alt', 'ast', 'urinalysis'];

function morning(request: EpisodeRequest): number {
  return lastDay(request) + request.random.between(7 * 60, 10 * 60);
}

/** One to four common blood tests that the story does not ask for. */
function furtherTests({ random }: Draft, tests: readonly string[]): readonly string[] {
  return random.shuffled(commonTests.filter((id) => !tests.includes(id))).slice(0, random.between(1, 4));
}

function examine(request: EpisodeRequest, plan: VisitPlan, treatmentDays: number): Draft {
  const draft = startVisit(request, plan);
  const { story, random } = draft;
  addExam(draft);
  const tests = story.tests ?? [];
  for (const id of [...tests, ...furtherTests(draft, tests)]) addService(draft, id);
  for (const id of story.procedures ?? []) addService(draft, id);
  addDrugs(draft, story, 1);
  finishVisit(draft, draft.now + random.between(16, 40), treatmentDays);
  return draft;
}

/** An examination at the facility of registration, often with sick leave or an appointment. */
export function outpatient(request: EpisodeRequest): Draft {
  const draft = examine(
    request,
    {
      stories: 'outpatient',
      category: '1.1',
      visit: '01',
      arrival: morning(request),
      registeredAt: request.setting.facility,
    },
    0,
  );
  if (isEmployed(draft.person) && request.random.perMille(300))
    addSickLeave(draft, request.random.between(1, 3));
  else if (request.random.perMille(300)) addAppointment(draft, request.random.between(7, 28));
  return draft;
}

/** With a referral paper of the facility of registration. */
export function referred(request: EpisodeRequest): Draft {
  const from = otherFacility(request);
  return examine(
    request,
    {
      stories: 'outpatient',
      category: '1.3',
      visit: '01',
      arrival: morning(request),
      registeredAt: from,
      cameFrom: from,
    },
    0,
  );
}

/** Unreferred, at a basic-level facility. */
export function selfReferred(request: EpisodeRequest): Draft {
  if (request.setting.date < unreferredSince) return referred(request);
  const category = request.random.pick(['1.12', '1.13', '3.3']);
  return examine(
    request,
    {
      stories: 'outpatient',
      category,
      visit: '01',
      arrival: morning(request),
      registeredAt: otherFacility(request),
    },
    0,
  );
}

/** At an initial-level facility, where everybody is paid in full. */
export function primaryCare(request: EpisodeRequest): Draft {
  const category = request.setting.date < unreferredSince ? '1.1' : '1.2';
  return examine(
    request,
    {
      stories: 'outpatient',
      category,
      visit: '01',
      arrival: morning(request),
      registeredAt: request.setting.facility,
    },
    0,
  );
}

/** Not under health insurance: every line is outside the benefit. */
export function uninsured(request: EpisodeRequest): Draft {
  const plan: VisitPlan = {
    stories: 'outpatient',
    category: '9',
    visit: '01',
    arrival: morning(request),
    registeredAt: '',
    isUninsured: true,
  };
  const draft = startVisit(request, plan);
  addExam(draft);
  for (const id of draft.story.tests ?? []) addService(draft, id);
  addDrugs(draft, draft.story, 1);
  for (const table of ['XML2', 'XML3']) {
    for (const row of draft.tables[table] ?? [])
      Object.assign(row, { PHAM_VI: '2', TYLE_TT_BH: '0', DON_GIA_BH: '0' });
  }
  finishVisit(draft, draft.now + request.random.between(16, 40), 0);
  return draft;
}

/** Long-term disease: drugs for a month, no services. */
export function chronicDrugs(request: EpisodeRequest): Draft {
  const draft = startVisit(request, {
    stories: 'chronic',
    category: '1.1',
    visit: '05',
    arrival: morning(request),
    registeredAt: request.setting.facility,
  });
  draft.now += 20;
  addDrugs(draft, draft.story, 1);
  const days = Math.max(...draft.story.drugs.map(([, , length]) => (length === 'stay' ? 1 : length)));
  finishVisit(draft, draft.now + request.random.between(16, 40), days);
  addAppointment(draft, days);
  return draft;
}

/** Long-term disease with tests. */
export function chronicServices(request: EpisodeRequest): Draft {
  const draft = examine(
    request,
    {
      stories: 'chronic',
      category: '1.1',
      visit: '08',
      arrival: morning(request),
      registeredAt: request.setting.facility,
    },
    1,
  );
  addAppointment(draft, 28);
  return draft;
}

/** Drugs collected by appointment without an examination. */
export function drugPickup(request: EpisodeRequest): Draft {
  const draft = startVisit(request, {
    stories: 'chronic',
    category: request.setting.date < unreferredSince ? '7.2' : '10',
    visit: '07',
    arrival: morning(request),
    registeredAt: request.setting.facility,
  });
  draft.now += 10;
  addDrugs(draft, draft.story, 1);
  finishVisit(draft, draft.now + request.random.between(16, 40), 0);
  return draft;
}

/** Threatened miscarriage, with leave in pregnancy. */
export function pregnancyRest(request: EpisodeRequest): Draft {
  const draft = examine(
    request,
    {
      stories: 'pregnancy',
      category: '1.1',
      visit: '01',
      arrival: morning(request),
      registeredAt: request.setting.facility,
    },
    0,
  );
  addPregnancyLeave(draft, request.random.between(7, 28));
  return draft;
}

/** Tuberculosis, with its register (XML15). */
export function tuberculosis(request: EpisodeRequest): Draft {
  const draft = examine(
    request,
    {
      stories: 'tuberculosis',
      category: '1.1',
      visit: '01',
      arrival: morning(request),
      registeredAt: request.setting.facility,
    },
    0,
  );
  addTuberculosisRecord(draft);
  return draft;
}

/** HIV care, with its record (XML6). */
export function hiv(request: EpisodeRequest): Draft {
  const draft = examine(
    request,
    {
      stories: 'hiv',
      category: '1.1',
      visit: '01',
      arrival: morning(request),
      registeredAt: request.setting.facility,
    },
    0,
  );
  addHivRecord(draft);
  return draft;
}
