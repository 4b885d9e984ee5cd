import type { Bilingual } from '../../errors/bhxh-error.ts';
import { en, type GatewaySentenceCode } from './en.ts';
import { vi } from './vi.ts';

export type { GatewaySentenceCode } from './en.ts';
export type SentenceValues = Readonly<Record<string, string | number | Bilingual>>;

/** A sentence of the gateway client or the submission engine, in both languages; a value may be bilingual itself. */
export function gatewaySentence(code: GatewaySentenceCode, values: SentenceValues = {}): Bilingual {
  return { vi: fill(vi[code], values, 'vi'), en: fill(en[code], values, 'en') };
}

/** The advice that belongs to an error code, when there is one. */
export function gatewayHint(code: GatewaySentenceCode, values: SentenceValues = {}): Bilingual | undefined {
  const hint = `${code}_HINT`;
  return isCode(hint) ? gatewaySentence(hint, values) : undefined;
}

function isCode(code: string): code is GatewaySentenceCode {
  return Object.hasOwn(en, code);
}

function fill(template: string, values: SentenceValues, language: keyof Bilingual): string {
  return template.replace(/\{([a-z0-9]+)\}/g, (all, name: string) => {
    const value = values[name];
    if (value === undefined) return all;
    return typeof value === 'object' ? value[language] : String(value);
  });
}
