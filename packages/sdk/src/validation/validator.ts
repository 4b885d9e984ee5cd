import { ContentArena } from '../documents/content-arena.ts';
import type { Specifications } from '../specifications/specifications.ts';
import type { ExternalFacts } from './checks/check.ts';
import { checks } from './checks/index.ts';
import { FileValidation } from './file-validation.ts';
import type { FileReport } from './report/file-report.ts';
import { RulesetChooser } from './ruleset/choose-for-record.ts';
import { CompiledRulesets } from './ruleset/compiled-rulesets.ts';
import type { VerifySignature } from './validation-setup.ts';

export interface ValidatorOptions {
  readonly specifications: Specifications;
  /** Today, for dates that must not lie in the future and for documents without a date of their own. */
  readonly now: () => Date;
  /** What a file cannot tell; rules that need an absent fact are skipped. */
  readonly facts?: ExternalFacts | undefined;
  /** Judge everything as of this date (`yyyy-MM-dd`) instead of by each document's own date. */
  readonly on?: string | undefined;
  /** Judge claims by this standard, whatever their date. */
  readonly rulesetId?: string | undefined;
  /** Also run the next announced standard and report what it would change. */
  readonly preview?: boolean | undefined;
  /** An unsigned document is invalid. */
  readonly requireSignature?: boolean | undefined;
  readonly verifySignature?: VerifySignature | undefined;
  /** `synthetic` accepts the reserved sample ranges (province 99); `none` refuses them. As the specifications say, if not given. */
  readonly environmentOverlay?: 'synthetic' | 'none' | undefined;
  /** Streams of up to so many bytes (4 MB) are gathered and read as one file, which is quicker; longer ones spare memory. */
  readonly gatherBytes?: number | undefined;
}

export interface ValidationInput {
  /** How the file is named in the report. */
  readonly path: string;
  /** The bytes, a stream of them, or a function that opens the stream (so that a signed file can be read again). */
  readonly source: Uint8Array | AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>);
  /** Length in bytes, when known. */
  readonly size?: number;
}

/** Validates files one after the other. A validator holds compiled rulesets and is worth keeping. */
export interface Validator {
  /**
   * Judges one file. What is wrong with the document is in the report; throws `BhxhError` when the specifications are
   * damaged, and whatever reading `source` throws.
   */
  validateFile(input: ValidationInput): Promise<FileReport>;
}

const DEFAULT_GATHER_BYTES = 4 * 1024 * 1024;

/**
 * Makes a validator.
 *
 * @example
 * const validator = createValidator({ specifications: openSpecifications(), now: () => new Date() });
 * const report = await validator.validateFile({ path: 'claim.xml', source: await readFile('claim.xml') });
 * console.log(report.verdict, report.findings.length);
 */
export function createValidator(options: ValidatorOptions): Validator {
  const overlay = options.environmentOverlay ?? options.specifications.overlay;
  const specifications = options.specifications.withOverlay(overlay);
  const chooser = new RulesetChooser(specifications, { on: options.on, rulesetId: options.rulesetId });
  const facts = options.facts ?? {};
  const gatherBytes = options.gatherBytes ?? DEFAULT_GATHER_BYTES;
  const compiled = new CompiledRulesets(specifications, checks, facts);
  const previews = options.preview === true ? new CompiledRulesets(specifications, checks, facts) : null;
  const arena = new ContentArena();
  let previous: Promise<unknown> = Promise.resolve();

  async function validateFile(input: ValidationInput): Promise<FileReport> {
    const validation = new FileValidation(
      {
        specifications,
        chooser,
        compiled,
        previews,
        facts,
        arena,
        now: options.now,
        requiresSignature: options.requireSignature === true,
        verifySignature: options.verifySignature,
      },
      input.path,
    );
    const { source } = input;
    if (source instanceof Uint8Array) {
      validation.whole(source);
      return validation.finish(() => Promise.resolve(source));
    }
    const head: Uint8Array[] = [];
    let held = 0;
    for await (const chunk of typeof source === 'function' ? source() : source) {
      if (held > gatherBytes) validation.write(chunk);
      else {
        head.push(Buffer.from(chunk));
        held += chunk.length;
        if (held > gatherBytes) for (const piece of head.splice(0)) validation.write(piece);
      }
    }
    if (held > gatherBytes) {
      return validation.finish(typeof source === 'function' ? () => readAll(source()) : null);
    }
    const bytes = Buffer.concat(head);
    validation.whole(bytes);
    return validation.finish(() => Promise.resolve(bytes));
  }

  return {
    // Compiled rulesets hold the rows of the record at hand, so files take turns.
    validateFile(input) {
      const turn = previous.then(() => validateFile(input));
      previous = turn.catch(() => undefined);
      return turn;
    },
  };
}

async function readAll(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}
