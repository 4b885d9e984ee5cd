import type { Streams } from './streams.ts';

/** Shows `done/total`, rate and the time left on standard error, at most four times a second; silent when there is no terminal. */
export interface Progress {
  /** Sets how much is done, in items, and a short text beside it. */
  update(done: number, beside?: string): void;
  finish(): void;
}

export interface ProgressOptions {
  readonly streams: Streams;
  readonly label: string;
  readonly unit: string;
  /** Unknown when the input is streamed. */
  readonly total?: number | undefined;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

export function startProgress(options: ProgressOptions): Progress {
  const { streams, clock } = options;
  const begun = clock();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let width = 0;
  const draw = (done: number, beside: string): void => {
    const line = progressLine({ ...options, done, elapsed: clock() - begun, beside });
    streams.note(`\r${line.padEnd(width)}`);
    width = line.length;
  };
  return {
    update(done, beside = '') {
      if (!streams.interactive || clock() - drawnAt < 250) return;
      drawnAt = clock();
      draw(done, beside);
    },
    finish() {
      if (streams.interactive && width > 0) streams.note(`\r${' '.repeat(width)}\r`);
    },
  };
}

/** One line of progress; `elapsed` in milliseconds. */
export function progressLine(state: {
  readonly label: string;
  readonly unit: string;
  readonly total?: number | undefined;
  readonly done: number;
  readonly elapsed: number;
  readonly beside: string;
}): string {
  const perSecond = state.elapsed <= 0 ? 0 : (state.done * 1000) / state.elapsed;
  const count = state.total === undefined ? `${state.done}` : `${state.done}/${state.total}`;
  const parts = [`${state.label} ${count} ${state.unit}`, `${Math.round(perSecond)}/s`];
  if (state.total !== undefined && perSecond > 0)
    parts.push(`ETA ${duration((state.total - state.done) / perSecond)}`);
  if (state.beside !== '') parts.push(state.beside);
  return parts.join(' · ');
}

/** Whole seconds as 1h02m, 3m05s or 7s. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 0) return `${hours}h${String(minutes).padStart(2, '0')}m`;
  if (minutes > 0) return `${minutes}m${String(rest).padStart(2, '0')}s`;
  return `${rest}s`;
}
