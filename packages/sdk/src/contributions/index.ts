export { contributionSentence } from '../messages/contributions/index.ts';
export type { ContributionSentenceCode } from '../messages/contributions/index.ts';
export * from './types.ts';
export { calculateBackCollection, dueDayOf } from './back-collection.ts';
export type {
  BackCollection,
  BackCollectionChoice,
  CollectedMonth,
  PaymentCycle,
} from './back-collection.ts';
export { calculateSelfPaid, participationOf } from './participation.ts';
export type { Participation, ParticipationQuestion, SelfPaidContribution } from './participation.ts';
export { readRegionTable } from './regions.ts';
export type { RegionTable } from './regions.ts';
export { pausedPayroll, readWorkerList, reliefMeasures, retirementPause, workerSupport } from './relief.ts';
export type {
  ConfirmedWorker,
  PauseAnswer,
  PauseRequest,
  ReliefMeasure,
  WorkerList,
  WorkerListProblem,
  WorkerSupport,
} from './relief.ts';
export { interestAtRate, interestByDay, interestByMonth } from './late-interest.ts';
export type { LateInterest } from './late-interest.ts';
export { columnsOf, openContributionLaw } from './law.ts';
export type { ContributionLaw } from './law.ts';
export { monthsBetween } from './month.ts';
export { calculateAdjustment, calculateMonths, calculatePayroll, sumAmounts } from './payroll.ts';
export type {
  Adjustment,
  PayrollChoice,
  PayrollContributions,
  PayrollItem,
  PayrollPerson,
} from './payroll.ts';
export { readRoster } from './read-roster.ts';
export type { Roster, RosterProblem } from './read-roster.ts';
export { calculateVoluntary, householdHealth } from './voluntary.ts';
export type { SupportGroup, VoluntaryContribution } from './voluntary.ts';
