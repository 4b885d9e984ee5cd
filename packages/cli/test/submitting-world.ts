// One reference server for the tests of a file, and for each test a folder of its own and a line that counts what passes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from '../../sdk/test/fault-proxy.ts';
import {
  type Ended,
  runBhxh,
  type Running,
  type ServerProcess,
  startBhxh,
  startServer,
  type Surroundings,
  surroundingsOf,
  writeClaims,
} from './bhxh-process.ts';

/** Processes on a busy machine are slow, not wrong. */
const patience = 240_000;

export interface SubmittingWorld {
  readonly server: ServerProcess;
  readonly proxy: FaultProxy;
  readonly folder: string;
  readonly around: Surroundings;
  /** Goes on in another folder, with another journal. */
  moveOn(): void;
  /** Another line to the same server. */
  connect(options: Omit<FaultProxyOptions, 'target' | 'seed'>): Promise<void>;
  /** The number that the next claim will have. */
  readonly nextClaim: number;
  /** Claims that no other test of this file has, in a folder below the test's own. */
  freshClaims(to: string, count: number): ReturnType<typeof writeClaims>;
  start(words: readonly string[], input?: string | null): Running;
  run(words: readonly string[], input?: string): Promise<Ended>;
  expectSoundJournal(): Promise<void>;
}

/** Registers what stands before and after each test of the file; `delay` slows every answer (milliseconds). */
export function submittingWorld(name: string, delay = 0): SubmittingWorld {
  vi.setConfig({ testTimeout: patience, hookTimeout: patience });
  let home = '';
  let folder = '';
  let server: ServerProcess;
  let proxy: FaultProxy;
  let numbered = 1;
  const around = (): Surroundings => surroundingsOf(folder, proxy.url, server.account);
  const world: SubmittingWorld = {
    get server() {
      return server;
    },
    get proxy() {
      return proxy;
    },
    get folder() {
      return folder;
    },
    get around() {
      return around();
    },
    get nextClaim() {
      return numbered;
    },
    moveOn() {
      folder = mkdtempSync(join(home, 'case-'));
    },
    async connect(options) {
      await proxy.close();
      proxy = await startFaultProxy({ target: server.url, seed: 1, ...options });
    },
    freshClaims(to, count) {
      const claims = writeClaims(join(folder, to), count, numbered);
      numbered += count;
      return claims;
    },
    start: (words, input) => startBhxh(words, around(), input),
    run: (words, input) => runBhxh(words, around(), input),
    async expectSoundJournal() {
      const verified = await runBhxh(['journal', 'verify'], around());
      expect(verified.status, verified.stdout + verified.stderr).toBe(0);
    },
  };
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), `bhxh-${name}-`));
    server = await startServer(home);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });
  beforeEach(async () => {
    world.moveOn();
    proxy = await startFaultProxy({ target: server.url, seed: 1, delay });
  });
  afterEach(() => proxy.close());
  return world;
}
