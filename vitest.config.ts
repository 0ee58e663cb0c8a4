import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { takingOut } from './tests/attacks/take-out.ts'

/** The tests of the whole program first: they take minutes, and begun last they would run alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isWhole = ({ moduleId }: TestSpecification) => moduleId.includes('/tests/browser/')
    return [...sorted.filter(isWhole), ...sorted.filter((file) => !isWhole(file))]
  }
}

/** What is also run on stores that were given: an address each, or a cluster of two shards. */
const onGivenStores = [
  'packages/facts/src/erasure/erase.test.ts',
  'packages/server/src/collect/ingest/service.test.ts',
  'packages/server/src/collect/bulk/bulk.test.ts',
  'packages/server/src/collect/import/service.test.ts',
  'packages/server/src/http/uploads.test.ts',
  'packages/server/src/measure/metrics/metrics.test.ts',
]

// `forks`: the fact engine's library crashes under worker threads.
export default defineConfig({
  plugins: takingOut(process.env.TOMOSHIBI_WITHOUT_DEFENCE),
  resolve: { conditions: ['tomoshibi-source'] },
  ssr: { resolve: { conditions: ['tomoshibi-source'], externalConditions: ['tomoshibi-source'] } },
  test: {
    pool: 'forks',
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'own stores',
          include: [
            'packages/*/src/**/*.test.ts',
            'packages/*/src/**/*.test.tsx',
            'tests/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
        },
      },
      ...(['given', 'cluster'] as const).map((stores) => ({
        extends: true as const,
        test: {
          name: `${stores} stores`,
          include: onGivenStores,
          env: { TOMOSHIBI_TEST_STORES: stores },
        },
      })),
    ],
  },
})
