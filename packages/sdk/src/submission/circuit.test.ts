import { describe, expect, it } from 'vitest';
import { gatewayError } from '../transport/gateway-error.ts';
import { createCircuit } from './circuit.ts';

const start = Date.parse('2026-11-22T01:00:00Z');

function circuitAt(options: { failureLimit?: number } = {}) {
  const clock = { time: 0 };
  const circuit = createCircuit({
    host: 'gateway.example',
    now: () => new Date(start + clock.time),
    elapsed: () => clock.time,
    random: () => 0,
    ...options,
  });
  return { clock, circuit };
}

const down = gatewayError('ERR_MAINTENANCE', {
  category: 'unavailable',
  retry: 'safe',
  values: { host: 'gateway.example', status: 503 },
});

describe('a circuit', () => {
  it('opens after so many failures in a row and says when to come back', () => {
    const { circuit } = circuitAt();
    for (let failure = 1; failure < 5; failure++) {
      expect(circuit.failed(down)).toBeUndefined();
      expect(circuit.refusal()).toBeUndefined();
    }
    const opened = circuit.failed(down);
    expect(opened).toMatchObject({ code: 'ERR_CIRCUIT_OPEN', category: 'unavailable', retry: 'safe' });
    expect(opened?.hint?.en).toContain('2026-11-22T01:00:30.000Z');
    expect(circuit.refusal()?.code).toBe('ERR_CIRCUIT_OPEN');
  });

  it('counts only failures in a row', () => {
    const { circuit } = circuitAt({ failureLimit: 2 });
    for (let round = 0; round < 10; round++) {
      expect(circuit.failed(down)).toBeUndefined();
      circuit.succeeded();
    }
    expect(circuit.refusal()).toBeUndefined();
  });

  it('lets one call try after the pause and closes when it succeeds', () => {
    const { circuit, clock } = circuitAt({ failureLimit: 1 });
    circuit.failed(down);
    clock.time = 29_999;
    expect(circuit.refusal()).toBeDefined();
    clock.time = 30_000;
    expect(circuit.refusal(), 'the first may try').toBeUndefined();
    circuit.begin();
    expect(circuit.refusal(), 'the second may not').toBeDefined();
    circuit.succeeded();
    expect(circuit.refusal()).toBeUndefined();
    expect(circuit.refusal()).toBeUndefined();
  });

  it('leaves the try to another when it told nothing about the host', () => {
    const { circuit, clock } = circuitAt({ failureLimit: 1 });
    circuit.failed(down);
    clock.time = 30_000;
    const ended = circuit.begin();
    expect(circuit.refusal()).toBeDefined();
    ended();
    expect(circuit.refusal(), 'the next may try').toBeUndefined();
    circuit.begin();
    ended();
    expect(circuit.refusal(), 'an end that is told twice frees nobody else').toBeDefined();
  });

  it('opens for twice as long when the try fails, up to five minutes', () => {
    const { circuit, clock } = circuitAt({ failureLimit: 1 });
    circuit.failed(down);
    const pauses: number[] = [];
    for (let round = 0; round < 6; round++) {
      const from = clock.time;
      while (circuit.refusal() !== undefined) clock.time += 1_000;
      pauses.push(clock.time - from);
      circuit.begin();
      circuit.failed(down);
    }
    expect(pauses).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  });

  it('is not opened for longer by answers that were on their way', () => {
    const { circuit, clock } = circuitAt({ failureLimit: 1 });
    circuit.failed(down);
    clock.time = 10_000;
    for (let late = 0; late < 20; late++) circuit.failed(down);
    clock.time = 30_000;
    expect(circuit.refusal()).toBeUndefined();
  });
});
