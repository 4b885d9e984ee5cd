import { randomUUID } from 'node:crypto';
import type { SignatureAlgorithm } from '@bhxh/signing';
import type { VirtualClock } from '../clock/clock.ts';
import type { SigningFault } from '../scenarios/scenario.ts';

export type RequestState = 'waiting' | 'confirmed' | 'refused' | 'expired';

/** A hash that waits for its user. */
export interface SigningRequest {
  readonly id: string;
  readonly protocol: 'csc' | 'smartca' | 'sim';
  /** What the user reads on the phone. */
  readonly display: string;
  readonly hash: Uint8Array;
  readonly algorithm: SignatureAlgorithm | undefined;
  /** Shown on the phone and by the signing program alike; undefined where the protocol has none. */
  readonly code: string | undefined;
  readonly fault: SigningFault | undefined;
  /** The caller's own names for the request and its document. */
  readonly transaction: string;
  readonly document: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export type NewRequest = Omit<SigningRequest, 'id' | 'createdAt' | 'expiresAt' | 'code'>;

/** Everything that waits for a user, and what he said. */
export interface RequestBook {
  add(request: NewRequest): SigningRequest;
  find(id: string): SigningRequest | undefined;
  stateOf(request: SigningRequest): RequestState;
  /** What the phone shows, newest first; a request that a scenario keeps from its user is not there. */
  shown(): readonly SigningRequest[];
  confirm(request: SigningRequest): void;
  refuse(request: SigningRequest): void;
  /** Resolves once the request waits no more, or `signal` is aborted. */
  settled(request: SigningRequest, signal: AbortSignal): Promise<RequestState>;
  /** Called with every request that its user has answered. */
  onAnswer(listener: (request: SigningRequest) => void): void;
  close(): void;
}

/** How long a user may take, in seconds of the server's clock. */
export const PATIENCE = 300;
const KEPT = 10_000;

/**
 * Four digits made from the hash, so that a user who compares the phone with the signing program knows that both mean the
 * same bytes: the first six and the last seven bits, as a number.
 */
export function controlCode(hash: Uint8Array): string {
  const first = hash[0]! >> 2;
  const last = hash.at(-1)! & 0x7f;
  return String(first * 128 + last).padStart(4, '0');
}

export function createRequestBook(clock: VirtualClock): RequestBook {
  const requests = new Map<string, { readonly request: SigningRequest; answer: RequestState }>();
  const waiting = new Set<() => void>();
  const listeners: ((request: SigningRequest) => void)[] = [];
  const wake = (): void => {
    for (const look of waiting) look();
  };
  const unsubscribe = clock.onMove(wake);
  const stateOf = ({ id, expiresAt }: SigningRequest): RequestState => {
    const answer = requests.get(id)?.answer ?? 'expired';
    return answer === 'waiting' && clock.now() >= expiresAt ? 'expired' : answer;
  };
  const settle = (request: SigningRequest, answer: 'confirmed' | 'refused'): void => {
    const entry = requests.get(request.id);
    if (entry === undefined || stateOf(request) !== 'waiting') return;
    entry.answer = answer;
    for (const listener of listeners) listener(request);
    wake();
  };
  return {
    add(fields) {
      const createdAt = clock.now();
      const request: SigningRequest = {
        ...fields,
        id: randomUUID(),
        code: fields.protocol === 'sim' ? controlCode(fields.hash) : undefined,
        createdAt,
        expiresAt: new Date(createdAt.getTime() + PATIENCE * 1_000),
      };
      requests.set(request.id, { request, answer: 'waiting' });
      if (requests.size > KEPT) requests.delete(requests.keys().next().value!);
      if (fields.fault === 'confirm') settle(request, 'confirmed');
      if (fields.fault === 'refuse') settle(request, 'refused');
      return request;
    },
    find: (id) => requests.get(id)?.request,
    stateOf,
    shown: () =>
      [...requests.values()]
        .map(({ request }) => request)
        .filter(({ fault }) => fault !== 'ignore')
        .reverse(),
    confirm: (request) => settle(request, 'confirmed'),
    refuse: (request) => settle(request, 'refused'),
    settled: (request, signal) =>
      new Promise((resolve) => {
        const timer = setInterval(look, 1_000);
        timer.unref();
        function look(): void {
          const state = stateOf(request);
          if (state === 'waiting' && !signal.aborted) return;
          clearInterval(timer);
          waiting.delete(look);
          signal.removeEventListener('abort', look);
          resolve(state);
        }
        waiting.add(look);
        signal.addEventListener('abort', look, { once: true });
        look();
      }),
    onAnswer: (listener) => void listeners.push(listener),
    close() {
      unsubscribe();
      requests.clear();
      wake();
    },
  };
}
