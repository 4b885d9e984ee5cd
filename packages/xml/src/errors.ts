/** Every reason for which this package refuses bytes. The sentences live with the caller, not here. */
export type XmlErrorCode =
  | 'ENCODING_NOT_UTF8'
  | 'XML_CHAR'
  | 'XML_DTD_FORBIDDEN'
  | 'XML_ENTITY_FORBIDDEN'
  | 'XML_PI_FORBIDDEN'
  | 'XML_NOT_WELL_FORMED'
  | 'XML_ROOT_COUNT'
  | 'XML_DEPTH'
  | 'XML_ATTRIBUTE_COUNT'
  | 'XML_ATTRIBUTE_DUPLICATE'
  | 'XML_NAMESPACE'
  | 'XML_NAME_LENGTH'
  | 'XML_TEXT_LENGTH'
  | 'XML_ELEMENT_COUNT'
  | 'XML_SIZE'
  | 'XML_ID_DUPLICATE'
  | 'XML_WRITE_INVALID';

/** Where in the document a problem stands. `offset` counts bytes from 0, `line` and `column` count from 1; a column counts code points. */
export interface XmlPosition {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** The only error this package throws. It never carries document content, which may be personal data. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  readonly code: XmlErrorCode;
  readonly position: XmlPosition;
  /** A short technical token (an expected delimiter, a limit), never text of the document. */
  readonly detail: string;

  constructor(code: XmlErrorCode, position: XmlPosition, detail = '') {
    super(`${code} at line ${position.line}, column ${position.column}${detail === '' ? '' : `: ${detail}`}`);
    this.code = code;
    this.position = position;
    this.detail = detail;
  }
}
