import { createHash } from 'node:crypto';
import type { Mismatch } from './expectation.ts';
import type { CaseResult, CaseVerdict } from './run-suite.ts';

/** What the kit says of one server or client, numbered, and checkable against change by its own digest. */
export interface Certificate {
  readonly schema: 'bhxh-conformance/1';
  /** `BHXH-20261122-3F0A…`: day of issue and the beginning of the digest. */
  readonly number: string;
  readonly issuedAt: string;
  readonly side: 'server' | 'client';
  readonly suite: string;
  /** SHA-256 of the cases that were played and of the compiled specifications. */
  readonly specs: { readonly suite: string; readonly hash: string };
  readonly tool: string;
  /** Address of the server, or what the client was called. */
  readonly subject: string;
  /** `part` when only some cases were chosen; such a run never certifies. */
  readonly scope: 'whole' | 'part';
  readonly cases: readonly CertifiedCase[];
  readonly summary: Readonly<Record<CaseVerdict, number>>;
  /** Every case of the suite was chosen, at least one passed, and none failed or stayed undetermined. */
  readonly conforms: boolean;
  /** SHA-256 over everything but `number` and `digest`, as JSON with sorted keys. */
  readonly digest: string;
}

export interface CertifiedCase {
  readonly id: string;
  readonly title: { readonly vi: string; readonly en: string };
  readonly verdict: CaseVerdict;
  readonly missing?: readonly string[];
  readonly step?: number;
  readonly call?: string;
  readonly mismatches?: readonly Mismatch[];
  readonly reason?: string;
}

export type CertificateFacts = Pick<
  Certificate,
  'side' | 'suite' | 'specs' | 'tool' | 'subject' | 'scope'
> & { readonly now: Date; readonly results: readonly CaseResult[] };

export function certify({ now, results, ...facts }: CertificateFacts): Certificate {
  const summary = { passed: 0, failed: 0, skipped: 0, undetermined: 0 };
  for (const { verdict } of results) summary[verdict] += 1;
  const content = {
    schema: 'bhxh-conformance/1' as const,
    issuedAt: now.toISOString(),
    ...facts,
    cases: results.map(certified),
    summary,
    conforms:
      facts.scope === 'whole' && summary.passed > 0 && summary.failed === 0 && summary.undetermined === 0,
  };
  const digest = digestOf(content);
  const day = content.issuedAt.slice(0, 10).replaceAll('-', '');
  return { ...content, number: `BHXH-${day}-${digest.slice(0, 12).toUpperCase()}`, digest };
}

/** Whether nothing of a certificate was changed since it was issued. It does not say who issued it. */
export function isIntact(certificate: Certificate): boolean {
  const { number, digest, ...content } = certificate;
  return digestOf(content) === digest && number.endsWith(digest.slice(0, 12).toUpperCase());
}

function certified({ missing, mismatches, ...result }: CaseResult): CertifiedCase {
  return {
    ...result,
    ...(missing.length === 0 ? {} : { missing }),
    ...(mismatches.length === 0 ? {} : { mismatches }),
  };
}

const digestOf = (content: object): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(content)))
    .digest('hex');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}
