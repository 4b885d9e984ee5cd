/**
 * How many uploads of one sender are under way at a time. It grows by one for each round of good answers (faster until
 * the server first asks for less), halves when the server pushes back, and shrinks when answers get slow.
 */
export interface Pace {
  /** Never above `most`, never below one. */
  readonly limit: number;
  /** A good answer to an upload that began at this moment. */
  answered(begunAt: number, bytes: number): void;
  /** 429, 503, a timeout or a lost answer. Uploads that began before the last cut do not cut again. */
  pushedBack(begunAt: number): void;
}

export interface PaceOptions {
  /** The limit of the sender, or of the person who runs it. */
  readonly most: number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

/** Answers to larger files say more about the line than about the server. */
const telling = 256 * 1024;
/** Answers count as slow beyond this multiple of the quickest lately, and this much more. */
const slowTimes = 3;
const slowMore = 250;
/** The quickest answer counts double after this time, so that a server that became slower for good is not waited for. */
const forgotten = 600_000;

export function createPace({ most, elapsed }: PaceOptions): Pace {
  let limit = Math.min(2, most);
  let probing = true;
  let quickest = Number.POSITIVE_INFINITY;
  let usual = 0;
  let seenAt = 0;
  let good = 0;
  let cutAt = Number.NEGATIVE_INFINITY;
  const cut = (factor: number): void => {
    limit = Math.max(1, limit * factor);
    probing = false;
    good = 0;
    cutAt = elapsed();
  };
  return {
    get limit() {
      return Math.floor(limit);
    },
    answered(begunAt, bytes) {
      if (bytes <= telling) {
        const now = elapsed();
        const took = now - begunAt;
        quickest = Math.min(quickest * (1 + (now - seenAt) / forgotten), took);
        seenAt = now;
        usual = usual === 0 ? took : usual * 0.8 + took * 0.2;
        if (usual > quickest * slowTimes && usual > quickest + slowMore) {
          if (begunAt > cutAt) cut(0.8);
          return;
        }
      }
      good += 1;
      if (!probing && good < Math.floor(limit)) return;
      limit = Math.min(most, limit + 1);
      good = 0;
    },
    pushedBack(begunAt) {
      if (begunAt > cutAt) cut(0.5);
    },
  };
}
