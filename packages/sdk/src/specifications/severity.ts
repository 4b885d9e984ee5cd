import type { Confidence, Origin, Severity } from './types.ts';

/**
 * Severity a fact may carry: what is certain is an error, a secondary source is an error a site can switch to a warning,
 * what is uncertain or rests on practice alone is a warning.
 */
export function severityFor(confidence: Confidence, origin: Origin): Severity {
  if (origin === 'practice') return 'warning';
  return confidence === 'high' || confidence === 'medium-high' ? 'error' : 'warning';
}

/** Whether a site may lower an error of this confidence to a warning by configuration. */
export function isConfigurable(confidence: Confidence): boolean {
  return confidence === 'medium-high';
}
