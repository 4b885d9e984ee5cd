import { BhxhError, type Bilingual } from '../../errors/bhxh-error.ts';

/** What the gateway found in a message that it refused as a whole. */
export interface RefusedFinding {
  readonly code: string;
  readonly path?: string;
  readonly entry?: number;
  readonly page?: number;
}

/** A refusal of the bank gateway. `official.code` is the gateway's stable code, such as `VERSION_CHANGED`. */
export class BankRefusal extends BhxhError {
  readonly findings: readonly RefusedFinding[];

  constructor(fields: ConstructorParameters<typeof BhxhError>[0], findings: readonly RefusedFinding[]) {
    super(fields);
    this.findings = findings;
  }
}

const isCode = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Z][A-Z_]{1,60}$/.test(value);

/** Puts the gateway's own code, sentence and findings into the error of a refused call. */
export function refusalOf(error: BhxhError, problem: Readonly<Record<string, unknown>>): BhxhError {
  const { code, detail } = problem;
  if (!isCode(code) || error.official === undefined) return error;
  const said = sentenceOf(problem['message']);
  const text = typeof detail === 'string' ? detail.slice(0, 500) : error.official.text;
  return new BankRefusal(
    {
      code: error.code,
      category: error.category,
      retry: error.retry,
      message: said ?? error.sentences,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      official: { code, text },
      cause: error,
    },
    findingsOf(problem['findings']),
  );
}

function sentenceOf(value: unknown): Bilingual | undefined {
  const { vi, en } = (value ?? {}) as { vi?: unknown; en?: unknown };
  return typeof vi === 'string' && typeof en === 'string'
    ? { vi: vi.slice(0, 500), en: en.slice(0, 500) }
    : undefined;
}

function findingsOf(value: unknown): readonly RefusedFinding[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).slice(0, 100).flatMap((one) => {
    const { code, path, entry, page } = (one ?? {}) as Record<string, unknown>;
    if (typeof code !== 'string') return [];
    return [
      {
        code: code.slice(0, 60),
        ...(typeof path === 'string' ? { path: path.slice(0, 200) } : {}),
        ...(typeof entry === 'number' ? { entry } : {}),
        ...(typeof page === 'number' ? { page } : {}),
      },
    ];
  });
}
