import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { openJournal, planSubmission, runSubmission } from '../submission/index.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import { identifyMessage, type PaymentChannel, paymentsTarget } from './submit.ts';

const specifications = openSpecifications();
const now = (): Date => new Date();

function transferOrder(id: string): Buffer {
  return Buffer.from(
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn><GrpHdr><MsgId>${id}</MsgId></GrpHdr></CstmrCdtTrfInitn></Document>`,
  );
}

describe('a payment message to be sent', () => {
  it('is named by its profile and its message id, which an investigation has in its assignment', () => {
    expect(identifyMessage(transferOrder('M1'), specifications)).toEqual({
      message: 'pain.001',
      messageId: 'M1',
    });
    const trace = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.026.001.07"><UblToApply><Assgnmt><Id>T7</Id></Assgnmt></UblToApply></Document>`;
    expect(identifyMessage(Buffer.from(trace), specifications)).toEqual({
      message: 'camt.026',
      messageId: 'T7',
    });
  });

  it('is refused without a profile or an id', () => {
    const named =
      (text: string): (() => unknown) =>
      () =>
        identifyMessage(Buffer.from(text), specifications);
    expect(named('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:acmt.001.001.01"/>')).toThrow(
      expect.objectContaining({ code: 'ERR_KIND_UNKNOWN' }),
    );
    expect(named('<Document/>')).toThrow(expect.objectContaining({ code: 'ERR_KIND_UNKNOWN' }));
    expect(() => identifyMessage(transferOrder(' '), specifications)).toThrow(
      expect.objectContaining({ code: 'ERR_MESSAGE_ID_MISSING', category: 'input' }),
    );
  });
});

describe('payment messages in the submission engine', () => {
  let folder: string;
  let bank: Server;
  let stored: Map<string, number>;
  let posts: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bhxh-payments-'));
    stored = new Map();
    posts = 0;
    // Takes every message, and cuts the line after every third one without an answer.
    bank = createServer((incoming, response) => {
      const pieces: Buffer[] = [];
      incoming.on('error', () => {});
      incoming.on('data', (piece: Buffer) => pieces.push(piece));
      incoming.on('end', () => {
        if (incoming.method === 'GET') {
          const sha256 = incoming.url!.split('/').at(-1)!;
          return void response.end(stored.has(sha256) ? `R-${sha256.slice(0, 8)}` : '');
        }
        const sha256 = createHash('sha256').update(Buffer.concat(pieces)).digest('hex');
        stored.set(sha256, (stored.get(sha256) ?? 0) + 1);
        if (++posts % 3 === 0) return void incoming.socket.resetAndDestroy();
        response.end(`R-${sha256.slice(0, 8)}`);
      });
    });
    await new Promise<void>((resolve) => bank.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    bank.closeAllConnections();
    await new Promise((resolve) => bank.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  function call(method: 'GET' | 'POST', path: string, body?: Uint8Array): Promise<string> {
    const { port } = bank.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const sending = request({ host: '127.0.0.1', port, method, path, agent: false }, (answer) => {
        let text = '';
        answer.on('data', (piece) => (text += piece));
        answer.on('end', () => resolve(text));
      });
      sending.on('error', () =>
        reject(
          gatewayError('ERR_NO_ANSWER_AFTER_SEND', {
            category: 'unknown-outcome',
            retry: 'after-check',
            values: { host: 'bank', reason: 'lost' },
          }),
        ),
      );
      sending.end(body);
    });
  }

  const channel = (): PaymentChannel => ({
    host: 'bank',
    environment: 'mock',
    sender: 'ZZBANK',
    offers: async () => ({ idempotencyKey: false, statusQuery: true }),
    async send(message, bytes, { onSend }) {
      await onSend();
      return { id: await call('POST', `/${message}`, bytes), at: '', text: '', attempts: 1 };
    },
    async find(message, _id, sha256) {
      const id = await call('GET', `/${message}/${sha256}`);
      return id === '' ? null : { id, at: '', text: '' };
    },
    async *list() {},
  });

  it('arrive once each, also when their answers are lost, and are asked for by their id', async () => {
    const sources = [];
    for (let number = 1; number <= 20; number++) {
      const path = join(folder, `${number}.xml`);
      await writeFile(path, transferOrder(`M${number}`));
      sources.push({ path });
    }
    const journal = await openJournal({ path: join(folder, 'journal'), keyFile: join(folder, 'key'), now });
    const target = paymentsTarget(channel(), { specifications });
    for await (const event of planSubmission({ journal, target, sources })) {
      expect(event).toMatchObject({ kind: 'planned', item: { kind: 'payment-message', route: 'pain.001' } });
    }
    let counts;
    for await (const event of runSubmission({ journal, target, now, askAfter: [0, 5], failureLimit: 50 })) {
      if (event.kind === 'finished') ({ counts } = event);
    }
    expect(counts).toMatchObject({ planned: 0, unknown: 0, rejected: 0, accepted: 14, confirmed: 6 });
    expect([...stored.values()]).toEqual(Array.from({ length: 20 }, () => 1));
    await journal.close();
  });
});
