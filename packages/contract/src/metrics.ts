import * as z from 'zod'
import { mayFail } from './errors.ts'
import { operation } from './operation.ts'
import { textSchema } from './text.ts'
import {
  accountIdSchema,
  dateSchema,
  instantSchema,
  keySchema,
  moneySchema,
  queryFlagSchema,
  queryKeysSchema,
} from './values.ts'

export const metricUnitSchema = z.enum([
  'money',
  'count',
  'percent',
  'ratio',
  'days',
  'hours',
  'score',
])
export type MetricUnit = z.infer<typeof metricUnitSchema>

export const metricSummarySchema = z.object({
  key: keySchema,
  version: z.int(),
  group: z.enum([
    'revenue',
    'usage',
    'voice',
    'support',
    'contact',
    'billing',
    'onboarding',
    'health',
  ]),
  name: textSchema,
  says: textSchema.describe('What it means, for a person'),
  formula: textSchema.describe('How it is computed, in words'),
  unit: metricUnitSchema.describe('percent values are fractions: 0.25 is 25 %'),
  better: z.enum(['higher', 'lower', 'neither']),
  time: z.enum(['instant', 'period']).describe('Asked at the end of a day, or over a period'),
  grains: z.array(z.enum(['portfolio', 'account'])),
  settings: z.array(z.string()).describe('Workspace settings that it depends on'),
  custom: z.boolean().describe('Defined by this workspace; false = built in'),
  breakdown: keySchema
    .optional()
    .describe('A slice within accounts that it can be asked by; its parts overlap'),
})
export type MetricSummary = z.infer<typeof metricSummarySchema>

const amountSchema = z.union([z.number(), moneySchema]).nullable()

/** What a figure can be compared with. */
export const comparisonSchema = z.enum(['previous', 'year_before'])
export type Comparison = z.infer<typeof comparisonSchema>

export const comparedSchema = z.object({
  on: dateSchema.optional(),
  start: dateSchema.optional(),
  end: dateSchema.optional().describe('First day after the period'),
  value: amountSchema.describe('null = no value, see reason'),
  n: z.int().nullable(),
  change: amountSchema.describe('Value less this one, exactly; null when one has no value'),
  changeRatio: z
    .number()
    .nullable()
    .describe('The change as a share of the size of this one; null when that is 0, and for scores'),
  samePoint: z
    .boolean()
    .describe(
      'The figure is of a running period: this was asked at the same point, as known there',
    ),
  complete: z.boolean().describe('This period has ended'),
  knownAt: instantSchema.nullable(),
  reason: z.string().nullable(),
})
export type Compared = z.infer<typeof comparedSchema>

/** How sure one can be of a figure: a 95 % interval. */
export const intervalSchema = z.object({
  low: amountSchema.unwrap(),
  high: amountSchema.unwrap(),
  method: z
    .enum(['wilson', 'bootstrap_accounts', 'bootstrap_persons'])
    .describe('Of a proportion, or by drawing accounts or persons again'),
  level: z.literal(0.95),
})
export type MetricInterval = z.infer<typeof intervalSchema>

export const metricValueSchema = z.object({
  metric: keySchema,
  version: z.int(),
  on: dateSchema.optional().describe('At the end of this day'),
  start: dateSchema.optional(),
  end: dateSchema.optional().describe('First day after the period'),
  slice: z.record(z.string(), z.string().nullable()).describe('Attribute values of this slice'),
  account: z.string().nullable().describe('null = the whole portfolio or slice'),
  numerator: amountSchema,
  denominator: amountSchema,
  value: amountSchema.describe('null = no value, see reason'),
  n: z.int().nullable().describe('How many cases the figure rests on'),
  unit: metricUnitSchema,
  currency: z.string().nullable(),
  complete: z.boolean().describe('The period has ended'),
  knownAt: instantSchema.nullable().describe('As known at; null = everything known'),
  reason: z.string().nullable().describe('Why there is no value'),
  interval: intervalSchema.nullable().optional().describe('On request; null = see intervalReason'),
  intervalReason: z
    .string()
    .nullable()
    .optional()
    .describe('Why there is no interval: too_few_cases, no_interval for this kind, or no value'),
  compared: z
    .partialRecord(comparisonSchema, comparedSchema)
    .optional()
    .describe('What it is compared with, on request'),
})
export type MetricValue = z.infer<typeof metricValueSchema>

export const metricQuerySchema = z.object({
  metrics: z.array(keySchema).min(1).max(100),
  on: dateSchema.optional(),
  from: dateSchema.optional(),
  to: dateSchema.optional().describe('First day after the last period'),
  grain: z.enum(['day', 'month', 'quarter', 'year']).optional(),
  trailing: z
    .enum(['P1M', 'P3M', 'P12M'])
    .optional()
    .describe('Figures of a period cover the 1, 3 or 12 months that end with the day or period'),
  by: z
    .array(keySchema)
    .max(5)
    .default([])
    .describe(
      'Account attributes to slice by; cohort_month and months_since slice by the first payment',
    ),
  accounts: z.array(accountIdSchema).max(1000).default([]).describe('Only these accounts'),
  perAccount: z.boolean().default(false).describe('One value for each account'),
  knownAt: z
    .union([instantSchema, dateSchema])
    .optional()
    .describe('As known at this instant; a day stands for its end. Default: everything known'),
  compare: z
    .array(comparisonSchema)
    .max(2)
    .default([])
    .describe('Compare with the period before, and with the same period a year before'),
  intervals: z
    .boolean()
    .default(false)
    .describe(
      'With a 95 % interval: Wilson for proportions, bootstrap for scores, means and ratios',
    ),
  drill: z.boolean().default(false).describe('Each figure followed by the accounts that make it'),
})
export type MetricQuery = z.input<typeof metricQuerySchema>

export const metricDescriptionSchema = metricSummarySchema.extend({
  plan: z.array(textSchema).describe('What the query does, step by step'),
  uses: z
    .array(z.object({ key: keySchema, version: z.int() }))
    .describe('The metrics that it is made of'),
  yaml: z.string().nullable().describe('The file of a custom metric'),
  sql: z.string().nullable(),
  params: z.record(z.string(), z.unknown()).nullable(),
})
export type MetricDescription = z.infer<typeof metricDescriptionSchema>

/** How some figures were made: what was meant, chosen, left out, read and computed. */
export const metricExplanationSchema = z.object({
  values: z.array(metricValueSchema).describe('The figures themselves'),
  definitions: z
    .array(
      z.object({
        key: keySchema,
        version: z.int(),
        name: textSchema,
        formula: textSchema,
        measures: z
          .array(z.object({ measure: z.string(), says: textSchema }))
          .describe('What it takes from the facts'),
      }),
    )
    .describe('The definitions used, with those that they are made of'),
  settings: z
    .array(z.object({ key: z.string(), value: z.unknown(), says: textSchema, chosen: z.boolean() }))
    .describe('Settings of the workspace that the figures depend on, as they were'),
  filters: z.object({
    workspace: z.string(),
    accounts: z.array(z.string()).nullable().describe('Only these; null = all'),
    by: z.array(z.string()).describe('Attributes that the figures were cut by'),
  }),
  periods: z.array(
    z.object({
      on: dateSchema.optional(),
      start: instantSchema.describe('First instant'),
      end: instantSchema.describe('First instant that is not inside'),
    }),
  ),
  knownAt: instantSchema.describe('Facts known later had no influence'),
  askedAt: instantSchema,
  queries: z
    .array(
      z.object({
        steps: z.array(textSchema).describe('What the query does, step by step'),
        sql: z.string().describe('The query; its comments are the steps'),
        params: z.record(z.string(), z.unknown()),
        tables: z.array(z.string()).describe('Tables that it read'),
        rowsRead: z.int(),
        bytesRead: z.int(),
        elapsedMs: z.number(),
      }),
    )
    .describe('A query for each set of facts; those for the accounts of a drill-down come last'),
})
export type MetricExplanation = z.infer<typeof metricExplanationSchema>

/** What a record adds to each side of a figure. */
const contributionSchema = z.object({
  numerator: amountSchema.optional(),
  denominator: amountSchema.optional(),
})

export const metricFactsInputSchema = z.object({
  metric: keySchema,
  account: accountIdSchema,
  on: dateSchema.optional(),
  from: dateSchema.optional(),
  to: dateSchema.optional().describe('First day after the period'),
  grain: z.enum(['day', 'month', 'quarter', 'year']).optional(),
  knownAt: z.union([instantSchema, dateSchema]).optional(),
  table: z.string().optional().describe('Only records of this table'),
  withoutPart: z
    .boolean()
    .default(false)
    .describe('Also records that were looked at and add nothing'),
  limit: z.int().min(1).max(1000).default(100).describe('Records of each table'),
  offset: z.int().min(0).max(100_000).default(0),
})
export type MetricFactsQuery = z.input<typeof metricFactsInputSchema>

/** The facts behind one figure of one account, table by table. */
export const metricFactsSchema = z.object({
  value: metricValueSchema.describe("The account's figure"),
  adds: z
    .boolean()
    .describe(
      'What records add is told, and adds up to the figure; else it is no sum of its facts',
    ),
  madeOf: z
    .array(keySchema)
    .describe('Metrics that it is computed of; ask for the facts of each of these'),
  tables: z.array(
    z.object({
      table: z.string(),
      label: textSchema,
      columns: z.array(z.string()).describe('Columns that the figure depends on'),
      deletedBefore: dateSchema
        .nullable()
        .describe('Older ones, which the figure was made of as well, were deleted for their age'),
      total: z.int().describe('Records in this list, over all pages'),
      lookedAt: z.int().describe('Records that were looked at, with those that add nothing'),
      added: contributionSchema.nullable().describe('What all records of the table add together'),
      offset: z.int(),
      rows: z.array(
        z.object({
          record: z.string(),
          sourceId: z.string().describe('Its id at its source'),
          source: z.string().describe('Where it came from, such as a file'),
          knownAt: instantSchema,
          values: z.record(z.string(), z.unknown()),
          adds: contributionSchema
            .nullable()
            .describe('What it adds to those before it: money exactly'),
        }),
      ),
    }),
  ),
})
export type MetricFacts = z.infer<typeof metricFactsSchema>

export const metricExplainInputSchema = metricQuerySchema.extend({
  language: z.enum(['en', 'ja']).default('en').describe('Language of the comments of the SQL'),
})

/** What is left of the accounts that first paid in one month. */
export const cohortValueSchema = z.object({
  cohort: dateSchema.describe('First day of the month of the first payment'),
  month: z.int().describe('Whole months since that one; 0 = its own end'),
  slice: z
    .record(z.string(), z.string().nullable())
    .describe('Attributes of the accounts when they first paid, where asked for'),
  accounts: z.int().describe('Accounts of the cohort'),
  accountsRetained: z.int().describe('Those that pay at the end of the month'),
  logoRetention: z.number().nullable(),
  mrrAtFirst: moneySchema.nullable().describe('MRR of the cohort at the end of its first month'),
  mrrRetained: moneySchema
    .nullable()
    .describe("MRR of the cohort at the end of the month, at the first month's exchange rates"),
  revenueRetention: z.number().nullable(),
  currency: z.string(),
  complete: z.boolean().describe('The month has ended'),
  reason: z.string().nullable().describe('Why there is no value'),
})
export type CohortValue = z.infer<typeof cohortValueSchema>

const movementKindSchema = z.enum([
  'new',
  'reactivation',
  'expansion',
  'contraction',
  'churn',
  'fx',
])

const expansionCauseSchema = z.enum(['upgrade', 'seats', 'cross_sell', 'price', 'discount_end'])

/** One dated movement of the recurring revenue of an account. */
export const movementEventSchema = z.object({
  account: z.string(),
  on: dateSchema.describe("Day of the change in the workspace's time zone"),
  at: instantSchema.describe('The first of the changes that are one'),
  until: instantSchema.describe('The last of them; changes within 60 minutes are one'),
  kind: movementKindSchema.nullable().describe('null when an amount has no exchange rate'),
  amount: moneySchema
    .nullable()
    .describe('What moved; contraction and churn are positive, fx has the sign of its effect'),
  causes: z.partialRecord(expansionCauseSchema, moneySchema).describe('Parts of an expansion'),
  mrrBefore: moneySchema.nullable().describe('MRR of the account just before'),
  mrrAfter: moneySchema.nullable(),
  reason: z.string().nullable().describe('Why there is no amount'),
})
export type MovementEvent = z.infer<typeof movementEventSchema>

export const movementsSchema = z.object({
  events: z.array(movementEventSchema).describe('By time, then account'),
  totals: z
    .object({
      start: moneySchema.nullable(),
      new: moneySchema.nullable(),
      reactivation: moneySchema.nullable(),
      expansion: moneySchema.nullable(),
      contraction: moneySchema.nullable(),
      churn: moneySchema.nullable(),
      fx: moneySchema.nullable(),
      end: moneySchema.nullable(),
    })
    .describe('start + new + reactivation + expansion − contraction − churn + fx = end, exactly'),
  causes: z
    .record(expansionCauseSchema, moneySchema.nullable())
    .describe('What the expansion came from; adds up to it'),
  currency: z.string(),
  complete: z.boolean().describe('The period has ended'),
  knownAt: instantSchema.nullable().describe('As known at; null = everything known'),
  reason: z.string().nullable().describe('Why there is no value'),
})
export type Movements = z.infer<typeof movementsSchema>

/** A file of definitions. */
export const definitionFileSchema = z.object({
  name: z.string().min(1).max(1000).describe('Name of the file, for messages'),
  yaml: z.string().max(100_000),
})

/** Files of custom metrics, each with its name for messages. */
export const metricFilesSchema = z.array(definitionFileSchema).min(1).max(500)

export const metricChangeSchema = z.object({
  key: keySchema,
  version: z.int().describe('The version that holds afterwards'),
  name: textSchema,
  change: z
    .enum(['created', 'changed', 'follows', 'unchanged'])
    .describe('follows: a metric that it is made of has changed, so it has a new version as well'),
  file: z.string().nullable().describe('null = a metric that was there and follows'),
})
export type MetricChange = z.infer<typeof metricChangeSchema>

export const metricsAppliedSchema = z.object({
  dryRun: z.boolean(),
  metrics: z.array(metricChangeSchema),
})
export type MetricsApplied = z.infer<typeof metricsAppliedSchema>

export const metricFileSchema = z.object({
  key: keySchema,
  version: z.int(),
  yaml: z.string().describe('The file as it was applied, byte for byte'),
  createdAt: instantSchema,
  retired: z.boolean(),
})
export type MetricFile = z.infer<typeof metricFileSchema>

const failuresOfAQuestion = mayFail(
  'UNKNOWN_METRIC',
  'UNKNOWN_ATTRIBUTE',
  'UNKNOWN_ACCOUNT',
  'METRIC_HAS_NO_ACCOUNT_VALUE',
  'METRIC_HAS_NO_PORTFOLIO_VALUE',
  'BAD_PERIOD',
)

export const metricsContract = {
  list: operation('metrics:read')
    .route({ method: 'GET', path: '/metrics', summary: 'All metrics' })
    .output(z.array(metricSummarySchema)),
  describe: operation('metrics:read')
    .route({
      method: 'GET',
      path: '/metrics/{key}',
      summary: 'What a metric means and how it is made',
    })
    .input(z.object({ key: keySchema, sql: queryFlagSchema.default(false) }))
    .output(metricDescriptionSchema)
    .errors(mayFail('UNKNOWN_METRIC')),
  apply: operation('metrics:define')
    .route({
      method: 'POST',
      path: '/metrics/definitions',
      summary: 'Add metrics of your own, or new versions of them, from YAML',
    })
    .input(
      z.object({
        files: metricFilesSchema,
        dryRun: z.boolean().default(false).describe('Only tell what would change'),
      }),
    )
    .output(metricsAppliedSchema)
    .errors(mayFail('BAD_METRIC')),
  export: operation('metrics:read')
    .route({
      method: 'GET',
      path: '/metrics/definitions',
      summary: 'The files of the metrics that this workspace defines',
    })
    .input(
      z.object({
        key: keySchema.optional().describe('Only this metric'),
        versions: queryFlagSchema
          .default(false)
          .describe('Every version, retired ones included; default: those that hold'),
      }),
    )
    .output(z.array(metricFileSchema))
    .errors(mayFail('UNKNOWN_METRIC')),
  retire: operation('metrics:define')
    .route({
      method: 'POST',
      path: '/metrics/{key}/retire',
      summary: 'Offer a metric of your own no more; its versions stay readable',
    })
    .input(z.object({ key: keySchema }))
    .output(metricFileSchema)
    .errors(mayFail('UNKNOWN_METRIC', 'METRIC_BUILT_IN', 'METRIC_IN_USE')),
  query: operation('metrics:read')
    .route({ method: 'POST', path: '/metrics/query', summary: 'Values of metrics' })
    .input(metricQuerySchema)
    .output(z.array(metricValueSchema))
    .errors(failuresOfAQuestion),
  movements: operation('metrics:read')
    .route({
      method: 'GET',
      path: '/movements',
      summary: 'Movements of recurring revenue event by event, every change dated',
    })
    .input(
      z.object({
        from: dateSchema.describe('First day'),
        to: dateSchema.describe('First day after the period'),
        account: accountIdSchema.optional().describe('Only this account'),
        knownAt: z.union([instantSchema, dateSchema]).optional(),
      }),
    )
    .output(movementsSchema)
    .errors(mayFail('BAD_PERIOD', 'UNKNOWN_ACCOUNT')),
  facts: operation('metrics:read')
    .route({
      method: 'POST',
      path: '/metrics/facts',
      summary: 'The facts behind the figure of an account, and what each adds to it',
    })
    .input(metricFactsInputSchema)
    .output(metricFactsSchema)
    .errors(failuresOfAQuestion),
  explain: operation('metrics:read')
    .route({
      method: 'POST',
      path: '/metrics/explain',
      summary: 'Values of metrics, and how they were made',
    })
    .input(metricExplainInputSchema)
    .output(metricExplanationSchema)
    .errors(failuresOfAQuestion),
  cohorts: operation('metrics:read')
    .route({
      method: 'GET',
      path: '/cohorts',
      summary: 'Cohort retention: accounts by the month of their first payment, and what is left',
    })
    .input(
      z.object({
        from: dateSchema.describe('First day of the first month'),
        to: dateSchema.describe('First day after the last month'),
        by: queryKeysSchema
          .default([])
          .describe(
            'Account attributes that cut the months further, as they were at first payment',
          ),
        knownAt: z.union([instantSchema, dateSchema]).optional(),
      }),
    )
    .output(z.array(cohortValueSchema))
    .errors(mayFail('BAD_PERIOD', 'UNKNOWN_ATTRIBUTE')),
}
