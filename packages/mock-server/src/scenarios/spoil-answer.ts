import { details } from '../messages/gateway.ts';
import { problem } from '../problem.ts';
import type { Call } from '../routes/gateway-call.ts';

const wait = (milliseconds: number): Promise<void> =>
  milliseconds === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A call that is to be answered without doing anything at all (503, 429). */
export function refuseByScenario(call: Call): Response | undefined {
  const { effect, id } = call.get('scenario');
  if (effect.status === undefined) return undefined;
  return problem({
    status: effect.status,
    code: 'SCENARIO',
    title: `Scenario ${id}`,
    headers: effect.retryAfter === undefined ? {} : { 'Retry-After': String(effect.retryAfter) },
  });
}

/** Applies what a scenario does to a finished answer; undefined leaves it as it is. */
export async function spoilAnswer(call: Call): Promise<Response | undefined> {
  const { effect } = call.get('scenario');
  await wait(effect.delay ?? 0);
  switch (effect.answer) {
    case undefined:
      return undefined;
    case 'none': {
      if (call.env?.outgoing !== undefined) {
        call.env.outgoing.destroy();
        return new Response(null, { headers: { 'X-Hono-Already-Sent': 'true' } });
      }
      // Without a socket, a body that fails is the nearest thing to a connection that breaks.
      const broken = new ReadableStream({
        start: (controller) => controller.error(new Error('The connection was cut by a scenario')),
      });
      return new Response(broken, { status: 200 });
    }
    case 'html':
      return new Response(details.loginPage, {
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
      });
    case 'empty':
      return new Response(null, { status: 200 });
    case 'garbage':
      return new Response('[true,{"x":[]}]', { headers: { 'Content-Type': 'application/json' } });
    case 'truncated': {
      const whole = await call.res.text();
      return new Response(whole.slice(0, Math.floor(whole.length / 2)), {
        headers: { 'Content-Type': 'application/json' },
      });
    }
    case 'flipped-type': {
      // Problems and empty answers have no field to flip.
      const isPlain = /^application\/json\b/.test(call.res.headers.get('content-type') ?? '');
      if (call.res.status !== 200 || !isPlain) return undefined;
      const body = (await call.res.json()) as Record<string, unknown>;
      for (const field of ['maKetQua', 'MaKetQua']) {
        const value = body[field];
        if (typeof value === 'number') body[field] = String(value);
        else if (typeof value === 'string' && /^\d+$/.test(value)) body[field] = Number(value);
      }
      return new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } });
    }
    default:
      return effect.answer satisfies never;
  }
}
