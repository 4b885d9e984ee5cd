import { textOption, type CommandContext } from '../command-context.ts';
import { numberOption } from '../number-option.ts';
import { stopTime } from './stop-time.ts';

/** How much at a time, and when a submission stops by itself. */
export interface Bounds {
  /** Uploads at a time at most; the engine finds its own pace below it. */
  readonly concurrency: number;
  readonly until: Date | undefined;
  /** Rejections by the gateway. */
  readonly stopOn: number | undefined;
}

/** Throws ERR_OPTION_INVALID. */
export function boundsOf({ options, now }: CommandContext): Bounds {
  const until = textOption(options, 'until');
  return {
    concurrency: numberOption(options, 'concurrency', 'submit', { least: 1, most: 64, whole: true }) ?? 8,
    until: until === undefined ? undefined : stopTime(until, now()),
    stopOn: numberOption(options, 'stopOn', 'submit', { least: 1, most: 1_000_000, whole: true }),
  };
}
