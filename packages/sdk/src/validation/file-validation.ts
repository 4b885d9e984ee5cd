import { createHash } from 'node:crypto';
import { scan, XmlError, XmlScanner, type ScanHandler, type ScanOptions, type TextKind } from '@bhxh/xml';
import { EnvelopeReader } from '../documents/envelope-reader.ts';
import { kindOfRoot, type DocumentKind } from '../documents/kinds.ts';
import { BhxhError } from '../errors/bhxh-error.ts';
import { validateDossierDocument } from './dossier-document.ts';
import { EnvelopeValidation } from './envelope-validation.ts';
import type { FileReport, RulesetUse, SignatureReport } from './report/file-report.ts';
import { FindingCollector } from './report/finding-collector.ts';
import { ownGround, publicValue, RecordFindings } from './report/record-findings.ts';
import { validateMessageDocument } from './message-document.ts';
import { RecordValidation } from './record-validation.ts';
import { suspectedEncoding } from './steps/legacy-encoding.ts';
import { judgeFormSignatures } from './steps/form-signatures.ts';
import { judgeSignature } from './steps/signature.ts';
import { validateTableDocument } from './table-document.ts';
import type { ValidationSetup } from './validation-setup.ts';

/** Thrown by a scan handler to leave a scan that has told enough. Never leaves this file. */
class ScanStop extends Error {}

const HEAD = 1024;

function joined(chunks: readonly Uint8Array[]): Buffer {
  const [only] = chunks;
  if (chunks.length !== 1 || only === undefined) return Buffer.concat(chunks);
  return Buffer.isBuffer(only) ? only : Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}

/** One file on its way through the steps. */
export class FileValidation implements ScanHandler {
  readonly #setup: ValidationSetup;
  readonly #path: string;
  readonly #collector: FindingCollector = new FindingCollector();
  readonly #findings: RecordFindings;
  readonly #hash = createHash('sha256');
  readonly #records: RecordValidation;
  readonly #scanOptions: ScanOptions;
  /** The scanner of a streamed file. */
  #scanner: XmlScanner | null = null;
  #whole: Uint8Array | null = null;
  #size = 0;
  #head: Buffer = Buffer.alloc(0);
  #kind: DocumentKind | null = null;
  #isStopped = false;
  #hasByteOrderMark = false;
  #envelope: EnvelopeReader | null = null;
  #envelopeValidation: EnvelopeValidation | null = null;
  /** Chunks of a document that is judged as a whole; null when nothing has to be kept. */
  #kept: Uint8Array[] | null = [];
  #keptBytes = 0;
  #signaturePaths: readonly string[] = [];

  constructor(setup: ValidationSetup, path: string) {
    this.#setup = setup;
    this.#path = path;
    this.#findings = new RecordFindings(this.#collector, path);
    this.#records = new RecordValidation(setup, this.#findings);
    const { xml, batch } = setup.specifications.limits;
    const encoded = Math.ceil(batch.episodeBytes / 3) * 4 + 65_536;
    this.#scanOptions = {
      limits: { ...xml, textBytes: Math.min(xml.textBytes, encoded), elements: Infinity, bytes: Infinity },
    };
  }

  /** The whole file at once; `bytes` must not change until the report is there. */
  whole(bytes: Uint8Array): void {
    this.#take(bytes, bytes);
    this.#whole = bytes;
    if (bytes.length > 0 && !this.#isStopped) this.#guard(() => scan(bytes, this, this.#scanOptions));
  }

  /** The next piece of the file. It is not kept after the call. */
  write(chunk: Uint8Array): void {
    this.#take(chunk, this.#kept === null ? chunk : Buffer.from(chunk));
    this.#scanner ??= new XmlScanner(this, this.#scanOptions);
    const scanner = this.#scanner;
    if (!this.#isStopped) this.#guard(() => scanner.write(chunk));
  }

  #take(chunk: Uint8Array, kept: Uint8Array): void {
    this.#hash.update(chunk);
    this.#size += chunk.length;
    if (this.#head.length < HEAD)
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, HEAD - this.#head.length)]);
    if (this.#kept !== null) this.#keep(kept);
  }

  #keep(chunk: Uint8Array): void {
    const { bytes } = this.#setup.specifications.limits.file;
    this.#keptBytes += chunk.length;
    if (this.#keptBytes > bytes) {
      this.#kept = null;
      this.#isStopped = true;
      this.#findings.add('xml', ownGround('XML_SIZE'), 'XML_SIZE', { path: '', line: null, column: null }, [
        publicValue('detail', String(bytes)),
      ]);
      return;
    }
    this.#kept!.push(chunk);
  }

  /** Runs a piece of the outer scan; what is wrong with the document becomes a finding. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#isStopped = true;
      if (error instanceof ScanStop) return;
      if (error instanceof XmlError) this.#refuse(error);
      else if (error instanceof BhxhError) throw error;
      else this.#crash(error);
    }
  }

  #refuse(error: XmlError): void {
    this.#kept = null;
    const head = this.#head;
    if (
      this.#kind === null &&
      /^(?:\xef\xbb\xbf)?\s*(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html[\s>])/iu.test(
        head.toString('latin1'),
      )
    ) {
      this.#unexpectedRoot('html', error.position.line, error.position.column);
      return;
    }
    const { code, detail, position } = error;
    const isEncoding = code === 'ENCODING_NOT_UTF8' || (code === 'XML_CHAR' && detail === 'utf-8');
    const suspected = isEncoding
      ? (suspectedEncoding(
          this.#whole ?? this.#scanner!.bytes,
          position.offset - (this.#scanner?.base ?? 0),
        ) ?? suspectedEncoding(head, 0))
      : null;
    this.#findings.record = null;
    this.#findings.add(
      isEncoding ? 'bytes' : 'xml',
      ownGround(code),
      code,
      { path: this.#kind?.root ?? '', line: position.line, column: position.column },
      [
        publicValue('offset', String(position.offset)),
        publicValue('detail', detail),
        ...(suspected === null ? [] : [publicValue('suspected', suspected)]),
      ],
    );
  }

  /** A mistake of ours: the verdict becomes undetermined, never valid. */
  #crash(error: unknown): void {
    this.#collector.decide('conclusion', 'undetermined');
    this.#collector.keep({
      ruleId: 'STEP_CRASHED',
      code: 'STEP_CRASHED',
      severity: 'error',
      origin: 'reference',
      ruleset: this.#findings.ruleset,
      location: { file: this.#path, record: this.#findings.record, path: '', line: null, column: null },
      values: [publicValue('error', error instanceof Error ? error.name : typeof error)],
      legal: [],
    });
  }

  startElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    if (this.#envelope === null) this.#begin(scanner, nameStart, nameEnd, tagStart);
    this.#envelope!.startElement(scanner, nameStart, nameEnd, tagStart, tagEnd);
  }

  endElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    this.#envelope!.endElement(scanner, nameStart, nameEnd, tagStart, tagEnd);
  }

  text(scanner: XmlScanner, start: number, end: number, kind: TextKind): void {
    this.#envelope!.text(scanner, start, end, kind);
  }

  /** The root has come: it decides the kind. */
  #begin(scanner: XmlScanner, nameStart: number, nameEnd: number, tagStart: number): void {
    const name = Buffer.from(
      scanner.bytes.subarray(nameStart - scanner.base, nameEnd - scanner.base),
    ).toString('utf8');
    const kind = kindOfRoot(name);
    this.#hasByteOrderMark = scanner.hasByteOrderMark;
    const position = scanner.positionOf(tagStart);
    const namespace = scanner.namespaceOf('') ?? '';
    const isOther = kind?.layout === 'message' && !namespace.startsWith(kind.namespace ?? '');
    if (kind === undefined || isOther) {
      this.#kept = null;
      this.#unexpectedRoot(name, position.line, position.column);
      throw new ScanStop();
    }
    this.#kind = kind;
    this.#collector.decide('kind', 'valid');
    if (kind.layout !== 'message' && namespace !== (kind.namespace ?? '')) {
      this.#findings.add(
        'kind',
        ownGround('ROOT_NAMESPACE', 'warning'),
        'ROOT_NAMESPACE',
        { path: kind.root, line: position.line, column: position.column },
        [publicValue('expected', kind.namespace ?? '')],
      );
    }
    if (kind.layout !== 'envelope') throw new ScanStop();
    this.#kept = null;
    this.#envelopeValidation = new EnvelopeValidation(this.#setup, kind, this.#findings, this.#records);
    this.#envelope = new EnvelopeReader(
      kind,
      this.#envelopeValidation,
      this.#setup.arena,
      this.#setup.specifications.limits.batch.episodeBytes,
    );
    this.#envelopeValidation.header = this.#envelope.header;
    this.#envelopeValidation.headerPlaces = this.#envelope.headerPlaces;
  }

  #unexpectedRoot(name: string, line: number, column: number): void {
    const isPage = name.toLowerCase() === 'html';
    this.#collector.keep({
      ruleId: 'ROOT_UNEXPECTED',
      code: 'ROOT_UNEXPECTED',
      severity: isPage ? 'error' : 'warning',
      origin: 'reference',
      ruleset: null,
      location: { file: this.#path, record: null, path: name, line, column },
      values: [publicValue('element', name)],
      legal: [],
    });
  }

  /**
   * Ends the file: the last steps, the signature, the report. `reread` gives the same bytes again for the signature;
   * without it the signature of a streamed file cannot be checked.
   */
  async finish(reread: (() => Promise<Uint8Array>) | null): Promise<FileReport> {
    if (this.#size === 0) {
      this.#findings.add(
        'bytes',
        ownGround('FILE_EMPTY'),
        'FILE_EMPTY',
        { path: '', line: null, column: null },
        [],
      );
    } else {
      const scanner = this.#whole === null ? this.#scanner : null;
      if (!this.#isStopped && scanner !== null) this.#guard(() => scanner.end());
      if (!this.#isStopped) this.#collector.decide('xml', 'valid');
      if (this.#envelope !== null) this.#endEnvelope(this.#envelope);
      else if (this.#kind !== null && this.#kept !== null) this.#endWhole(this.#kind, joined(this.#kept));
      this.#collector.decide('bytes', 'valid');
    }
    const sha256 = this.#hash.digest('hex');
    const signatures = await this.#signatures(sha256, reread);
    return this.#report(sha256, signatures);
  }

  #endEnvelope(envelope: EnvelopeReader): void {
    this.#signaturePaths = envelope.signatures;
    this.#guard(() =>
      this.#envelopeValidation!.end(envelope.records, this.#hasByteOrderMark, !this.#isStopped),
    );
  }

  #endWhole(kind: DocumentKind, bytes: Buffer): void {
    this.#kept = null;
    this.#guard(() => {
      if (kind.layout === 'message') {
        validateMessageDocument(bytes, this.#setup, this.#findings);
        return;
      }
      this.#signaturePaths =
        kind.layout === 'dossier'
          ? validateDossierDocument(kind, bytes, this.#setup, this.#findings)
          : validateTableDocument(kind, bytes, this.#setup, this.#records, this.#findings);
    });
  }

  async #signatures(
    sha256: string,
    reread: (() => Promise<Uint8Array>) | null,
  ): Promise<readonly SignatureReport[]> {
    this.#findings.record = null;
    this.#findings.ruleset = null;
    if (this.#kind === null || this.#collector.verdictOf('bytes') === 'invalid') return [];
    try {
      const reports = await judgeSignature(
        {
          kind: this.#kind,
          paths: this.#signaturePaths,
          isRequired: this.#setup.requiresSignature,
          verifySignature: this.#setup.verifySignature,
          size: this.#size,
          sizeLimit: this.#setup.specifications.limits.file.bytes,
          sha256,
          reread,
        },
        this.#findings,
      );
      return this.#kind.layout === 'dossier'
        ? [...reports, ...(await this.#formSignatures(this.#kind, reread))]
        : reports;
    } catch (error) {
      this.#collector.decide('signature', 'undetermined');
      this.#crash(error);
      return [];
    }
  }

  async #formSignatures(
    kind: DocumentKind,
    reread: (() => Promise<Uint8Array>) | null,
  ): Promise<readonly SignatureReport[]> {
    const { specifications, requiresSignature, verifySignature } = this.#setup;
    if (verifySignature === undefined || reread === null) return [];
    return await judgeFormSignatures(
      {
        specifications,
        bytes: await reread(),
        profile: kind.signatureProfile,
        isRequired: requiresSignature || this.#signaturePaths.length > 0,
        verifySignature,
      },
      this.#findings,
    );
  }

  #report(sha256: string, signatures: readonly SignatureReport[]): FileReport {
    const steps = this.#collector.steps();
    const rulesets: readonly RulesetUse[] = this.#records.rulesets();
    const preview = this.#records.preview();
    return {
      path: this.#path,
      sha256,
      size: this.#size,
      kind: this.#kind?.id ?? null,
      verdict: this.#collector.conclusion(),
      steps,
      findings: this.#collector.findings,
      omitted: this.#collector.omitted,
      signatures,
      records: this.#records.count,
      rulesets,
      evaluated: this.#records.evaluated(),
      skipped: this.#records.skipped(),
      ...(preview === undefined ? {} : { preview }),
    };
  }
}
