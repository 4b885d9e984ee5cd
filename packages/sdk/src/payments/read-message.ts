import { decodeText, XmlNames, XmlScanner, type ScanHandler, type XmlLimits } from '@bhxh/xml';
import { readAmount } from './amount.ts';
import {
  messageNamespace,
  type MessageElement,
  type MessageObject,
  type MessageProfile,
  type MessageValue,
} from './message-profile.ts';

/** What is wrong with a message, by code; sentences are in the message catalogue. */
export type MessageProblemCode =
  | 'MESSAGE_UNKNOWN'
  | 'MESSAGE_VERSION'
  | 'MESSAGE_ROOT'
  | 'ELEMENT_MISSING'
  | 'ELEMENT_REPEATED'
  | 'TEXT_EMPTY'
  | 'TEXT_LENGTH'
  | 'DATE_FORMAT'
  | 'FLAG_FORMAT'
  | 'COUNT_FORMAT'
  | 'AMOUNT_FORMAT'
  | 'AMOUNT_FRACTION'
  | 'AMOUNT_RANGE'
  | 'CURRENCY_NOT_VND';

export interface MessageProblem {
  readonly code: MessageProblemCode;
  /** Element path from the root, without content. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface MessageHandler {
  /** The message is known; `version` is the one of its namespace. */
  begin?(profile: MessageProfile, version: string): void;
  /** One complete record. `owner` is what was read of its parent so far, `message` of the whole. Neither holds records. */
  record?(record: MessageObject, owner: MessageObject, message: MessageObject): void;
  /** The parent of records is complete, after its last record. */
  owner?(owner: MessageObject, message: MessageObject): void;
  problem?(problem: MessageProblem): void;
}

/** An element of the profile on its place, made when it is first met. */
interface Node {
  readonly name: string;
  readonly element: MessageElement;
  /** Children by the number of their name; null for elements outside the profile. */
  readonly children: (Node | null | undefined)[];
  readonly byName: Map<string, Node>;
  /** Path of the record below this element; empty when the element is one. */
  readonly record: readonly string[] | undefined;
  readonly depth: number;
  readonly required: readonly string[];
  readonly isRecord: boolean;
  readonly isOwner: boolean;
  /** The text before this one: codes, days and names come again and again. */
  readonly recent: Recent;
}

interface Recent {
  readonly bytes: Uint8Array;
  length: number;
  text: string;
  currency: string;
  problem: MessageProblemCode | undefined;
}

type Target = Record<string, MessageValue | undefined>;

interface Frame {
  node: Node;
  target: Target;
  text: string;
  currency: string;
}

/** Texts longer than this are decoded each time. */
const recentLimit = 64;

/** Values up to the end of a message that is read in one go; records of large ones go to the handler instead. */
const unlimited: Partial<XmlLimits> = { elements: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
const datePattern = /^\d{4}-\d{2}-\d{2}(?:Z|[+-]\d{2}:\d{2})?$/;
const dateTimePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads one message from chunks of any size, record by record, so that memory does not grow with the message. Elements
 * outside the profile are passed over. Problems of content are reported; only XML that cannot be read throws (`XmlError`).
 */
export class MessageReader {
  readonly #handler: MessageHandler;
  readonly #profiles: readonly MessageProfile[];
  readonly #scanner: XmlScanner;
  readonly #names = new XmlNames();
  readonly #stack: Frame[] = [];
  readonly #spare: Frame[] = [];
  #message: Target = {};
  #skipped = 0;
  #hasRoot = false;
  #profile: MessageProfile | undefined;
  #start = 0;

  constructor(profiles: readonly MessageProfile[], handler: MessageHandler) {
    this.#profiles = profiles;
    this.#handler = handler;
    const scan: ScanHandler = {
      startElement: (scanner, nameStart, nameEnd, tagStart) =>
        this.#open(scanner, nameStart, nameEnd, tagStart),
      endElement: (scanner, _nameStart, _nameEnd, tagStart) => this.#close(scanner, tagStart),
      text: (scanner, start, end, kind) => {
        if (this.#skipped > 0) return;
        const frame = this.#stack.at(-1);
        if (frame === undefined) return;
        if (frame.node.element.type === undefined && kind === 0 && isBlank(scanner, start, end)) return;
        const { recent } = frame.node;
        if (kind !== 0 || frame.text !== '' || end - start > recentLimit) {
          frame.text += decodeText(scanner.bytes, start - scanner.base, end - scanner.base, kind);
          recent.length = -1;
        } else frame.text = recentText(recent, scanner.bytes, start - scanner.base, end - scanner.base);
      },
    };
    this.#scanner = new XmlScanner(scan, { limits: unlimited, names: this.#names });
  }

  write(chunk: Uint8Array): void {
    this.#scanner.write(chunk);
  }

  /** The message without its records. */
  end(): MessageObject {
    this.#scanner.end();
    return this.#message;
  }

  #open(scanner: XmlScanner, nameStart: number, nameEnd: number, tagStart: number): void {
    if (this.#skipped > 0) {
      this.#skipped += 1;
      return;
    }
    this.#start = tagStart;
    const frame = this.#stack.at(-1);
    if (frame === undefined) {
      const root = this.#profile === undefined ? this.#begin(scanner) : undefined;
      if (root === undefined) this.#skipped = 1;
      else this.#push(root, this.#message, '');
      return;
    }
    const node = this.#childOf(frame.node, scanner, nameStart, nameEnd);
    if (node === null) {
      this.#skipped = 1;
      return;
    }
    let currency = '';
    if (node.element.type === 'amount') {
      for (let index = 0; index < scanner.attributeCount; index += 1)
        if (scanner.attributeName(index) === 'Ccy') currency = scanner.attributeValue(index);
    }
    const isMessage = this.#stack.length === 1;
    this.#hasRoot ||= isMessage;
    const target = node.element.of === undefined ? frame.target : isMessage ? this.#message : {};
    this.#push(node, target, currency);
  }

  /** Frames are used again: a statement opens millions. */
  #push(node: Node, target: Target, currency: string): void {
    const spare = this.#spare.pop();
    if (spare === undefined) {
      this.#stack.push({ node, target, text: '', currency });
      return;
    }
    spare.node = node;
    spare.target = target;
    spare.text = '';
    spare.currency = currency;
    this.#stack.push(spare);
  }

  #begin(scanner: XmlScanner): Node | undefined {
    let namespace = '';
    for (let index = 0; index < scanner.attributeCount; index += 1)
      if (
        /^xmlns(?::|$)/.test(scanner.attributeName(index)) &&
        scanner.attributeValue(index).startsWith(messageNamespace)
      )
        namespace = scanner.attributeValue(index);
    const match = /^([a-z]{4}\.\d{3})\.(\d{3}\.\d{2})$/.exec(namespace.slice(messageNamespace.length));
    const profile = this.#profiles.find(({ id }) => id === match?.[1]);
    const version = match?.[2] ?? '';
    if (profile === undefined) {
      this.#report('MESSAGE_UNKNOWN', scanner, 'Document');
      return undefined;
    }
    this.#profile = profile;
    if (!profile.reads.includes(version)) {
      this.#report('MESSAGE_VERSION', scanner, 'Document');
      return undefined;
    }
    this.#handler.begin?.(profile, version);
    const message: MessageElement = { name: profile.root, of: profile.elements, required: true };
    return nodeOf({ name: 'Document', of: [message] }, [profile.root, ...profile.record], 0);
  }

  #childOf(node: Node, scanner: XmlScanner, nameStart: number, nameEnd: number): Node | null {
    const number = scanner.nameNumber;
    const known = number < 0 ? undefined : node.children[number];
    if (known !== undefined) return known;
    const local = Buffer.from(
      scanner.bytes.buffer,
      scanner.bytes.byteOffset + nameStart - scanner.base,
      nameEnd - nameStart,
    ).toString('utf8');
    const child = childNamed(node, local.slice(local.indexOf(':') + 1));
    if (number >= 0) node.children[number] = child;
    return child;
  }

  #close(scanner: XmlScanner, tagStart: number): void {
    if (this.#skipped > 0) {
      this.#skipped -= 1;
      return;
    }
    const frame = this.#stack.pop();
    if (frame === undefined) return;
    this.#spare.push(frame);
    const { node, target } = frame;
    const { element } = node;
    this.#start = tagStart;
    const parent = this.#stack.at(-1);
    if (element.type !== undefined) {
      this.#leaf(scanner, element, frame, target);
      return;
    }
    if (parent === undefined) {
      if (!this.#hasRoot) this.#report('MESSAGE_ROOT', scanner, node.name);
      return;
    }
    // Older versions write a code where newer ones have a choice around it.
    const first = element.of?.[0];
    if (frame.text.trim() !== '' && first?.type !== undefined && target[first.name] === undefined)
      this.#leaf(scanner, first, frame, target);
    for (const name of node.required) if (target[name] === undefined) this.#missing(scanner, node, name);
    if (this.#stack.length < 2) return;
    if (node.isRecord) {
      this.#handler.record?.(target, parent.target, this.#message);
      // The first record stands for all when required elements are looked for.
      parent.target[element.name] ??= [];
      return;
    }
    if (node.isOwner) {
      const records = this.#profile?.record.at(-1);
      if (records !== undefined) delete target[records];
      this.#handler.owner?.(target, this.#message);
      if (element.many === true) {
        parent.target[element.name] ??= [];
        return;
      }
    }
    this.#put(scanner, parent.target, element, target);
  }

  #leaf(scanner: XmlScanner, element: MessageElement, frame: Frame, target: Target): void {
    const text = frame.text.trim();
    const { recent } = frame.node;
    if (recent.length < 0 || recent.text !== text || recent.currency !== frame.currency) {
      recent.problem = problemOf(element, text, frame.currency);
      recent.currency = frame.currency;
      if (recent.text !== text) recent.length = -1;
      recent.text = text;
    }
    const { problem } = recent;
    if (problem !== undefined) this.#report(problem, scanner, this.#path(element.name));
    const value = element.type === 'amount' ? { currency: frame.currency, text } : text;
    this.#put(scanner, target, element, value);
  }

  #put(scanner: XmlScanner, target: Target, element: MessageElement, value: MessageValue): void {
    const before = target[element.name];
    if (element.many === true) {
      if (before === undefined) target[element.name] = [value];
      else (before as MessageValue[]).push(value);
    } else if (before === undefined) target[element.name] = value;
    else this.#report('ELEMENT_REPEATED', scanner, this.#path(element.name));
  }

  #missing(scanner: XmlScanner, node: Node, name: string): void {
    this.#report('ELEMENT_MISSING', scanner, `${this.#path(node.name)}/${name}`);
  }

  #path(name: string): string {
    return [...this.#stack.map(({ node }) => node.name), name].join('/');
  }

  #report(code: MessageProblemCode, scanner: XmlScanner, path: string): void {
    const { line, column } = scanner.positionOf(this.#start);
    this.#handler.problem?.({ code, path, line, column });
  }
}

function isBlank(scanner: XmlScanner, start: number, end: number): boolean {
  for (let index = start - scanner.base; index < end - scanner.base; index += 1)
    if ((scanner.bytes[index] ?? 0) > 32) return false;
  return true;
}

function nodeOf(element: MessageElement, record: readonly string[] | undefined, depth: number): Node {
  return {
    name: element.name,
    element,
    children: [],
    byName: new Map(),
    record,
    depth,
    required: (element.of ?? []).filter((child) => child.required === true).map(({ name }) => name),
    isRecord: record?.length === 0 && depth > 1,
    isOwner: record?.length === 1 && depth > 1,
    recent: { bytes: new Uint8Array(recentLimit), length: -1, text: '', currency: '', problem: undefined },
  };
}

function childNamed(node: Node, name: string): Node | null {
  const known = node.byName.get(name);
  if (known !== undefined) return known;
  const element = node.element.of?.find((child) => child.name === name);
  if (element === undefined) return null;
  const [next, ...rest] = node.record ?? [];
  const child = nodeOf(element, name === next ? rest : undefined, node.depth + 1);
  node.byName.set(name, child);
  return child;
}

function recentText(recent: Recent, bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  let index = recent.length === length ? length - 1 : -2;
  // Numbers that count up differ at their end.
  while (index >= 0 && recent.bytes[index] === bytes[start + index]) index -= 1;
  if (index === -1) return recent.text;
  const text = decodeText(bytes, start, end, 0);
  for (let at = 0; at < length; at += 1) recent.bytes[at] = bytes[start + at] ?? 0;
  recent.length = length;
  recent.text = text;
  recent.currency = notYet;
  return text;
}

/** No currency: what was found of another text says nothing of this one. */
const notYet = '\0';

function problemOf(element: MessageElement, text: string, currency: string): MessageProblemCode | undefined {
  switch (element.type) {
    case 'amount': {
      if (currency !== 'VND') return 'CURRENCY_NOT_VND';
      const amount = readAmount(text);
      return typeof amount === 'string' ? amount : undefined;
    }
    case 'sum': {
      const sum = readAmount(text.startsWith('-') ? text.slice(1) : text);
      return typeof sum === 'string' ? sum : undefined;
    }
    case 'count':
      return /^\d{1,18}$/.test(text) ? undefined : 'COUNT_FORMAT';
    case 'date':
      return datePattern.test(text) && isDay(text) ? undefined : 'DATE_FORMAT';
    case 'dateTime':
      return dateTimePattern.test(text) && isDay(text) ? undefined : 'DATE_FORMAT';
    case 'flag':
      return text === 'true' || text === 'false' || text === '1' || text === '0' ? undefined : 'FLAG_FORMAT';
    default:
      if (text === '') return 'TEXT_EMPTY';
      return text.length > (element.max ?? Number.POSITIVE_INFINITY) ? 'TEXT_LENGTH' : undefined;
  }
}

function isDay(text: string): boolean {
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  if (day <= 28) return true;
  const year = Number(text.slice(0, 4));
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}
