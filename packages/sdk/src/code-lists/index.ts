export { cardLevel } from './card-level.ts';
export type { CardLevel } from './card-level.ts';
export { createCodeLists } from './lookup.ts';
export type { CodeLists, CodeLookup, CodeStanding } from './lookup.ts';
export { convertProvince, convertWard, REFORM_DATE } from './wards.ts';
export type { WardCandidate, WardChangeKind, WardConversion } from './wards.ts';
export { createWorkingDays } from './working-days.ts';
export type { DueDate, WorkingDays } from './working-days.ts';
