import { indexElements, XmlWriter, type IndexedElement } from '@bhxh/xml';
import { paymentError } from './payment-error.ts';

/**
 * The header in front of every signed message: the ISO 20022 business application header, whose `Sgntr` holds the
 * sender's signature over header and message together. Reference profile: what VSS and its banks use is not public.
 */
export interface MessageHeader {
  /** Short code of a bank, or the five digits of an office. */
  readonly from: string;
  readonly to: string;
  /** Unique for its sender. */
  readonly messageId: string;
  /** `camt.054.001.08`. */
  readonly definition: string;
  /** Purpose of the message where its kind leaves that open, such as `end-of-day`. */
  readonly service?: string;
  /** ISO 8601 with an offset. */
  readonly createdAt: string;
  /** Business date, `yyyy-MM-dd`. */
  readonly businessDate: string;
  /** Id of the message that this one answers. */
  readonly correlationId?: string;
}

export interface EnvelopedMessage {
  readonly header: MessageHeader;
  /** The message as a document of its own, byte for byte as it was signed. */
  readonly document: Uint8Array;
}

const ROOT = 'BizMsgEnvlp';
const HEADER = 'AppHdr';
const HEADER_NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:head.001.001.02';

/** An envelope that is ready to be signed with the profile `payment-message`. `document` is a message without declaration. */
export function writeEnvelope(header: MessageHeader, document: Uint8Array): Uint8Array {
  const writer = new XmlWriter();
  const party = (name: string, id: string): void => {
    writer.start(name).start('FIId').start('FinInstnId').start('Othr').start('Id').text(id);
    for (let depth = 0; depth < 5; depth += 1) writer.end();
  };
  const field = (name: string, text: string | undefined): void => {
    if (text !== undefined) writer.start(name).text(text).end();
  };
  writer.start(HEADER, { xmlns: HEADER_NAMESPACE });
  party('Fr', header.from);
  party('To', header.to);
  field('BizMsgIdr', header.messageId);
  field('MsgDefIdr', header.definition);
  field('BizSvc', header.service);
  field('CreDt', header.createdAt);
  field('BizPrcgDt', `${header.businessDate}T00:00:00+07:00`);
  writer.start('Sgntr').end();
  if (header.correlationId !== undefined) {
    writer.start('Rltd');
    field('BizMsgIdr', header.correlationId);
    writer.end();
  }
  const head = Buffer.from(writer.end().finish()).toString('utf8').replace(declaration, '');
  const body = Buffer.from(document).toString('utf8').replace(declaration, '');
  return Buffer.from(`<${ROOT}>${head}${body}</${ROOT}>`);
}

const declaration = /^(?:\uFEFF)?\s*<\?xml[^>]*\?>\s*/;

/**
 * Header and message of an envelope. Nothing is judged but the form; whether the signature holds is asked first.
 *
 * @throws BhxhError ERR_ENVELOPE_FORM naming the part; XmlError when it is not XML
 */
export function readEnvelope(bytes: Uint8Array): EnvelopedMessage {
  const index = indexElements(bytes);
  const refuse = (part: string): Error => paymentError('ERR_ENVELOPE_FORM', 'input', { part });
  if (index.root.localName !== ROOT) throw refuse(ROOT);
  const [head, document, ...rest] = index.childrenOf(index.root);
  if (head?.localName !== HEADER || head.namespace !== HEADER_NAMESPACE) throw refuse(HEADER);
  if (document === undefined || rest.length > 0) throw refuse('Document');
  const parts = index.childrenOf(head);
  const one = (name: string, among: readonly IndexedElement[] = parts): IndexedElement | undefined => {
    const found = among.filter(({ localName }) => localName === name);
    if (found.length > 1) throw refuse(name);
    return found[0];
  };
  const text = (name: string): string => {
    const value = one(name)?.text.trim() ?? '';
    if (value === '') throw refuse(name);
    return value;
  };
  const partyOf = (name: string): string => {
    let at = one(name);
    for (const step of ['FIId', 'FinInstnId', 'Othr', 'Id'])
      at = at === undefined ? undefined : one(step, index.childrenOf(at));
    const value = at?.text.trim() ?? '';
    if (value === '') throw refuse(name);
    return value;
  };
  const service = one('BizSvc')?.text.trim();
  const related = one('Rltd');
  const correlationId =
    related === undefined ? undefined : one('BizMsgIdr', index.childrenOf(related))?.text.trim();
  return {
    header: {
      from: partyOf('Fr'),
      to: partyOf('To'),
      messageId: text('BizMsgIdr'),
      definition: text('MsgDefIdr'),
      ...(service === undefined || service === '' ? {} : { service }),
      createdAt: text('CreDt'),
      businessDate: text('BizPrcgDt').slice(0, 10),
      ...(correlationId === undefined || correlationId === '' ? {} : { correlationId }),
    },
    document: bytes.subarray(document.outer.start, document.outer.end),
  };
}
