import { logFailure } from '../log/log-failure.ts';
import type { Logger } from '../log/request-log.ts';
import type { Store } from '../store/store.ts';
import { createVirtualClock, type ClockState, type VirtualClock } from './clock.ts';

/** A clock that stands in the store: a server that starts again goes on where it was, and all nodes go by one time. */
export interface StoredClock {
  readonly clock: VirtualClock;
  /** Moves the clock from where any node has left it; on the other nodes it moves within a second. Throws what `work` throws. */
  move(work: (clock: VirtualClock) => void): Promise<void>;
  stop(): Promise<void>;
}

const SETTING = 'clock';
/** Milliseconds of the machine between two looks at what other nodes did. */
const LOOK_EVERY = 500;

/** `given` is a clock of a host that moves it itself; what it is moved by is stored, and nothing of the store moves it. */
export async function openStoredClock(store: Store, log: Logger, given?: VirtualClock): Promise<StoredClock> {
  const clock = given ?? createVirtualClock();
  /** The stored text that this clock stands by; it differs from the store's once another node has moved. */
  let known: string | undefined;
  let turn: Promise<void> = Promise.resolve();

  async function catchUp(): Promise<void> {
    const row = await store.read
      .selectFrom('setting')
      .select('value')
      .where('name', '=', SETTING)
      .executeTakeFirst();
    if (row?.value === known) return;
    known = row?.value;
    clock.restore(stateOf(known));
  }

  async function remember(): Promise<void> {
    const { offset, frozen, now } = clock.state();
    const value = JSON.stringify(frozen ? { frozenAt: now } : { offset });
    await store.write((connection) =>
      connection
        .insertInto('setting')
        .values({ name: SETTING, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute(),
    );
    known = value;
  }

  /** One look or move after the other: a look that began before a move must not undo it. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const own = turn.then(work);
    turn = own.catch(() => undefined);
    return own;
  }

  if (given === undefined) await catchUp();
  // Only other nodes move what stands in the store; a process alone knows best where its clock is.
  const hasOthers = given === undefined && store.dialect === 'postgres';
  const timer = hasOthers
    ? setInterval(() => {
        inTurn(catchUp).catch((error: unknown) => logFailure(log, clock, 'clock.unread', error));
      }, LOOK_EVERY)
    : undefined;
  timer?.unref();
  return {
    clock,
    move: (work) =>
      inTurn(async () => {
        if (hasOthers) await catchUp();
        work(clock);
        await remember();
      }),
    async stop() {
      clearInterval(timer);
      await turn;
    },
  };
}

/** A store without the setting is one whose clock was never moved. */
function stateOf(value: string | undefined): ClockState {
  const { offset = 0, frozenAt } = (value === undefined ? {} : JSON.parse(value)) as {
    readonly offset?: number;
    readonly frozenAt?: string;
  };
  return { now: frozenAt ?? '', frozen: frozenAt !== undefined, offset };
}
