import { expect, test } from 'vitest'
import { facts } from './custom/facts.ts'
import type { CutTable } from './cuts.ts'
import { nodesInOrder } from './plan/node.ts'
import { metricSettingsSchema } from './settings.ts'
import { factMeasureSource } from './sources/fact-measure.ts'
import { sources } from './sources/registry.ts'
import type { Source, SourceContext } from './sources/source.ts'
import type { Window } from './sql/windows.ts'

const window: Window = {
  start: '2026-02-28T15:00:00Z',
  end: '2026-03-31T15:00:00Z',
  knownAt: '2026-04-10T00:00:00Z',
  attributesAt: '2026-02-28T15:00:00Z',
}
const context: SourceContext = {
  settings: metricSettingsSchema.parse({ planFeatures: { pro: ['x'] } }),
  windows: [window],
  someAccounts: false,
}
const cutTables: readonly CutTable[] = ['usage_events', 'tickets', 'survey_answers']

/** Which of the tables of which old facts may be deleted a measure reads, and which it says that it reads. */
const readAndSaid = (source: Source, measure: string) => {
  const nodes = nodesInOrder(source.node(new Set([measure]), context))
  const reads = cutTables.filter((table) =>
    nodes.some(({ sql }) => new RegExp(`\\bFROM ${table}\\b`).test(sql)),
  )
  return { reads, said: Object.keys(source.reach?.(measure, window, context) ?? {}).toSorted() }
}

const all = [...sources.values()].flatMap((source) =>
  Object.keys(source.measures).map((measure) => ({
    name: `${source.name}.${measure}`,
    source,
    measure,
  })),
)

test.each(all)(
  '$name says how far it looks back at facts that may be deleted',
  ({ source, measure }) => {
    const { reads, said } = readAndSaid(source, measure)
    expect(said).toEqual(reads.toSorted())
  },
)

test('what custom metrics make of such facts says so as well, by its window', () => {
  const reach = (table: string, measureWindow: 'all' | 'period' | 'P28D') => {
    const fact = Object.keys(facts).find(
      (name): name is keyof typeof facts => name === table && Object.hasOwn(facts, name),
    )
    if (fact === undefined) throw new Error(table)
    const measure = {
      fact,
      statistic: 'records',
      column: null,
      where: null,
      at: facts[fact].at,
      window: measureWindow,
    } as const
    return factMeasureSource(fact, new Map([['own0', measure]])).reach?.('own0', window, context)
  }
  for (const table of cutTables) {
    expect(reach(table, 'all')).toEqual({ [table]: 'ever' })
    expect(reach(table, 'period')).toEqual({ [table]: window.start })
    expect(reach(table, 'P28D')).toEqual({ [table]: '2026-03-03T15:00:00Z' })
  }
  expect(reach('touchpoints', 'all')).toEqual({})
})
