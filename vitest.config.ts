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
    setupFiles: ['vitest.setup.ts'],
    testTimeout: 30_000,
  },
});
