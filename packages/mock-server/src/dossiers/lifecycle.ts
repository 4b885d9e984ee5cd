import { createWorkingDays, type DueDate } from '@bhxh/sdk/code-lists';
import type { Bilingual } from '@bhxh/sdk/errors';
import type { Fund } from '@bhxh/sdk/payments/ledger';
import type { Specifications } from '@bhxh/sdk/specifications';
import { isoDay, startOfDay } from '../clock/vietnam-time.ts';

/** Which check a step makes; `technical` and `office` may refuse, `result` carries the dossier out. */
export type StepCheck = 'technical' | 'office' | 'result';

export interface LifecycleStep {
  readonly id: string;
  readonly label: Bilingual;
  readonly department: Bilingual;
  readonly from: string;
  readonly to: string;
  readonly otherwise?: string;
  readonly check?: StepCheck;
  readonly after: {
    readonly minutes?: number;
    readonly workingDays?: number;
    readonly beforeDue?: number;
    readonly at?: string;
  };
  readonly notice?: { readonly to: string; readonly otherwise?: string };
}

export interface LifecycleState {
  readonly id: string;
  readonly label: Bilingual;
  readonly counts: 'open' | 'rejected' | 'completed';
  readonly final?: true;
}

interface LifecycleData {
  readonly start: string;
  readonly defaultWorkingDays: number;
  readonly office: { readonly from: string; readonly to: string };
  readonly states: readonly LifecycleState[];
  readonly steps: readonly LifecycleStep[];
  readonly notices: readonly { readonly id: string; readonly label: Bilingual }[];
  readonly cardSync: string;
  readonly cardObjects: readonly {
    readonly procedure: string;
    readonly object: string;
    readonly level: string;
  }[];
  readonly defaultFacility: string;
  readonly individuals: {
    readonly codeDigits: number;
    readonly codeMinutes: number;
    readonly codeAttempts: number;
    readonly codeEvery: number;
  };
  /** Working days that the post takes with a result. */
  readonly postDays: number;
  readonly monthClose: {
    /** Before this month (`yyyy-MM`) interest went by rules that were published year by year; none is posted. */
    readonly interestFrom: string;
    readonly interestFunds: readonly Fund[];
    readonly countsPaymentDay: boolean;
  };
}

/** When a step is due counts from these. */
export interface StepStart {
  /** Moment of the step before. */
  readonly since: Date;
  /** Day promised, `yyyy-MM-dd`; unknown before acceptance. */
  readonly dueDay: string | undefined;
  /** Working days by which a scenario makes the result late. */
  readonly lateDays?: number;
}

/** `specs/declarations/lifecycle.yaml` with its arithmetic. */
export interface Lifecycle extends LifecycleData {
  state(id: string): LifecycleState;
  step(id: string): LifecycleStep | undefined;
  /** The step that leaves a state; none leaves a final one. */
  stepFrom(state: string): LifecycleStep | undefined;
  dueMoment(step: LifecycleStep, start: StepStart): Date;
  /** When the post delivers what is sent at this moment. */
  arrivalByPost(sentAt: Date): Date;
  /** Day of the result, counted in working days from the acceptance. */
  dueDay(procedureDays: number | null, acceptedAt: Date): DueDate;
  /** The next daily run of the card register. */
  nextCardSync(after: Date): Date;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const momentOf = (day: string, time: string): Date =>
  new Date(startOfDay(day).getTime() + minutesOf(time) * MINUTE);
const dayAfter = (day: string, by: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY).toISOString().slice(0, 10);

const opened = new WeakMap<Specifications, Lifecycle>();

export function openLifecycle(specifications: Specifications): Lifecycle {
  const known = opened.get(specifications);
  if (known !== undefined) return known;
  const data = specifications.declarations('lifecycle') as LifecycleData;
  const days = createWorkingDays(specifications.calendar);
  const { office } = data;

  /** The same moment in office hours, or the next opening of the office. */
  const inOffice = (moment: Date): Date => {
    const day = isoDay(moment);
    const isOpen = days.isWorkingDay(day);
    if (isOpen && moment < momentOf(day, office.from)) return momentOf(day, office.from);
    if (isOpen && moment < momentOf(day, office.to)) return moment;
    return momentOf(days.add(day, 1).date, office.from);
  };
  /** The n-th working day before a day; the day itself for 0. */
  const workingDayBefore = (day: string, count: number): string => {
    let found = day;
    for (let left = count; left > 0;) {
      found = dayAfter(found, -1);
      if (days.isWorkingDay(found)) left -= 1;
    }
    return found;
  };

  const lifecycle: Lifecycle = {
    ...data,
    state(id) {
      const state = data.states.find((one) => one.id === id);
      if (state === undefined) throw new RangeError(`no state ${id}`);
      return state;
    },
    step: (id) => data.steps.find((one) => one.id === id),
    stepFrom: (state) => data.steps.find(({ from }) => from === state),
    dueMoment({ after }, { since, dueDay, lateDays = 0 }) {
      const { minutes = 0, workingDays, beforeDue, at } = after;
      if (beforeDue !== undefined) {
        const due = dueDay ?? isoDay(since);
        const day = lateDays > 0 ? days.add(due, lateDays).date : workingDayBefore(due, beforeDue);
        const moment = momentOf(day, at ?? office.from);
        return moment < since ? since : moment;
      }
      if (workingDays === undefined) return new Date(since.getTime() + minutes * MINUTE);
      const start = inOffice(since);
      if (workingDays === 0) return inOffice(new Date(start.getTime() + minutes * MINUTE));
      return momentOf(days.add(isoDay(start), workingDays).date, at ?? office.from);
    },
    dueDay: (procedureDays, acceptedAt) =>
      days.add(isoDay(acceptedAt), procedureDays ?? data.defaultWorkingDays),
    arrivalByPost: (sentAt) => momentOf(days.add(isoDay(sentAt), data.postDays).date, office.to),
    nextCardSync(after) {
      const today = momentOf(isoDay(after), data.cardSync);
      return today > after ? today : momentOf(dayAfter(isoDay(after), 1), data.cardSync);
    },
  };
  opened.set(specifications, lifecycle);
  return lifecycle;
}
