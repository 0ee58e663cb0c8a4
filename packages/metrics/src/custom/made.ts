import type { MetricDefinition } from '../definition.ts'
import type { Text } from '../text.ts'
import type { Problems } from './problem.ts'
import type { CustomRecipe } from './recipes.ts'
import type { WrittenMetric } from './written.ts'

export type Catalogue = ReadonlyMap<string, MetricDefinition>
export type Grain = MetricDefinition['grains'][number]

/** What a recipe came to: enough for the rest of the definition. */
export interface Made {
  readonly recipe: CustomRecipe
  readonly words: Text
  readonly group: MetricDefinition['group']
  readonly money: boolean
  /** Grains at which it can have a value. */
  readonly grains: readonly Grain[]
  readonly settings: readonly string[]
  /** Which accounts take part. */
  readonly counts: MetricDefinition['counts']
}

export const both: readonly Grain[] = ['portfolio', 'account']

/** Whether a metric is of the same time as one that it is made of; notes the problem where not. */
export const sameTime = (
  metric: WrittenMetric,
  used: MetricDefinition,
  path: readonly (string | number)[],
  problems: Problems,
): boolean => {
  if (used.time === metric.time) return true
  problems.add(path, 'OTHER_TIME', {
    en:
      used.time === 'instant'
        ? `'${used.key}' is of an instant and this one of a period: they are of different times. Use metrics of a period, such as mrr_start or mrr_end.`
        : `'${used.key}' is of a period and this one of an instant: they are of different times. Write 'time: period'.`,
    ja:
      used.time === 'instant'
        ? `「${used.key}」は時点の指標ですが、この指標は期間の指標です。mrr_start や mrr_end など、期間の指標を使ってください。`
        : `「${used.key}」は期間の指標ですが、この指標は時点の指標です。time: period としてください。`,
  })
  return false
}
