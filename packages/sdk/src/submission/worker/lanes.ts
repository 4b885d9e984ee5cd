import type { Circuit } from '../circuit.ts';
import type { SubmissionTarget, TargetOffers } from '../target.ts';
import type { DueItem } from './schedule.ts';

/** One sender as a worker serves it. */
export interface Lane {
  readonly target: SubmissionTarget;
  readonly circuit: Circuit;
  /** Learned at the first item. */
  offers: TargetOffers | undefined;
  readonly waiting: DueItem[];
  /** Not served before, in monotonic milliseconds; infinite when its account is refused. */
  notBefore: number;
}

/** Lanes in turn: a sender with ten thousand items gets one place, then everybody else gets theirs. */
export interface LaneTurns {
  readonly all: readonly Lane[];
  /** The next item of the next lane that may be served now. */
  next(now: number): { readonly lane: Lane; readonly due: DueItem } | undefined;
  /** Items at hand of lanes that may be served now. */
  ready(now: number): number;
}

export function takeTurns(lanes: readonly Lane[]): LaneTurns {
  let turn = 0;
  return {
    all: lanes,
    next(now) {
      for (let tried = 0; tried < lanes.length; tried++) {
        const lane = lanes[turn]!;
        turn = (turn + 1) % lanes.length;
        if (lane.waiting.length === 0 || lane.notBefore > now) continue;
        return { lane, due: lane.waiting.shift()! };
      }
      return undefined;
    },
    ready: (now) =>
      lanes.reduce((sum, { waiting, notBefore }) => sum + (notBefore > now ? 0 : waiting.length), 0),
  };
}
