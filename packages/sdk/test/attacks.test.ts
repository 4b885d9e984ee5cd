// The attack corpus at the validator: every file refused with the listed code, without a socket, in bounded memory.
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';
import { verify, type ProfileName } from '@bhxh/signing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSpecifications } from '../src/specifications/index.ts';
import { createValidator, type Validator } from '../src/validation/index.ts';
import { attackCorpus, listedAttacks, type Attack } from './attack-corpus.ts';

const listed = listedAttacks();
const MOST_GROWTH = 128 * 1024 * 1024;
/** Processor time, so that a loaded machine does not count. */
const MOST_SECONDS = 3;

let corpus: readonly Attack[];
let validator: Validator;

const sockets = [
  vi.spyOn(net.Socket.prototype, 'connect'),
  vi.spyOn(net, 'connect'),
  vi.spyOn(dgram, 'createSocket'),
  vi.spyOn(dns, 'lookup'),
  vi.spyOn(globalThis, 'fetch'),
];

beforeAll(async () => {
  corpus = await attackCorpus();
  validator = createValidator({
    specifications: openSpecifications(undefined, { overlay: 'synthetic' }),
    now: () => new Date('2026-11-21T03:00:00Z'),
    verifySignature: (xml, { profile }) =>
      verify(xml, {
        profile: profile as ProfileName,
        trust: 'not-checked',
        now: () => new Date('2026-11-21T03:00:00Z'),
      }),
  });
}, 60_000);

afterAll(() => {
  for (const socket of sockets) socket.mockRestore();
});

describe('of the attack corpus (X-18), validation', () => {
  it('refuses every claim with the listed code, opens no socket, and stays within its memory and time', async () => {
    for (const socket of sockets) socket.mockClear();
    const before = process.memoryUsage().rss;
    let largest = before;
    const seen: Record<string, string> = {};
    const expected: Record<string, string> = {};
    const slow: string[] = [];
    for (const { id, channel, family, bytes } of corpus) {
      if (channel !== 'claim') continue;
      const started = process.cpuUsage();
      const { verdict, findings, signatures } = await validator.validateFile({ path: id, source: bytes });
      const used = process.cpuUsage(started);
      if ((used.user + used.system) / 1_000_000 > MOST_SECONDS) slow.push(id);
      const code = listed.find((one) => one.id === id)?.code ?? 'nothing listed';
      const codes =
        family === 'signature'
          ? signatures.flatMap(({ reasons }) => reasons.map((reason) => reason.code))
          : findings.filter(({ severity }) => severity === 'error').map((finding) => finding.code);
      seen[id] = verdict === 'invalid' && codes.includes(code) ? code : `${verdict} ${codes.join(' ')}`;
      expected[id] = code;
      largest = Math.max(largest, process.memoryUsage().rss);
    }
    expect(seen).toEqual(expected);
    expect(Object.keys(seen).length).toBeGreaterThanOrEqual(120);
    expect(slow).toEqual([]);
    expect(largest - before).toBeLessThan(MOST_GROWTH);
    for (const socket of sockets) expect(socket).not.toHaveBeenCalled();
  }, 120_000);

  it('finds the claim good that every attack began with', async () => {
    const { readFileSync } = await import('node:fs');
    const { parse } = await import('yaml');
    const path = new URL('../../../specs/conformance/documents/claim.yaml', import.meta.url);
    const { parts, whole } = parse(readFileSync(path, 'utf8')) as {
      parts: Record<string, string>;
      whole: string;
    };
    const fill = (text: string): string =>
      text.replaceAll('${MA_LK}', 'AT.good').replaceAll('${sender}', '99001');
    const bytes = Object.entries(parts).reduce(
      (text, [name, part]) => text.replace(`\${base64:${name}}`, Buffer.from(fill(part)).toString('base64')),
      fill(whole),
    );
    const report = await validator.validateFile({ path: 'good.xml', source: Buffer.from(bytes) });
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(report.verdict).toBe('valid');
  });
});
