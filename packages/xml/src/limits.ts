/** Bounds that every document is held to while it is read. Sizes are bytes, the rest are counts. */
export interface XmlLimits {
  /** Open elements at one time, the root being the first. */
  readonly depth: number;
  /** Attributes of one element, namespace declarations included. */
  readonly attributes: number;
  /** Length of one element or attribute name with its prefix. */
  readonly nameBytes: number;
  /** Length of one run of text, one CDATA section, one comment or one attribute value, as written. */
  readonly textBytes: number;
  /** Elements of the whole document. */
  readonly elements: number;
  /** Length of the whole document; `Infinity` for batches that have no total limit. */
  readonly bytes: number;
}

/** The limits of one file in the specs: 100 MiB, 2,000,000 elements. */
export const defaultXmlLimits: XmlLimits = {
  depth: 64,
  attributes: 64,
  nameBytes: 128,
  textBytes: 104_857_600,
  elements: 2_000_000,
  bytes: 104_857_600,
};
