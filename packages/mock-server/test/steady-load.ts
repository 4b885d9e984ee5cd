import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { sha256Of } from '../src/lifecycle/receive.ts';
import type { Hospital } from './hospital.ts';

/** A small document, another one for each number. */
export const claimOf = (number: number): Uint8Array =>
  Buffer.from(
    `<GIAMDINHHS><THONGTINDONVI><MACSKCB>99001</MACSKCB></THONGTINDONVI><THONGTINHOSO><NGAYLAP>20261121</NGAYLAP><SOLUONGHOSO>1</SOLUONGHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>${Buffer.from(`<TONG_HOP><MA_LK>LK${number}</MA_LK></TONG_HOP>`).toString('base64')}</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>`,
  );

export interface SteadyLoad {
  /** Receipt of every claim that was answered for, by its number. */
  readonly answered: ReadonlyMap<number, string>;
  /** The same by the SHA-256 of the claim, as `readHeld` gives what is stored. */
  answeredFor(): Map<string, string>;
  isHeld(number: number, held: ReadonlyMap<string, string>): boolean;
  /** Milliseconds of the longest time in which no claim was answered, so far. */
  longestSilence(): number;
  failures(): number;
  /** Resolves when so many more claims have been answered for. */
  more(count: number): Promise<void>;
  /** Ends once every claim that was begun has its answer. */
  stop(): Promise<void>;
}

/** Sends claims one after the other from several clients, each as often as it takes until there is an answer. */
export function startLoad(hospital: Hospital, clients: number, gap: number): SteadyLoad {
  const answered = new Map<number, string>();
  let next = 0;
  let failures = 0;
  let over = false;
  let last = performance.now();
  let silence = 0;
  const send = async (number: number): Promise<string | undefined> => {
    try {
      const { body } = await hospital.claim(
        claimOf(number),
        {},
        { 'Idempotency-Key': `load-${number}-${'0'.repeat(16)}` },
      );
      return String(body['maKetQua']) === '200' ? String(body['maGiaoDich']) : undefined;
    } catch {
      return undefined;
    }
  };
  const running = Array.from({ length: clients }, async () => {
    while (!over) {
      const number = (next += 1);
      for (;;) {
        const receipt = await send(number);
        if (receipt !== undefined) {
          const now = performance.now();
          silence = Math.max(silence, now - last);
          last = now;
          answered.set(number, receipt);
          break;
        }
        failures += 1;
        await pause(gap);
      }
      await pause(gap);
    }
  });
  return {
    answered,
    answeredFor: () =>
      new Map([...answered].map(([number, receipt]) => [sha256Of(claimOf(number)), receipt])),
    isHeld: (number, held) => held.get(sha256Of(claimOf(number))) === answered.get(number),
    longestSilence: () => Math.max(silence, performance.now() - last),
    failures: () => failures,
    async more(count) {
      const enough = answered.size + count;
      while (answered.size < enough) await pause(5);
    },
    async stop() {
      over = true;
      await Promise.all(running);
    },
  };
}

/** Every claim in a PostgreSQL store: its receipt by its SHA-256; a claim that is there twice is an error. */
export async function readHeld(address: string): Promise<Map<string, string>> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; sha256: string }>(
      "SELECT id, sha256 FROM submission WHERE kind = 'claim'",
    );
    const held = new Map(rows.map(({ id, sha256 }) => [sha256, id]));
    if (held.size !== rows.length) throw new Error(`${rows.length - held.size} claims are stored twice`);
    return held;
  } finally {
    await client.end();
  }
}
