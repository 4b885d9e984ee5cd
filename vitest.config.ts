import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@bhxh/source', 'node'] },
  ssr: { resolve: { conditions: ['@bhxh/source', 'node'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'tools/**/*.test.mjs',
    ],
    pool: 'forks',
    // Most tests wait for other processes: on two cores two of them at a time finish in little more than half the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    setupFiles: ['vitest.setup.ts'],
    testTimeout: 30_000,
  },
});
