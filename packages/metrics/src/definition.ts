import { distance } from 'fastest-levenshtein'
import * as z from 'zod'
import {
  type CustomRecipe,
  customRecipes,
  isCustomRecipe,
  usedMetricSchema,
} from './custom/recipes.ts'
import { scorecardSchema } from './health/scorecard.ts'
import { metricSettingsSchema } from './settings.ts'
import { findMeasure, measureNames } from './sources/registry.ts'
import type { Text } from './text.ts'

const textSchema = z
  .object({ en: z.string().min(1), ja: z.string().min(1) })
  .describe('A text for people, in both languages')

const measureSchema = z
  .string()
  .describe('A measure of a fact source, written source.measure, such as contracts.mrr_end')

export const metricUnits = ['money', 'count', 'percent', 'ratio', 'days', 'hours', 'score'] as const
export type MetricUnit = (typeof metricUnits)[number]

export const metricGroups = [
  'revenue',
  'usage',
  'voice',
  'support',
  'contact',
  'billing',
  'onboarding',
  'health',
] as const
export type MetricGroup = (typeof metricGroups)[number]

const settingNames = Object.keys(metricSettingsSchema.shape)

const recipeSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('sum'),
      of: z.array(measureSchema).min(1).describe('Measures that are added'),
    })
    .describe('Added up over accounts'),
  z
    .object({
      kind: z.literal('ratio'),
      of: z.array(measureSchema).min(1).describe('Measures that make the numerator, added'),
      over: measureSchema.describe('The denominator'),
      times: z.number().default(1).describe('Factor of the value, such as 100 for NPS'),
      whenZero: z
        .enum(['zero_denominator', 'no_churn', 'no_active_users'])
        .default('zero_denominator')
        .describe('The reason given when the denominator is 0'),
    })
    .describe('One sum over another; an account counts when it has both'),
  z
    .object({
      kind: z.literal('quantile'),
      of: measureSchema.describe('A number of each account, or samples'),
      level: z.number().min(0).max(1).default(0.5).describe('0.5 is the median'),
    })
    .describe('A quantile over the samples, or over the accounts with a value'),
  z
    .object({ kind: z.literal('max'), of: measureSchema })
    .describe('The greatest over the accounts with a value'),
  z
    .object({
      kind: z.literal('mean'),
      of: measureSchema.describe('A number of each account, or samples'),
    })
    .describe('The mean of the samples, or of the accounts with a value'),
  z
    .object({
      kind: z.literal('weighted_mean'),
      of: measureSchema.describe('A number of each account'),
      weight: measureSchema.describe('What the number of an account weighs'),
    })
    .describe('Σ weight × number ÷ Σ weight, over the accounts that have both'),
  z
    .object({
      kind: z.literal('survival'),
      of: measureSchema.describe('Spans: how long each case lasted, and whether it ended'),
      statistic: z
        .enum(['median', 'restricted_mean'])
        .describe('When half have ended, or the mean time up to the horizon'),
      horizon: z
        .number()
        .positive()
        .optional()
        .describe('Where the restricted mean ends, at the latest with the longest case'),
    })
    .describe('Kaplan–Meier, in which cases that have not ended count for as long as they lasted'),
  z
    .object({
      kind: z.literal('share_where'),
      setting: z
        .enum(['selfSufficientWhen'])
        .describe('The workspace setting that holds the condition on an account, in CEL'),
      over: measureSchema.describe('Above 0 for each account that is asked'),
    })
    .describe('The share of accounts of which a condition holds, of those where it is decided'),
  z
    .object({
      kind: z.literal('lifetime'),
      revenue: measureSchema.describe('Monthly revenue'),
      payers: measureSchema.describe('Accounts that pay it'),
      lost: measureSchema.describe('Customers lost in the period'),
      customers: measureSchema.describe('Customers at its start'),
    })
    .describe('Revenue per payer over the period × gross margin ÷ share of customers lost in it'),
  z
    .object({
      kind: z.literal('survival_value'),
      revenue: measureSchema.describe('Monthly revenue'),
      payers: measureSchema.describe('Accounts that pay it'),
      spans: measureSchema.describe(
        'Months for which customers have stayed, and whether they left',
      ),
    })
    .describe(
      'Revenue per payer × gross margin × restricted mean of the months by Kaplan–Meier, up to the horizon of the workspace',
    ),
  z
    .object({
      kind: z.literal('scorecards'),
      gives: z
        .enum(['score', 'computed', 'coverage', 'card'])
        .describe(
          'The score in force, the one computed, the share of weights with a value, or which of the scorecards fits, counted from 1; 0 = none',
        ),
      scorecards: z
        .array(scorecardSchema)
        .describe('In the order in which they are tried; the first that fits an account counts'),
      overrides: z
        .array(
          z.object({
            accountId: z.string(),
            score: z.number().min(0).max(100),
            setAt: z.string(),
            endsAt: z.string(),
            withdrawnAt: z.string().nullable(),
          }),
        )
        .describe('Scores that people set by hand, with when they hold'),
      uses: z.array(usedMetricSchema).describe('The metrics that the scorecards name'),
    })
    .describe('Points of the measures of a scorecard by weight; over accounts their mean'),
  ...customRecipes,
])
export type Recipe = z.infer<typeof recipeSchema>
/** A recipe that is made of the measures of sources. */
export type SourceRecipe = Exclude<Recipe, CustomRecipe>

/** What a metric is, as data: everything that explains, computes and shows it comes from here. */
export const metricDefinitionSchema = z.object({
  key: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,99}$/)
    .describe('Name in queries and conditions'),
  version: z
    .int()
    .positive()
    .describe('A definition never changes once used; an edit is a version'),
  name: textSchema.describe('Short name for screens'),
  says: textSchema.describe('What it tells, in a sentence or two'),
  formula: textSchema.describe('How it is computed, in words'),
  group: z.enum(metricGroups).describe('What it is about'),
  unit: z
    .enum(metricUnits)
    .describe('Unit of the value; a percent value is a fraction, 0.25 is 25 %'),
  better: z.enum(['higher', 'lower', 'neither']).describe('Which way is good'),
  time: z
    .enum(['instant', 'period'])
    .describe('Asked at the end of a day, or over a period from its start to its end'),
  counts: z
    .enum(['accounts', 'present'])
    .default('accounts')
    .describe(
      'Which accounts take part: all, or all but former customers, whose contracts have ended',
    ),
  headlinePeriod: z
    .enum(['P1D', 'P1M', 'P3M', 'P12M'])
    .optional()
    .describe('The period that ends with a day, when a period metric is asked for one day'),
  grains: z
    .array(z.enum(['portfolio', 'account']))
    .min(1)
    .describe('Whether it has a value for the portfolio, for one account, or both'),
  settings: z
    .array(z.string())
    .default([])
    .describe('Workspace settings that the value depends on'),
  measure: recipeSchema.describe('How it is made from measures of facts'),
  breakdown: z
    .object({
      by: z
        .enum(['feature', 'ticket_kind'])
        .describe('The key by which it is asked for, as a slice'),
      of: measureSchema.describe('Counts by that key, in place of the numerator'),
    })
    .optional()
    .describe(
      'A cut within accounts. Its parts may overlap: each is counted anew, and none is a sum',
    ),
  interval: z
    .union([
      z.enum(['proportion', 'accounts', 'none']),
      z.object({ persons: measureSchema.describe('Counts the persons that count −1') }),
    ])
    .optional()
    .describe(
      'How its 95 % interval is made: of a proportion of cases, by drawing accounts or single persons again, or not at all. Without it, as the recipe says',
    ),
  n: measureSchema
    .optional()
    .describe('What n counts; without it, the samples, or the accounts that have a value'),
})
export type MetricDefinition = z.infer<typeof metricDefinitionSchema>
export type MetricDefinitionInput = z.input<typeof metricDefinitionSchema>

/** Recipes that take samples, several numbers of one account. */
const ofSamples: ReadonlySet<Recipe['kind']> = new Set(['quantile', 'mean'])

/** All measures that a recipe names. */
export const measuresOf = (recipe: Recipe): string[] => {
  if (isCustomRecipe(recipe)) return []
  if (recipe.kind === 'sum') return recipe.of
  if (recipe.kind === 'ratio') return [...recipe.of, recipe.over]
  if (recipe.kind === 'weighted_mean') return [recipe.of, recipe.weight]
  if (recipe.kind === 'survival_value') return [recipe.revenue, recipe.payers, recipe.spans]
  if (recipe.kind === 'share_where') return [recipe.over]
  if (recipe.kind === 'scorecards') return []
  if (recipe.kind === 'lifetime') {
    return [recipe.revenue, recipe.payers, recipe.lost, recipe.customers]
  }
  return [recipe.of]
}

const takesSpans = (recipe: Recipe, path: string): boolean =>
  recipe.kind === 'survival' || (recipe.kind === 'survival_value' && path === recipe.spans)

export interface DefinitionProblem {
  /** Where in the definition, such as measure.over. */
  readonly place: string
  readonly says: Text
  readonly suggestions: readonly string[]
}

/** Names nearest to one that is not there, best first. */
export const nearest = (name: string, known: Iterable<string>): string[] =>
  [...known]
    .map((each) => ({
      each,
      far: Math.min(
        distance(name, each),
        each.includes(name) || name.includes(each) ? 1.5 : Number.POSITIVE_INFINITY,
      ),
    }))
    .filter(({ far }) => far <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1))
    .slice(0, 3)
    .map(({ each }) => each)

/**
 * Checks a definition and collects every problem with its place.
 *
 * @param input what a person or a file says; nothing about it is taken for granted
 */
export const checkDefinition = (
  input: unknown,
):
  | { readonly ok: true; readonly definition: MetricDefinition }
  | { readonly ok: false; readonly problems: DefinitionProblem[] } => {
  const parsed = metricDefinitionSchema.safeParse(input)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      place: issue.path.join('.'),
      says: { en: issue.message, ja: issue.message },
      suggestions: [],
    }))
    return { ok: false, problems }
  }
  const definition = parsed.data
  const problems: DefinitionProblem[] = []
  const add = (place: string, en: string, ja: string, suggestions: readonly string[] = []) =>
    problems.push({ place, says: { en, ja }, suggestions })

  const used = [
    ...measuresOf(definition.measure).map((path) => ({ path, place: 'measure' })),
    ...(definition.n === undefined ? [] : [{ path: definition.n, place: 'n' }]),
    ...(typeof definition.interval === 'object'
      ? [{ path: definition.interval.persons, place: 'interval.persons' }]
      : []),
    ...(definition.breakdown === undefined
      ? []
      : [{ path: definition.breakdown.of, place: 'breakdown.of' }]),
  ]
  for (const { path, place } of used) {
    const found = findMeasure(path)
    if (found === undefined) {
      add(
        place,
        `There is no measure '${path}'.`,
        `「${path}」という項目はありません。`,
        nearest(path, measureNames()),
      )
    } else if ((found.measure.type === 'counts_by_key') !== (place === 'breakdown.of')) {
      const isByKey = found.measure.type === 'counts_by_key'
      add(
        place,
        isByKey
          ? `'${path}' counts one case under several keys; it serves as a breakdown, and no sum is made of it.`
          : `'${path}' does not hold counts by key, of which a breakdown is made.`,
        isByKey
          ? `「${path}」は1件を複数の区分に数えるため、内訳(breakdown)にだけ使えます。`
          : `「${path}」は内訳(breakdown)に使える区分別の件数ではありません。`,
      )
    } else if (
      place !== 'breakdown.of' &&
      (found.measure.type === 'spans') !==
        (place === 'measure' && takesSpans(definition.measure, path))
    ) {
      add(
        place,
        found.measure.type === 'spans'
          ? `'${path}' holds spans of time; only survival can be made of them.`
          : `'${path}' does not hold spans of time, of which survival is made.`,
        found.measure.type === 'spans'
          ? `「${path}」は継続期間の集まりなので、生存時間(survival)だけを計算できます。`
          : `「${path}」は生存時間(survival)の計算に必要な継続期間の集まりではありません。`,
      )
    } else if (
      found.measure.type === 'samples' &&
      !(place === 'measure' && ofSamples.has(definition.measure.kind))
    ) {
      add(
        place,
        `'${path}' holds samples; only a quantile or a mean can be made of them.`,
        `「${path}」は標本の集まりなので、分位点または平均だけを計算できます。`,
      )
    }
  }
  for (const [index, name] of definition.settings.entries()) {
    if (settingNames.includes(name)) continue
    add(
      `settings.${index}`,
      `There is no workspace setting '${name}'.`,
      `「${name}」というワークスペース設定はありません。`,
      nearest(name, settingNames),
    )
  }
  if (definition.time === 'period' && definition.headlinePeriod === undefined) {
    add(
      'headlinePeriod',
      'A metric of a period says which period it covers when asked for one day.',
      '期間の指標には、1日を指定されたときに対象とする期間が必要です。',
    )
  }
  if (definition.breakdown !== undefined && definition.measure.kind !== 'ratio') {
    add(
      'breakdown',
      'Only a ratio can be broken down: the part replaces its numerator.',
      '内訳(breakdown)を使えるのは、分子を置き換えられる比率(ratio)だけです。',
    )
  }
  const isLifetime = ['lifetime', 'survival_value'].includes(definition.measure.kind)
  if (isLifetime && definition.grains.includes('account')) {
    add(
      'grains',
      'A lifetime value is made of the whole portfolio and has no value for one account.',
      'ライフタイムバリューは全体から計算するため、顧客ごとの値はありません。',
    )
  }
  return problems.length === 0 ? { ok: true, definition } : { ok: false, problems }
}
