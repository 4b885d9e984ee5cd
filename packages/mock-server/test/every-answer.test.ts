// Every operation of every interface, asked under every scenario: whatever is answered is one of the described answers, unless the
// scenario is there to break it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { openContract, type Operation } from '../src/contract/contract.ts';
import { readSpecFolder } from '../src/contract/specs-folder.ts';
import { readScenarios } from '../src/scenarios/scenario.ts';
import { createServer, type BhxhServer } from '../src/server.ts';

const interfaces = ['claims-gateway', 'declarations-gateway', 'bank-gateway', 'accounts', 'control'] as const;
const scenarios = readScenarios(readSpecFolder('scenarios'));
let server: BhxhServer;

beforeAll(async () => {
  server = await createServer({
    demo: true,
    clock: createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') }),
  });
}, 60_000);
afterAll(() => server.close());

interface Spoken {
  readonly problems: readonly unknown[];
  readonly status: number;
  /** The server failed where it should have refused. */
  readonly hasFailed: boolean;
}

async function ask(operation: Operation, headers: Record<string, string>): Promise<Spoken> {
  const path = operation.path.replaceAll(/\{\w+\}/g, 'none');
  const [type] = operation.contentTypes;
  const answer = await server.fetch(
    new Request(`http://server${path}`, {
      method: operation.method,
      headers: { ...headers, ...(type === undefined ? {} : { 'Content-Type': type }) },
      ...(operation.method === 'GET' || type === undefined
        ? {}
        : { body: type.includes('json') ? '{}' : 'a=b' }),
    }),
    { address: '127.0.0.1' },
  );
  const said = answer.headers.get('content-type');
  const text = await answer.text();
  const body: unknown = said?.includes('json') === true ? JSON.parse(text) : text;
  return {
    status: answer.status,
    hasFailed: text.includes('"code":"INTERNAL"'),
    problems: operation.checkReply(answer.status, said, body),
  };
}

/** Answers that are broken on purpose, or come late, are tested where they are described. */
const whole = scenarios.all.filter(
  ({ effect }) =>
    (effect.answer === undefined || effect.answer === 'flipped-type') && (effect.delay ?? 0) === 0,
);

test.each(interfaces)(
  '%s',
  async (name) => {
    const wrong: unknown[] = [];
    let asked = 0;
    for (const operation of openContract(`${name}.yaml`).values()) {
      // It never ends, and a reset would end the others.
      if (['streamEvents', 'resetDemo', 'closeMonth', 'awaitIdle'].includes(operation.id)) continue;
      for (const { id } of name === 'control' ? whole.slice(0, 1) : whole) {
        for (const key of name === 'control' ? ['', 'wrong', server.adminKey ?? ''] : ['']) {
          const headers = { 'x-bhxh-scenario': id, ...(key === '' ? {} : { 'x-bhxh-admin-key': key }) };
          const { status, hasFailed, problems } = await ask(operation, headers);
          asked += 1;
          if (problems.length > 0 || hasFailed) wrong.push([operation.id, id, status, problems]);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(20);
  },
  120_000,
);
