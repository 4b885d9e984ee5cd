import { signatureReason } from '@bhxh/sdk/messages';
import type { Messages } from '../messages/messages.ts';
import type { Language } from '../terminal/language.ts';
import { escapeHtml } from './escape-html.ts';
import type { ReportFile, ReportSignature } from './reporter.ts';

/**
 * One signature for people, with what TT 15/2025/TT-BKHCN, article 6, wants shown: issuer, signer, time, integrity, validity of
 * the certificate at signing time and its period. Everything in it may come from a forger and is escaped.
 */
export function signatureSection(
  file: ReportFile,
  signature: ReportSignature,
  messages: Messages,
  language: Language,
): string {
  const { words, signature: say, signatureSteps } = messages;
  const rows: [string, string | undefined | null][] = [
    [say.place, signature.path],
    [say.profile, signature.profile],
    [words.signer, signature.signer],
    [say.issuer, signature.issuer],
    [say.serial, signature.serial],
    ['SHA-256', signature.fingerprint],
    [say.validity, signature.notBefore && `${signature.notBefore} – ${signature.notAfter ?? ''}`],
    [signature.timeSource === 'time-stamp' ? say.timeStamp : say.claimed, signature.signedAt],
    [say.checkedAt, signature.checkedAt],
    [say.covers, signature.covers.map(({ start, end }) => `[${start}, ${end})`).join(' ')],
  ];
  const shown = rows.filter(([, value]) => value !== undefined && value !== null && value !== '');
  const facts = shown
    .map(
      ([label, value]) =>
        `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(value ?? '')}</td></tr>`,
    )
    .join('');
  const steps = (signature.steps ?? [])
    .map(
      ({ name, verdict }) =>
        `<li class="${verdict}">${escapeHtml(Object.hasOwn(signatureSteps, name) ? signatureSteps[name] : name)}: ${escapeHtml(words[verdict])}</li>`,
    )
    .join('');
  const reasons = signature.reasons
    .map(
      ({ code }) =>
        `<li><strong>${escapeHtml(code)}</strong> ${escapeHtml(signatureReason(code)[language])}</li>`,
    )
    .join('');
  return `<section><h3>${escapeHtml(file.path)} <span class="verdict ${signature.verdict}">${escapeHtml(words[signature.verdict])}</span></h3><table><tbody>${facts}</tbody></table>${reasons === '' ? '' : `<ul>${reasons}</ul>`}${steps === '' ? '' : `<details><summary>${escapeHtml(words.steps)}</summary><ul>${steps}</ul></details>`}</section>`;
}
