import { dayStart } from '../calendar.ts';
import type { Minute } from '../calendar.ts';
import { closeVisit, openDraft } from '../draft.ts';
import type { Draft, EpisodeKind } from '../draft.ts';
import { addFillers } from '../lines.ts';
import { createCard, createPerson } from '../people.ts';
import type { Card, Person } from '../people.ts';
import type { Random } from '../random.ts';
import { settle } from '../settle.ts';
import type { Setting } from '../setting.ts';
import type { Story, StoryKind } from '../vocabulary.ts';

/** What every kind of episode is made from. */
export interface EpisodeRequest {
  readonly setting: Setting;
  readonly random: Random;
  readonly kind: EpisodeKind;
  /** MA_LK. */
  readonly key: string;
  /** Number of the patient and the record, from 1. */
  readonly number: number;
}

export interface VisitPlan {
  readonly stories: StoryKind;
  readonly category: string;
  readonly visit: string;
  readonly arrival: Minute;
  /** The facility the patient is registered at. */
  readonly registeredAt: string;
  readonly cameFrom?: string;
  readonly isUninsured?: boolean;
  readonly person?: Person;
  readonly cards?: readonly Card[];
  readonly story?: Story;
}

/** Midnight of the day the episode ends. */
export function lastDay(request: EpisodeRequest): Minute {
  return dayStart(request.setting.date);
}

/** Any other facility of the synthetic province. */
export function otherFacility(request: EpisodeRequest): string {
  const { others, hospital } = request.setting.vocabulary.facilities;
  return request.random.pick([...others, hospital].filter((code) => code !== request.setting.facility));
}

/** A patient with a card and a story, arriving. */
export function startVisit(request: EpisodeRequest, plan: VisitPlan): Draft {
  const { setting, random } = request;
  const story = plan.story ?? random.pick(setting.vocabulary.cases[plan.stories]);
  const person = plan.person ?? createPerson(random, setting, plan.arrival, story.ages, story.sex);
  const cards =
    plan.isUninsured === true
      ? []
      : (plan.cards ?? [createCard(random, setting, person, plan.arrival, plan.registeredAt)]);
  return openDraft({
    setting,
    random,
    kind: request.kind,
    key: request.key,
    number: request.number,
    story,
    person,
    cards,
    arrival: plan.arrival,
    category: plan.category,
    visit: plan.visit,
    ...(plan.cameFrom === undefined ? {} : { cameFrom: plan.cameFrom }),
  });
}

/** Ends the visit and settles the money; papers that repeat dates or diagnoses come after it. */
export function finishVisit(draft: Draft, end: Minute, treatmentDays: number): void {
  addFillers(draft);
  closeVisit(draft, end, treatmentDays);
  settle(draft);
}
