import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Specifications } from '../specifications/specifications.ts';

export type LeafType = 'text' | 'code' | 'count' | 'sum' | 'amount' | 'date' | 'dateTime' | 'flag';

/** One element of a message, by its official name. */
export interface MessageElement {
  readonly name: string;
  readonly many?: boolean;
  readonly required?: boolean;
  /** Met in older versions, never written. */
  readonly readOnly?: boolean;
  readonly type?: LeafType;
  readonly max?: number;
  readonly of?: readonly MessageElement[];
}

/** Our reference profile of one ISO 20022 message (`specs/payments/messages`). */
export interface MessageProfile {
  /** `camt.053`. */
  readonly id: string;
  /** The version that is written, `001.08`. */
  readonly version: string;
  readonly reads: readonly string[];
  readonly label: Bilingual;
  readonly function: string;
  readonly origin: 'reference';
  readonly root: string;
  /** Path below the root of the repeated part that is read one at a time; empty when there is none. */
  readonly record: readonly string[];
  readonly elements: readonly MessageElement[];
}

/** An amount as written: its text and currency. Whole đồng are checked where it is used. */
export interface MessageAmount {
  readonly currency: string;
  readonly text: string;
}

export type MessageValue = string | MessageAmount | MessageObject | readonly MessageValue[];

/** A part of a message; keys are official element names, repeated elements are lists. */
export interface MessageObject {
  readonly [name: string]: MessageValue | undefined;
}

/** What every namespace of a message begins with. */
export const messageNamespace = 'urn:iso:std:iso:20022:tech:xsd:';

export function messageProfiles(specifications: Specifications): readonly MessageProfile[] {
  return specifications.payments('messages') as readonly MessageProfile[];
}

/** Throws `RangeError` for a message without a profile. */
export function messageProfile(specifications: Specifications, id: string): MessageProfile {
  const profile = messageProfiles(specifications).find((one) => one.id === id);
  if (profile === undefined) throw new RangeError(`no message profile ${id}`);
  return profile;
}

/** The text at a path of element names, the first of repeated ones; undefined when there is none. */
export function textAt(value: MessageValue | undefined, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function valueAt(
  value: MessageValue | undefined,
  ...path: readonly string[]
): MessageValue | undefined {
  let found = value;
  for (const name of path) {
    if (isList(found)) found = found[0];
    if (found === undefined || typeof found === 'string') return undefined;
    found = (found as MessageObject)[name];
  }
  return isList(found) ? found[0] : found;
}

export function listAt(value: MessageValue | undefined, name: string): readonly MessageValue[] {
  if (value === undefined || typeof value === 'string' || isList(value)) return [];
  const found = (value as MessageObject)[name];
  return found === undefined ? [] : isList(found) ? found : [found];
}

function isList(value: MessageValue | undefined): value is readonly MessageValue[] {
  return Array.isArray(value);
}
