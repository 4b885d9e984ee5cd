export { XmlError, type XmlErrorCode, type XmlPosition } from './errors.ts';
export { defaultXmlLimits, type XmlLimits } from './limits.ts';
export { isWhiteSpace } from './byte-classes.ts';
export { decodeText, type TextKind } from './decode-text.ts';
export { scan, XmlScanner, type ScanHandler, type ScanOptions } from './scanner.ts';
export { XmlNames } from './names.ts';
export type { AttributeList } from './attributes.ts';
export {
  indexElements,
  type ElementIndex,
  type IndexedAttribute,
  type IndexedElement,
  type ByteRange,
} from './element-index.ts';
export { canonicalize, type CanonicalFormOptions } from './canonical-form.ts';
export { XmlWriter } from './writer.ts';
