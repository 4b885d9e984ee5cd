export * from './types.ts';
export { chooseRuleset } from './choose-ruleset.ts';
export type { ChooseRulesetInput, RulesetChoice, RulesetReason } from './choose-ruleset.ts';
export { isConfigurable, severityFor } from './severity.ts';
export { openSpecifications } from './specifications.ts';
export type { Specifications, SpecificationsOptions } from './specifications.ts';
export type { ReservedIdentifiers, ReservedRange } from './synthetic-overlay.ts';
