import type { Operation } from '../contract/contract.ts';
import type { CallStep, Suite } from './suite.ts';
import { fillAll, type Variables } from './variables.ts';

/** An answer as it came. */
export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed, where it is JSON. */
  readonly body: unknown;
}

export type Send = (request: Request) => Promise<Response>;

/** A gateway that says nothing for so long is not there. */
const PATIENCE = 60_000;
/** No answer of a gateway is larger. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** The step with the parts of the suite that it uses; its own fields win. */
export function completed(step: CallStep, suite: Suite): CallStep {
  const layers = [...(step.use ?? []).map((name) => partOf(suite, name)), step];
  const merged: Record<string, unknown> = {};
  for (const layer of layers)
    for (const [field, value] of Object.entries(layer))
      merged[field] = MERGED.has(field)
        ? { ...(merged[field] as object | undefined), ...(value as object) }
        : value;
  return merged as unknown as CallStep;
}

const MERGED = new Set(['path', 'query', 'headers', 'form', 'json']);

function partOf(suite: Suite, name: string): Partial<CallStep> {
  const part = new Map(Object.entries(suite.parts)).get(name);
  if (part === undefined) throw new Error(`no part ${name}`);
  return part;
}

export async function exchange(
  target: string,
  operation: Operation,
  step: CallStep,
  variables: Variables,
  documents: ReadonlyMap<string, Uint8Array>,
  send: Send,
): Promise<Heard> {
  const said = fillAll({ ...step, expect: undefined, capture: undefined }, variables) as CallStep;
  const place = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(new Map(Object.entries(said.path ?? {})).get(name) ?? ''),
  );
  const query = new URLSearchParams(said.query as Record<string, string>).toString();
  const content = contentOf(said, step, documents);
  const response = await send(
    new Request(`${target}${place}${query === '' ? '' : `?${query}`}`, {
      method: operation.method,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
      headers: {
        ...(content.type === undefined ? {} : { 'Content-Type': content.type }),
        ...(said.headers as Record<string, string> | undefined),
      },
      ...(content.body === undefined ? {} : { body: content.body }),
    }),
  );
  const text = await limitedText(response);
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

function contentOf(
  said: CallStep,
  step: CallStep,
  documents: ReadonlyMap<string, Uint8Array>,
): { readonly type?: string | undefined; readonly body?: string | Uint8Array<ArrayBuffer> } {
  if (said.form !== undefined)
    return {
      type: said.contentType ?? 'application/x-www-form-urlencoded',
      body: new URLSearchParams(said.form as Record<string, string>).toString(),
    };
  if (said.json !== undefined)
    return { type: said.contentType ?? 'application/json', body: JSON.stringify(said.json) };
  if (step.body !== undefined) {
    const bytes = documents.get(step.body);
    if (bytes === undefined) throw new Error(`no document ${step.body}`);
    return { type: said.contentType ?? 'application/xml', body: Uint8Array.from(bytes) };
  }
  return said.text === undefined ? {} : { type: said.contentType, body: said.text };
}

/** The other side of an exchange is not to be trusted either. */
async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new Error('answer too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
