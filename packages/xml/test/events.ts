import { decodeText, scan, XmlError, XmlScanner, type ScanHandler, type ScanOptions } from '../src/index.ts';

/** Collects everything that is reported, in a form that two runs can be compared by. */
export class EventLog implements ScanHandler {
  readonly events: string[] = [];

  startElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
    empty: boolean,
  ): void {
    const attributes = Array.from(
      { length: scanner.attributeCount },
      (_, index) => `${scanner.attributeName(index)}=${JSON.stringify(scanner.attributeValue(index))}`,
    );
    const { line, column } = scanner.positionOf(tagStart);
    this.#add('start', scanner, nameStart, nameEnd, tagStart, tagEnd, empty, scanner.depth, line, column);
    this.events.push(...attributes);
  }

  endElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    this.#add('end', scanner, nameStart, nameEnd, tagStart, tagEnd, scanner.depth);
  }

  text(scanner: XmlScanner, start: number, end: number, kind: 0 | 1 | 2): void {
    const decoded = decodeText(scanner.bytes, start - scanner.base, end - scanner.base, kind);
    this.events.push(`text ${start} ${end} ${kind} ${JSON.stringify(decoded)}`);
  }

  comment(scanner: XmlScanner, start: number, end: number): void {
    this.#add('comment', scanner, start, end);
  }

  #add(kind: string, scanner: XmlScanner, start: number, end: number, ...more: unknown[]): void {
    const name = Buffer.from(scanner.bytes.subarray(start - scanner.base, end - scanner.base)).toString();
    this.events.push(`${kind} ${name} ${start} ${end} ${more.join(' ')}`);
  }
}

function outcomeOf(run: (log: EventLog) => void): string[] {
  const log = new EventLog();
  try {
    run(log);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    log.events.push(`error ${error.message} ${error.position.offset}`);
  }
  return log.events;
}

/** Events of a document that is given whole; an error is the last of them. */
export function eventsOf(bytes: Uint8Array, options?: ScanOptions): string[] {
  return outcomeOf((log) => scan(bytes, log, options));
}

/** The same for a document that is given in pieces of the sizes that `nextSize` names. */
export function eventsInChunks(bytes: Uint8Array, nextSize: () => number, options?: ScanOptions): string[] {
  return outcomeOf((log) => {
    const scanner = new XmlScanner(log, options);
    for (let at = 0; at < bytes.length;) {
      const size = Math.max(1, nextSize());
      // A copy, overwritten afterwards: nothing may depend on a chunk that was handed in.
      const chunk = Uint8Array.from(bytes.subarray(at, at + size));
      scanner.write(chunk);
      chunk.fill(0x3c);
      at += size;
    }
    scanner.end();
  });
}
