import { BodyTooLarge, readBody } from '../contract/body.ts';
import { parseForm } from '../contract/form.ts';
import type { AppEnvironment, ServerContext } from '../context.ts';
import { checkParameters, describe, FORM, type Call } from '../routes/gateway-call.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';
import { RESERVED_KEY, scenarioOfKey, type SigningFault } from '../scenarios/scenario.ts';
import type { Hono } from 'hono';

/** Hashes are small; nothing else is sent here. */
const LIMIT = 64 * 1024;

/** Ends a call with the protocol's own error, whose sentence never repeats what was sent. */
export class SigningRefusal extends Error {
  override readonly name = 'SigningRefusal';
  readonly status: number;
  readonly code: string;
  readonly sentence: string;

  constructor(status: number, code: string, sentence: string = code) {
    super(code);
    this.status = status;
    this.code = code;
    this.sentence = sentence;
  }
}

/** What a protocol calls a request that is not as described, and how it writes errors. */
export interface ErrorShape {
  readonly malformed: string;
  write(refusal: SigningRefusal): object;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Adds one operation of the service; its request is checked against the OpenAPI document before `work` sees it. */
export function addSigningRoute(
  app: Hono<AppEnvironment>,
  server: ServerContext,
  shape: ErrorShape,
  id: string,
  work: (call: Call, fields: Fields) => Promise<Response | object> | object,
): void {
  const operation = server.signing.contract.get(id);
  if (operation === undefined) throw new Error(`OpenAPI has no operation ${id}`);
  app.on(operation.method, operation.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (call) => {
    call.set('route', operation.path);
    try {
      const wrong = checkParameters(call, operation);
      if (wrong.some(({ where }) => where === 'header')) throw new SigningRefusal(401, 'invalid_token');
      const fields = await read(call);
      const problems = [...wrong, ...operation.checkBody(operation.contentTypes[0]!, fields)];
      if (problems.length > 0) throw new SigningRefusal(400, shape.malformed, describe(problems));
      const answer = await work(call, fields as Fields);
      return answer instanceof Response ? answer : gatewayReply(answer);
    } catch (error) {
      if (error instanceof BodyTooLarge)
        return gatewayReply(shape.write(new SigningRefusal(413, shape.malformed)), 413, {
          Connection: 'close',
        });
      if (!(error instanceof SigningRefusal)) throw error;
      call.set('result', error.code);
      return gatewayReply(shape.write(error), error.status);
    }
  });

  async function read(call: Call): Promise<unknown> {
    const body = await readBody(call.req.raw, call.env ?? {}, LIMIT, false);
    if (operation?.contentTypes[0] === FORM) return parseForm(body) ?? {};
    try {
      return JSON.parse(body.toString('utf8')) as unknown;
    } catch {
      return undefined;
    }
  }
}

/** What is to go wrong: as the request's header says, else as its reserved identifier says, else as it stands. */
export function faultOf(call: Call, server: ServerContext, identifier: string): SigningFault | undefined {
  const asked = call.req.header('x-bhxh-scenario') === undefined ? scenarioOfKey(identifier) : undefined;
  if (asked === undefined) return call.get('scenario').effect.signing;
  const scenario = server.scenarios.get(asked);
  if (scenario === undefined) throw new SigningRefusal(400, 'invalid_request', 'No scenario has this name');
  return scenario.effect.signing;
}

/** Whether an identifier is one of the demo's, or asks for a scenario by its name. */
export const isKnown = (identifier: string, ...known: readonly string[]): boolean =>
  known.includes(identifier) || identifier.startsWith(RESERVED_KEY);

export const textField = (fields: Fields, name: string): string | undefined =>
  typeof fields[name] === 'string' ? fields[name] : undefined;
