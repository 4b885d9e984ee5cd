import { argument, dayOf, listArgument, monthOf, rowsOf, type DossierCheck } from './check.ts';

export const monthOrder: DossierCheck = function* (input) {
  const [earlier, later] = [argument(input.rule, 'earlier'), argument(input.rule, 'later')];
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form'))) {
    const [first, last] = [monthOf(row.values[earlier]), monthOf(row.values[later])];
    if (first !== undefined && last !== undefined && last < first)
      yield { code: 'ORDER', path: `${at}.${later}`, values: { earlier, later } };
  }
};

export const dateOrder: DossierCheck = function* (input) {
  const [earlier, later] = [argument(input.rule, 'earlier'), argument(input.rule, 'later')];
  const named = listArgument(input.rule, 'forms');
  const forms = named.length > 0 ? named : [argument(input.rule, 'form')];
  for (const { row, at } of forms.flatMap((form) => [...rowsOf(input, form)])) {
    const [first, last] = [dayOf(row.values[earlier]), dayOf(row.values[later])];
    if (first !== undefined && last !== undefined && last < first)
      yield { code: 'ORDER', path: `${at}.${later}`, values: { earlier, later } };
  }
};

export const uniqueIdentity: DossierCheck = function* (input) {
  const field = argument(input.rule, 'field');
  const within = listArgument(input.rule, 'within');
  const seen = new Map<string, string>();
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form'))) {
    const identity = row.values[field] ?? '';
    if (identity === '') continue;
    const key = [identity, ...within.map((code) => row.values[code] ?? '')].join(' ');
    const first = seen.get(key);
    if (first === undefined) seen.set(key, at);
    else yield { code: 'PERSON_TWICE', path: `${at}.${field}`, values: { first } };
  }
};

export const oneContract: DossierCheck = function* (input) {
  const fields = listArgument(input.rule, 'fields');
  for (const { row, at } of rowsOf(input, 'D02-TS')) {
    const filled = fields.filter((field) => (row.values[field] ?? '') !== '');
    if (filled.length > 1)
      yield { code: 'CONTRACTS', path: `${at}.${filled[1] ?? ''}`, values: { fields: filled.join(', ') } };
  }
};

export const contractLength: DossierCheck = function* (input) {
  const [from, to] = [argument(input.rule, 'from'), argument(input.rule, 'to')];
  const months = Number(argument(input.rule, 'months'));
  for (const { row, at } of rowsOf(input, 'D02-TS')) {
    const [first, last] = [dayOf(row.values[from]), dayOf(row.values[to])];
    if (first === undefined || last === undefined) continue;
    // A term of n months ends on the day before the same day n months later.
    const limit = new Date(`${first}T00:00:00Z`);
    limit.setUTCMonth(limit.getUTCMonth() + months);
    if (last < first || Date.parse(`${last}T00:00:00Z`) >= limit.getTime())
      yield { code: 'CONTRACT_LENGTH', path: `${at}.${to}`, values: { months: String(months) } };
  }
};

export const companionForm: DossierCheck = function* (input) {
  const { rule } = input;
  const companion = argument(rule, 'companion');
  const known = new Set(
    [...rowsOf(input, companion)].map(({ row }) => row.values[argument(rule, 'companionIdentity')] ?? ''),
  );
  for (const { row, at } of rowsOf(input, argument(rule, 'form'))) {
    const hasNumber = (row.values[argument(rule, 'number')] ?? '') !== '';
    // A plan that needs the number says so by a rule of its own.
    const plan = input.specs.plan(argument(rule, 'form'), row.values['pa'] ?? '');
    const isNewcomer = plan !== undefined && !(plan.needs ?? []).includes(argument(rule, 'number'));
    if (!hasNumber && isNewcomer && !known.has(row.values[argument(rule, 'identity')] ?? ''))
      yield { code: 'COMPANION_FORM', path: at, values: { form: companion } };
  }
};

export const householdAppendix: DossierCheck = function* (input) {
  const { rule } = input;
  for (const { row, at } of rowsOf(input, argument(rule, 'form'))) {
    const needs =
      (row.values[argument(rule, 'number')] ?? '') === '' || row.values[argument(rule, 'flag')] === '1';
    if (needs && (row.appendix ?? []).length === 0) yield { code: 'APPENDIX_MISSING', path: at, values: {} };
  }
};

/** Rows of some plans rest on papers that another form lists. */
export const companionPaper: DossierCheck = function* (input) {
  const plans = listArgument(input.rule, 'plans');
  const companion = argument(input.rule, 'companion');
  if (input.dossier.forms.some(({ form }) => form === companion)) return;
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form'))) {
    const plan = row.values['pa'] ?? '';
    if (plans.includes(plan)) yield { code: 'COMPANION_PAPER', path: at, values: { plan, form: companion } };
  }
};
