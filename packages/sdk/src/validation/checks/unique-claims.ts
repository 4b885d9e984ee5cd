import { onlyKnown } from './arguments.ts';
import type { BatchCheck, Check } from './check.ts';
import { report } from './reference.ts';

/** MA_LK of the summary row is used by one claim only among all claims of a file or run. */
export const uniqueClaims: Check = {
  name: 'unique-claims',
  compile(args, context) {
    onlyKnown(args, []);
    const key = context.field('XML1', 'MA_LK');
    if (key < 0) return [];
    return [{ scope: 'batch', start: () => keysSeen(key) }];
  },
};

function keysSeen(key: number): BatchCheck {
  const seen = new Set<string>();
  return {
    episode({ summary }, sink) {
      if (summary === undefined || summary.isEmpty(key)) return;
      const value = summary.text(key);
      sink.evaluated();
      if (seen.has(value))
        report(sink, 'DUPLICATE_KEY', summary, key, [{ name: 'value', value, personal: true }]);
      else seen.add(value);
    },
  };
}
