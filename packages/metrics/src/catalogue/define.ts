import {
  type MetricDefinition,
  type MetricDefinitionInput,
  metricDefinitionSchema,
} from '../definition.ts'

type Defaults = 'version' | 'grains'

/** A built-in definition; without more, it is the first version and has a value at both grains. */
export const define = (
  definition: Omit<MetricDefinitionInput, Defaults> &
    Partial<Pick<MetricDefinitionInput, Defaults>>,
): MetricDefinition =>
  metricDefinitionSchema.parse({ version: 1, grains: ['portfolio', 'account'], ...definition })
