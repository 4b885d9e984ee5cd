import { canonicalize, indexElements, XmlError } from '../../src/index.ts';
import { eventsInChunks, eventsOf } from '../events.ts';
import { randomDocument } from '../random-document.ts';
import { Random } from '../random.ts';
import { mutate } from './mutate.ts';

export interface FuzzResult {
  readonly documents: number;
  readonly distinct: number;
  readonly accepted: number;
  /** How often each error was seen. */
  readonly errors: ReadonlyMap<string, number>;
}

function canonical(bytes: Uint8Array, mode: 'inclusive' | 'exclusive'): Buffer {
  const chunks: Buffer[] = [];
  canonicalize(bytes, { mode, sink: (chunk) => chunks.push(Buffer.from(chunk)) });
  return Buffer.concat(chunks);
}

function codeOf(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof XmlError) return error.code;
    throw error;
  }
}

/**
 * Holds damaged documents to what must be true of any bytes: nothing but `XmlError` is thrown, every division into
 * chunks gives the same events, everything that reads a document agrees whether it is one, and a canonical form is its
 * own canonical form. Throws with the seed and the number of the document that breaks it.
 */
export function fuzz(seed: number, count: number): FuzzResult {
  const random = new Random(seed);
  const distinct = new Set<string>();
  const errors = new Map<string, number>();
  let accepted = 0;
  for (let number = 0; number < count; number++) {
    const bytes = mutate(random, Buffer.from(randomDocument(random).xml));
    distinct.add(Buffer.from(bytes).toString('latin1'));
    const fault = checkOne(random, bytes);
    if (fault !== undefined) {
      throw new Error(`seed ${seed}, document ${number}: ${fault}\n${Buffer.from(bytes).toString('base64')}`);
    }
    const code = codeOf(() => indexElements(bytes));
    if (code === undefined) accepted++;
    else errors.set(code, (errors.get(code) ?? 0) + 1);
  }
  return { documents: count, distinct: distinct.size, accepted, errors };
}

function checkOne(random: Random, bytes: Uint8Array): string | undefined {
  const options = { idAttributes: true };
  const whole = eventsOf(bytes, options);
  const largest = random.pick([1, 2, 3, 8, 64]);
  const pieces = eventsInChunks(bytes, () => 1 + random.below(largest), options);
  if (whole.join('\n') !== pieces.join('\n')) return `chunks differ\n${whole.at(-1)}\n${pieces.at(-1)}`;
  const code = codeOf(() => indexElements(bytes));
  if ((code === undefined) === whole.at(-1)!.startsWith('error ')) return 'scanner and index disagree';
  for (const mode of ['inclusive', 'exclusive'] as const) {
    let first: Buffer | undefined;
    const failure = codeOf(() => (first = canonical(bytes, mode)));
    const isRelative = failure === 'XML_NAMESPACE';
    if (code === undefined && failure !== undefined && !isRelative) return `no ${mode} form: ${failure}`;
    if (first !== undefined && !canonical(first, mode).equals(first)) return `${mode} form is not its own`;
  }
  return undefined;
}
