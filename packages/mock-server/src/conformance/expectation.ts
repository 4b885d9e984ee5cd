import type { Operation } from '../contract/contract.ts';
import type { Heard } from './exchange.ts';
import type { Expectation, Matcher } from './suite.ts';
import { fill, type Variables } from './variables.ts';

/** One way in which an answer is not the expected one; values are told only where they are codes, never people's. */
export interface Mismatch {
  /** `status`, `code`, `header retry-after`, `body APIKey.access_token`, `description`. */
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
}

/** Places where the families put their official code. */
const CODES = ['maKetQua', 'MaKetQua'];

export function mismatches(
  heard: Heard,
  expect: Expectation,
  operation: Operation,
  variables: Variables,
  remembered: ReadonlyMap<string, string>,
): Mismatch[] {
  const found: Mismatch[] = [];
  const add = (what: string, expected: string, seen: string): void =>
    void found.push({ what, expected, seen });
  const statuses = [expect.status ?? []].flat();
  if (statuses.length > 0 && !statuses.includes(heard.status))
    add('status', statuses.join(' | '), String(heard.status));
  if (expect.code !== undefined) {
    const code = officialCode(heard.body);
    const codes = [expect.code].flat();
    if (code === undefined || !codes.includes(code)) add('code', codes.join(' | '), code ?? '–');
  }
  for (const [name, matcher] of Object.entries(expect.headers ?? {})) {
    const value = heard.headers.get(name) ?? undefined;
    const wrong = mismatch(value, matcher, variables);
    if (wrong !== undefined) add(`header ${name}`, wrong, value ?? '–');
  }
  for (const [path, matcher] of Object.entries(expect.body ?? {})) {
    const value = at(heard.body, fill(path, variables));
    const wrong = mismatch(value, matcher, variables);
    if (wrong !== undefined) add(`body ${path}`, wrong, kindOf(value));
  }
  if (expect.sameAs !== undefined && remembered.get(expect.sameAs) !== heard.text)
    add('body', `= ${expect.sameAs}`, '≠');
  for (const text of expect.never ?? [])
    if (heard.text.includes(fill(text, variables))) add('body', 'never', 'present');
  if (expect.described !== false) {
    const body = heard.body ?? (heard.text === '' ? undefined : heard.text);
    for (const { where, name, rule } of operation.checkReply(
      heard.status,
      heard.headers.get('content-type'),
      body,
    ))
      add('description', `${where} ${name}`.trim(), rule);
  }
  return found;
}

export function officialCode(body: unknown): string | undefined {
  for (const name of CODES) {
    const value = at(body, name);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
  }
  return undefined;
}

/** `a.0.b` inside a JSON value. */
export function at(value: unknown, path: string): unknown {
  let place = value;
  for (const step of path.split('.')) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, step)) return undefined;
    place = (place as Record<string, unknown>)[step];
  }
  return place;
}

/** What was wanted, if the value is something else. */
function mismatch(value: unknown, matcher: Matcher, variables: Variables): string | undefined {
  if (matcher === null) return value === null ? undefined : 'null';
  if (typeof matcher !== 'object') {
    const wanted = typeof matcher === 'string' ? fill(matcher, variables) : matcher;
    return value === wanted ? undefined : JSON.stringify(matcher);
  }
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  const { is, says, not, oneOf, matches, type, present, least, count } = matcher;
  if (present !== undefined && (value !== undefined && value !== null) !== present)
    return present ? 'present' : 'absent';
  if (is !== undefined && value !== (typeof is === 'string' ? fill(is, variables) : is))
    return JSON.stringify(is);
  if (says !== undefined && text !== fill(says, variables)) return says;
  if (not !== undefined && (text === undefined || text === fill(not, variables))) return `not ${not}`;
  if (oneOf !== undefined && !oneOf.some((entry) => entry === value)) return oneOf.join(' | ');
  if (matches !== undefined && (text === undefined || !new RegExp(matches).test(text))) return matches;
  if (type !== undefined && kindOf(value) !== type) return type;
  if (least !== undefined && !(sizeOf(value) >= least)) return `≥ ${least}`;
  if (count !== undefined && sizeOf(value) !== count) return `× ${count}`;
  return undefined;
}

const sizeOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : typeof value === 'number' ? value : Number.NaN;

function kindOf(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'string' ? 'text' : typeof value;
}
