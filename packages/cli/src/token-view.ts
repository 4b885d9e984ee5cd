import type { SubjectId } from '@bhxh/signing';
import { maskValue } from '@bhxh/sdk/messages';
import type { ModuleDescription, TokenCertificate, TokenDescription } from '@bhxh/signing/signers/pkcs11';
import type { TokenWords } from './messages/token-words.ts';

const dayMs = 86_400_000;

/** Whole days from `now` to the end of a certificate; negative when it has ended. */
export const daysLeft = ({ notAfter }: TokenCertificate, now: Date): number =>
  Math.floor((notAfter.getTime() - now.getTime()) / dayMs);

/** A tax code is public; what names a person is masked. */
export const shownId = ({ type, value }: SubjectId): string =>
  `${type}:${type === 'MST' ? value : maskValue(value)}`;

export const shownIds = ({ ids }: TokenCertificate): string =>
  ids.length === 0 ? '–' : ids.map(shownId).join(' ');

/** `2026-01-01 → 2027-01-01 · 40 days left`. */
export function shownValidity(certificate: TokenCertificate, now: Date, words: TokenWords): string {
  const { notBefore, notAfter } = certificate;
  const days = daysLeft(certificate, now);
  const state = days < 0 ? words.expired(-days) : notBefore > now ? words.notYet : words.daysLeft(days);
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  return `${day(notBefore)} → ${day(notAfter)} · ${state}`;
}

export function shownKey({ certificate }: TokenCertificate): string {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const size = asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve ?? '';
  return `${asymmetricKeyType?.toUpperCase() ?? ''} ${size}`.trim();
}

/** One token as lines of a heading and indented facts; `all` adds what a technician wants to know. */
export function tokenLines(
  module: ModuleDescription,
  token: TokenDescription,
  view: { readonly words: TokenWords; readonly now: Date; readonly all: boolean },
): string[] {
  const { words, now, all } = view;
  const { info, loader } = module;
  const facts: (readonly [name: string, value: string])[] = [
    ['URI', `'${token.uri}'`],
    [words.module, `${token.module} (${info.manufacturer} ${info.version}, ${loader})`],
    [words.slot, `${token.slotId} · ${token.slotDescription}`],
    ['PIN', words.pin[token.pinState] + (token.hasKeypad ? ` · ${words.onKeypad}` : '')],
  ];
  if (all) {
    facts.push([words.pinLength, `${token.pinLength.least} … ${token.pinLength.most}`]);
    facts.push([words.mechanisms, token.mechanisms.join(' ') || '–']);
  }
  if (token.certificates.length === 0) facts.push([words.certificate, words.noCertificate]);
  for (const certificate of token.certificates) {
    const { id, label, issuer, fingerprint } = certificate;
    facts.push([
      words.certificate,
      [shownIds(certificate), label, id].filter((part) => part !== '').join(' · '),
    ]);
    facts.push([words.validity, shownValidity(certificate, now, words)]);
    if (!all) continue;
    facts.push([words.key, shownKey(certificate)], [words.issuer, issuer], [words.fingerprint, fingerprint]);
  }
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    `${token.label} · ${token.manufacturer} ${token.model} · ${token.serial}`,
    ...facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
  ];
}

/** One token for machines. */
export function tokenRecord(module: ModuleDescription, token: TokenDescription, now: Date): object {
  const { certificates, ...facts } = token;
  return {
    ...facts,
    loader: module.loader,
    library: module.info,
    certificates: certificates.map((certificate) => ({
      id: certificate.id,
      label: certificate.label,
      ids: certificate.ids.map(shownId),
      key: shownKey(certificate),
      issuer: certificate.issuer,
      serial: certificate.serial,
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
      daysLeft: daysLeft(certificate, now),
      fingerprint: certificate.fingerprint,
    })),
  };
}
