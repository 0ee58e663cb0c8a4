import { defineConfig } from 'vitest/config'

// `forks`: the fact engine's library crashes under worker threads.
export default defineConfig({
  resolve: { conditions: ['tomoshibi-source'] },
  ssr: { resolve: { conditions: ['tomoshibi-source'], externalConditions: ['tomoshibi-source'] } },
  test: {
    pool: 'forks',
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/src/**/*.test.tsx',
      'tests/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
