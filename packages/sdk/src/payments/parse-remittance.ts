import { normalizeText } from './normalize-text.ts';
import type { RecoveryCode, RemittanceSyntax, RemittanceWarning } from './remittance-syntax.ts';
import { hasShape, suffixStart } from './text-shape.ts';
import type { UnitRegister } from './unit-register.ts';

/**
 * `ok103` and `okOtherType` follow the syntax to the letter; `recovered` needed one of R1–R7 or leaves a field open;
 * `refund` gives money back under the same prefix; `notBhxh` carries no head at all.
 */
export type RemittanceKind = 'ok103' | 'okOtherType' | 'recovered' | 'refund' | 'notBhxh';

export interface RemittanceFields {
  readonly type: string | null;
  readonly subtype: string | null;
  /** Mã đơn vị. */
  readonly unitCode: string | null;
  /** Mã cơ quan BHXH, five digits. */
  readonly officeCode: string | null;
  /** A payment id in the place of the unit code. */
  readonly paymentId: string | null;
  /** Upper case without diacritics; may hold names and must be masked in reports. */
  readonly description: string | null;
}

export interface RemittanceRecovery {
  readonly code: RecoveryCode;
  /** `resolved`: the field is filled; `ambiguous`: several answers; `unresolved`: none. */
  readonly outcome: 'resolved' | 'ambiguous' | 'unresolved';
}

export interface RemittanceResult {
  readonly kind: RemittanceKind;
  /** 0 to 100; what each recovery takes is data. */
  readonly confidence: number;
  readonly fields: RemittanceFields;
  /** `yyyy-MM`, when the text names a period. */
  readonly period?: string;
  readonly recoveries: readonly RemittanceRecovery[];
  readonly warnings: readonly RemittanceWarning[];
  readonly raw: string;
}

export interface RemittanceParserOptions {
  readonly syntax: RemittanceSyntax;
  /** Needed for R4 and R6; without it they stay unresolved or are not tried. */
  readonly register?: UnitRegister;
  /** Also read the short form for payment codes (`BHXH103 …`), whose acceptance is not known. */
  readonly acceptShortForm?: boolean;
}

export type RemittanceParser = (raw: string) => RemittanceResult;

const nothing: RemittanceFields = {
  type: null,
  subtype: null,
  unitCode: null,
  officeCode: null,
  paymentId: null,
  description: null,
};

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isWord = (code: number): boolean => isDigit(code) || (code >= 65 && code <= 90);
const isDigits = (text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) if (!isDigit(text.charCodeAt(index))) return false;
  return text !== '';
};

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The run of separators before it holds the formal one. */
  readonly isFormal: boolean;
}

interface Head {
  readonly start: number;
  readonly tokens: readonly Token[];
}

/**
 * A parser for remittance texts. Total: every string gives a result, nothing throws. Linear in the length of the text.
 * Never guesses from a name or an amount: a field that the text or the register does not decide stays null.
 */
export function createRemittanceParser(options: RemittanceParserOptions): RemittanceParser {
  const { syntax, register } = options;
  const types = new Set(syntax.types.map(({ code }) => code));
  const penalties = new Map(syntax.recoveries.map(({ code, penalty }) => [code, penalty]));
  const separators = new Uint8Array(128);
  for (const separator of syntax.separators) separators[separator.charCodeAt(0) & 127] = 1;
  const isSeparator = (code: number): boolean => code < 128 && separators[code] === 1;

  /** The next run of letters and digits behind at least one separator. */
  const tokenAt = (text: string, from: number): Token | undefined => {
    let start = from;
    let isFormal = false;
    while (isSeparator(text.charCodeAt(start))) {
      isFormal ||= text[start] === syntax.formalSeparator;
      start += 1;
    }
    if (start === from) return undefined;
    let end = start;
    while (end < text.length && isWord(text.charCodeAt(end))) end += 1;
    return end === start ? undefined : { text: text.slice(start, end), start, end, isFormal };
  };

  /** The first place where the prefix is followed by a type; each character is read a bounded number of times. */
  const locate = (text: string): Head | undefined => {
    let from = 0;
    for (;;) {
      const start = text.indexOf(syntax.prefix, from);
      if (start < 0) return undefined;
      const behind = start + syntax.prefix.length;
      from = behind;
      const type = tokenAt(text, behind);
      if (type !== undefined) {
        from = type.start;
        if (type.text.length === 3 && isDigits(type.text)) {
          const tokens = [type];
          for (let at = type.end; tokens.length < 4;) {
            const token = tokenAt(text, at);
            if (token === undefined) break;
            tokens.push(token);
            at = token.end;
          }
          return { start, tokens };
        }
      } else if (options.acceptShortForm === true) {
        const short = shortHead(text, start, behind);
        if (short !== undefined) return short;
      }
    }
  };

  const shortHead = (text: string, start: number, behind: number): Head | undefined => {
    const end = behind + 3;
    const code = text.slice(behind, end);
    if (code.length !== 3 || !isDigits(code) || isWord(text.charCodeAt(end))) return undefined;
    const unit = tokenAt(text, end);
    if (unit === undefined) return undefined;
    const type: Token = { text: code, start: behind, end, isFormal: false };
    const subtype: Token = { text: syntax.subtypes[0] ?? '', start: end, end, isFormal: false };
    const office = tokenAt(text, unit.end);
    return { start, tokens: [type, subtype, unit, ...(office === undefined ? [] : [office])] };
  };

  return (raw) => {
    const text = normalizeText(raw);
    const head = locate(text);
    if (head === undefined) {
      const warnings: RemittanceWarning[] = text.includes(syntax.prefix) ? ['MENTIONS_BHXH'] : [];
      return { kind: 'notBhxh', confidence: 0, fields: nothing, recoveries: [], warnings, raw };
    }
    const warnings: RemittanceWarning[] = [];
    const found = new Map<RecoveryCode, RemittanceRecovery['outcome']>();
    if (hasWords(text, 0, head.start, isSeparator)) warnings.push('PREFIX_IGNORED');
    const [typeToken, subtypeToken, unitToken, officeToken] = head.tokens;
    const type = typeToken?.text ?? '';
    if (!types.has(type)) warnings.push('TYPE_UNKNOWN');

    let end = text.length;
    const suffix = syntax.suffixes.map((shape) => suffixStart(text, shape)).find((start) => start >= 0);
    let headEnd = typeToken?.end ?? 0;

    if (subtypeToken !== undefined && syntax.refundWords.includes(subtypeToken.text)) {
      const description = descriptionOf(text.slice(subtypeToken.start, end), syntax);
      const recoveries = subtypeToken.isFormal ? [] : [{ code: 'R1' as const, outcome: 'resolved' as const }];
      return {
        kind: 'refund',
        confidence: confidenceOf(recoveries, warnings),
        fields: { ...nothing, type, description },
        recoveries,
        warnings,
        raw,
      };
    }
    if (subtypeToken === undefined || subtypeToken.text.length !== 2 || !isDigits(subtypeToken.text)) {
      warnings.push('SUBTYPE_MISSING', 'UNIT_MISSING');
      // Another word in this place is free text that happens to begin like a head.
      if (subtypeToken !== undefined && !isDigits(subtypeToken.text))
        return { kind: 'notBhxh', confidence: 0, fields: nothing, recoveries: [], warnings, raw };
      return {
        kind: 'recovered',
        confidence: confidenceOf([], warnings),
        fields: { ...nothing, type },
        recoveries: [],
        warnings,
        raw,
      };
    }
    const subtype = subtypeToken.text;
    headEnd = subtypeToken.end;
    if (!syntax.subtypes.includes(subtype)) warnings.push('SUBTYPE_UNKNOWN');

    let unitCode: string | null = null;
    let paymentId: string | null = null;
    if (unitToken === undefined || unitToken.text.length > syntax.unit.maxLength)
      warnings.push('UNIT_MISSING');
    else if (syntax.placeholders.includes(unitToken.text)) {
      warnings.push('PLACEHOLDER', 'UNIT_MISSING');
      headEnd = unitToken.end;
    } else {
      headEnd = unitToken.end;
      const read = readUnit(unitToken.text);
      unitCode = read.unitCode;
      paymentId = read.paymentId;
      warnings.push(...read.warnings);
      if (read.isCorrected) found.set('R6', 'resolved');
    }

    let officeCode: string | null = null;
    let period: string | undefined;
    let needsOffice = unitToken !== undefined;
    if (suffix !== undefined && suffix >= headEnd) {
      end = suffix;
      found.set('R3', 'resolved');
    }
    if (officeToken !== undefined && headEnd === unitToken?.end && officeToken.start < end) {
      const slot = officeToken.text;
      const isLast = !hasWords(text, officeToken.end, end, isSeparator);
      if (syntax.placeholders.includes(slot)) {
        if (!warnings.includes('PLACEHOLDER')) warnings.push('PLACEHOLDER');
        headEnd = officeToken.end;
      } else if (isDigits(slot)) {
        headEnd = officeToken.end;
        if (slot.length === syntax.office.digits) {
          officeCode = slot;
          needsOffice = false;
        } else if (isPeriod(slot)) {
          period = `${slot.slice(0, 4)}-${slot.slice(4)}`;
          found.set('R5', 'resolved');
        } else if (
          slot.length < syntax.office.digits &&
          slot.length >= syntax.office.truncatedFrom &&
          isLast
        ) {
          found.set('R7', 'unresolved');
          warnings.push('OFFICE_TRUNCATED');
          needsOffice = false;
        } else warnings.push('OFFICE_UNREADABLE');
      }
    }
    if (needsOffice && paymentId === null) {
      const offices = unitCode === null ? [] : (register?.offices(unitCode) ?? []);
      const [only] = offices;
      if (offices.length === 1 && only !== undefined) {
        officeCode = only;
        found.set('R4', 'resolved');
      } else {
        found.set('R4', offices.length > 1 ? 'ambiguous' : 'unresolved');
        warnings.push(offices.length > 1 ? 'OFFICE_AMBIGUOUS' : 'OFFICE_MISSING');
      }
    } else if (officeCode !== null && unitCode !== null && register !== undefined) {
      const offices = register.offices(unitCode);
      if (offices.length > 0 && !offices.includes(officeCode)) warnings.push('OFFICE_NOT_OF_UNIT');
    }

    const isSpaced = head.tokens.some(({ isFormal, start }) => !isFormal && start < headEnd);
    if (isSpaced) found.set('R1', 'resolved');
    else {
      let last = end;
      while (last > headEnd && text[last - 1] === ' ') last -= 1;
      if (text[last - 1] !== syntax.formalSeparator) found.set('R2', 'resolved');
    }

    const recoveries = syntax.recoveries.flatMap(({ code }) => {
      const outcome = found.get(code);
      return outcome === undefined ? [] : [{ code, outcome }];
    });
    const isRecovered = recoveries.length > 0 || paymentId !== null || warnings.includes('UNIT_MISSING');
    return {
      kind: isRecovered ? 'recovered' : types.has(type) ? 'ok103' : 'okOtherType',
      confidence: confidenceOf(recoveries, warnings),
      fields: {
        type,
        subtype,
        unitCode,
        officeCode,
        paymentId,
        description: descriptionOf(text.slice(headEnd, end), syntax),
      },
      ...(period === undefined ? {} : { period }),
      recoveries,
      warnings,
      raw,
    };
  };

  function readUnit(code: string): {
    unitCode: string | null;
    paymentId: string | null;
    isCorrected: boolean;
    warnings: RemittanceWarning[];
  } {
    if (register?.has(code) === true)
      return { unitCode: code, paymentId: null, isCorrected: false, warnings: [] };
    const hasKnownShape = syntax.unit.shapes.some((shape) => hasShape(code, shape));
    const similar = register?.similar(code) ?? [];
    const [only] = similar;
    if (similar.length === 1 && only !== undefined)
      return { unitCode: only, paymentId: null, isCorrected: true, warnings: [] };
    if (!hasKnownShape && isDigits(code))
      return { unitCode: null, paymentId: code, isCorrected: false, warnings: ['PAYMENT_ID'] };
    const warnings: RemittanceWarning[] = hasKnownShape ? [] : ['UNIT_SHAPE'];
    if (similar.length > 1) warnings.push('UNIT_AMBIGUOUS');
    if (register !== undefined) warnings.push('UNIT_NOT_IN_REGISTER');
    return { unitCode: code, paymentId: null, isCorrected: false, warnings };
  }

  function isPeriod(slot: string): boolean {
    if (!hasShape(slot, syntax.period.shape)) return false;
    const year = Number(slot.slice(0, 4));
    const month = Number(slot.slice(4));
    return year >= syntax.period.yearFrom && year <= syntax.period.yearTo && month >= 1 && month <= 12;
  }

  function confidenceOf(
    recoveries: readonly RemittanceRecovery[],
    warnings: readonly RemittanceWarning[],
  ): number {
    let left = 100;
    for (const { code, outcome } of recoveries) {
      left -= penalties.get(code) ?? 0;
      if (outcome !== 'resolved') left -= syntax.unresolvedPenalty;
    }
    for (const warning of warnings) left -= syntax.warningPenalties[warning] ?? 0;
    return Math.max(1, left);
  }
}

function hasWords(text: string, start: number, end: number, isSeparator: (code: number) => boolean): boolean {
  for (let index = start; index < end; index += 1) if (!isSeparator(text.charCodeAt(index))) return true;
  return false;
}

/** What stands behind the head, its pieces joined with single blanks. */
function descriptionOf(rest: string, syntax: RemittanceSyntax): string | null {
  const words = rest
    .replaceAll(syntax.formalSeparator, ' ')
    .split(' ')
    .filter((word) => word !== '');
  return words.length === 0 ? null : words.join(' ');
}
