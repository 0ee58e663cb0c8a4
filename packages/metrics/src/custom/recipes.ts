import * as z from 'zod'
import { type FactName, factNames } from './facts.ts'

const keySchema = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/)

export const statistics = [
  'records',
  'distinct',
  'sum',
  'mean',
  'median',
  'p90',
  'max',
  'last',
  'days_since_last',
] as const
export type Statistic = (typeof statistics)[number]

/** A measure over one fact, whose names were checked against the description of facts. */
export const factMeasureSchema = z.object({
  fact: z
    .string()
    .refine((name): name is FactName => factNames.some((known) => known === name))
    .describe('The fact, such as tickets'),
  statistic: z.enum(statistics).describe('What is made of its records'),
  column: z.string().nullable().describe('The column that it is made of; null = the records'),
  where: z.string().nullable().describe('CEL over the columns: only records of which this is true'),
  at: z.string().describe('The instant column by which records fall into the window'),
  window: z
    .string()
    .regex(/^(P\d+[DM]|all|period)$/)
    .describe('A trailing stretch of time (ISO 8601), all up to the instant, or the period'),
})
export type FactMeasure = z.infer<typeof factMeasureSchema>

/** A metric that another is made of, in the version it had then. */
export const usedMetricSchema = z.object({ metric: keySchema, version: z.int().positive() })
export type UsedMetric = z.infer<typeof usedMetricSchema>

const operandSchema = z.union([factMeasureSchema, usedMetricSchema])
export type Operand = z.infer<typeof operandSchema>

/** Recipes of custom metrics, beside those that are made of the measures of our sources. */
export const customRecipes = [
  z
    .object({ kind: z.literal('fact'), of: factMeasureSchema })
    .describe('A measure over the records of a fact'),
  z
    .object({ kind: z.literal('quotient'), of: operandSchema, over: operandSchema })
    .describe(
      'One sum over another, of measures or of metrics; an account counts when it has both',
    ),
  z
    .object({
      kind: z.literal('formula'),
      cel: z.string().describe('A number in CEL, over the figures of the same grain'),
      uses: z.array(usedMetricSchema).min(1).describe('The metrics that it names'),
    })
    .describe('Computed of the figures of other metrics'),
] as const

const customKinds = ['fact', 'quotient', 'formula'] as const
export type CustomRecipe = z.infer<(typeof customRecipes)[number]>

/** Whether a recipe is one of a custom metric. */
export const isCustomRecipe = (recipe: { readonly kind: string }): recipe is CustomRecipe =>
  customKinds.some((kind) => kind === recipe.kind)

const isOfScorecards = (recipe: {
  readonly kind: string
}): recipe is { readonly kind: 'scorecards'; readonly uses: readonly UsedMetric[] } =>
  recipe.kind === 'scorecards'

/** The metrics that a recipe is made of. */
export const usedMetrics = (recipe: { readonly kind: string }): readonly UsedMetric[] => {
  if (isOfScorecards(recipe)) return recipe.uses
  if (!isCustomRecipe(recipe)) return []
  if (recipe.kind === 'formula') return recipe.uses
  if (recipe.kind === 'fact') return []
  return [recipe.of, recipe.over].flatMap((operand) => ('metric' in operand ? [operand] : []))
}
