import type { ClientRule, ClientRuleName } from './client-suite.ts';
import type { Mismatch } from './expectation.ts';
import type { Recorded } from './record.ts';

/** Everything that is known of a client once it has finished. */
export interface ClientEvidence {
  readonly calls: readonly Recorded[];
  /** Documents that were handed out. */
  readonly documents: readonly { readonly sha256: string; readonly businessKey: string }[];
  /** How often the server holds each document. */
  readonly stored: ReadonlyMap<string, number>;
  /** Requests that reached the host a redirect led to. */
  readonly strayed: number;
}

/** Real clocks are not exact to the millisecond, and an answer is on its way for a while. */
const EARLY = 150;

type Rule = (evidence: ClientEvidence, bounds: ClientRule) => Mismatch[];

export function judgeClient(rules: readonly ClientRule[], evidence: ClientEvidence): Mismatch[] {
  return rules.flatMap((one) => mechanisms[one.rule](evidence, one));
}

const uploadsOf = ({ calls }: ClientEvidence, sha256?: string): readonly Recorded[] =>
  calls.filter((call) => call.kind === 'upload' && (sha256 === undefined || call.sha256 === sha256));

const one = (what: ClientRuleName, expected: string, seen: string | number): Mismatch => ({
  what,
  expected,
  seen: String(seen),
});

function outside(what: ClientRuleName, count: number, { least = 0, most }: ClientRule): Mismatch[] {
  if (count >= least && count <= (most ?? Number.POSITIVE_INFINITY)) return [];
  return [one(what, `${least} … ${most ?? '∞'}`, count)];
}

const mechanisms: Readonly<Record<ClientRuleName, Rule>> = {
  described: ({ calls }) =>
    calls
      .filter(({ operation, problems }) => operation === undefined || problems.length > 0)
      .slice(0, 3)
      .map(({ operation, method, path, problems }) =>
        one('described', operation ?? `${method} ${path}`, problems[0] ?? '–'),
      ),
  'logs-in-first': ({ calls }) => {
    const first = calls.findIndex(({ kind }) => kind === 'upload' || kind === 'query');
    const login = calls.findIndex(({ kind }) => kind === 'login');
    return first >= 0 && (login < 0 || login > first)
      ? [one('logs-in-first', 'login', calls[first]?.operation ?? '')]
      : [];
  },
  logins: ({ calls }, bounds) =>
    outside('logins', calls.filter(({ kind }) => kind === 'login').length, bounds),
  'sends-each': (evidence, bounds) =>
    evidence.documents
      .flatMap(({ sha256 }) => outside('sends-each', uploadsOf(evidence, sha256).length, bounds))
      .slice(0, 1),
  'sends-nothing-else': (evidence) => {
    const given = new Set(evidence.documents.map(({ sha256 }) => sha256));
    const foreign = uploadsOf(evidence).filter(({ sha256 }) => sha256 === undefined || !given.has(sha256));
    return foreign.length === 0 ? [] : [one('sends-nothing-else', '0', foreign.length)];
  },
  'stored-once': ({ documents, stored }) =>
    documents
      .filter(({ sha256 }) => stored.get(sha256) !== 1)
      .slice(0, 1)
      .map(({ sha256 }) => one('stored-once', '1', stored.get(sha256) ?? 0)),
  'asks-before-again': (evidence) =>
    evidence.documents.flatMap((document) => blindRepeat(evidence, document)).slice(0, 1),
  'keeps-key': keepsKey,
  waits: (evidence) =>
    evidence.documents.flatMap(({ sha256 }) => {
      const uploads = uploadsOf(evidence, sha256);
      return uploads.flatMap((call, index) => {
        const next = uploads[index + 1];
        if (call.retryAfter === undefined || next === undefined) return [];
        const waited = next.at - call.answeredAt;
        return waited + EARLY >= call.retryAfter * 1_000
          ? []
          : [one('waits', `≥ ${call.retryAfter} s`, `${(waited / 1_000).toFixed(1)} s`)];
      });
    }),
  'follows-no-redirect': ({ strayed }) => (strayed === 0 ? [] : [one('follows-no-redirect', '0', strayed)]),
  'hides-password': ({ calls }) =>
    calls.some(({ showsPassword }) => showsPassword) ? [one('hides-password', 'MD5', 'password')] : [],
};

/** A document whose answer was lost may go again only under the key it went under before, or once the server was asked. */
function blindRepeat(evidence: ClientEvidence, document: ClientEvidence['documents'][number]): Mismatch[] {
  const { calls } = evidence;
  let lost: Recorded | undefined;
  let asked = false;
  for (const call of calls) {
    const isAbout = call.sha256 === document.sha256 || call.businessKey === document.businessKey;
    if (call.kind === 'query' && isAbout && call.status === 200 && !call.isLost) asked = true;
    if (call.kind !== 'upload' || call.sha256 !== document.sha256) continue;
    if (lost !== undefined && !asked && (call.key === undefined || call.key !== lost.key))
      return [one('asks-before-again', 'query', 'upload')];
    if (call.isLost) {
      lost = call;
      asked = false;
    }
  }
  return [];
}

/** One document, one key; two documents, two keys. A client that sends no key at all is not held to this. */
function keepsKey(evidence: ClientEvidence): Mismatch[] {
  const owners = new Map<string, string>();
  for (const { sha256 } of evidence.documents) {
    const keys = new Set(uploadsOf(evidence, sha256).map(({ key }) => key));
    if (keys.size > 1) return [one('keeps-key', '1', keys.size)];
    const [key] = keys;
    if (key === undefined) continue;
    if (owners.has(key)) return [one('keeps-key', 'other', 'same')];
    owners.set(key, sha256);
  }
  return [];
}
