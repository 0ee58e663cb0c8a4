import * as z from 'zod'
import { mayFail } from './errors.ts'
import { definitionFileSchema, metricFilesSchema, metricUnitSchema } from './metrics.ts'
import { operation } from './operation.ts'
import { horizonSchema } from './outcome.ts'
import { textSchema } from './text.ts'
import {
  accountIdSchema,
  dateSchema,
  instantSchema,
  keySchema,
  moneySchema,
  queryFlagSchema,
} from './values.ts'

export const healthBandSchema = z.enum(['red', 'yellow', 'green'])
export type HealthBand = z.infer<typeof healthBandSchema>

/** Points with two decimals, exact: such as "48.25". */
export const pointsSchema = z
  .string()
  .regex(/^-?\d+\.\d{2}$/)
  .describe('Exact decimal with two digits')

export const bandsSchema = z.object({ yellowFrom: z.number(), greenFrom: z.number() })

export const scorecardSummarySchema = z.object({
  key: keySchema,
  version: z.int(),
  name: textSchema,
  order: z.int().describe('Tried from the lowest on; the first that fits an account counts'),
  when: z.string().nullable().describe('CEL; null = all accounts'),
  says: textSchema.describe('Which accounts it is for, in words'),
  builtIn: z.boolean().describe('The version that every workspace has from the start'),
  problems: z
    .array(textSchema)
    .describe('Why it scores nobody now: what it names is not there any more'),
  measures: z.array(
    z.object({
      key: keySchema,
      name: textSchema,
      metric: keySchema,
      groups: z.array(textSchema),
      share: z.number().describe('Its share of the weight of the scorecard'),
    }),
  ),
})
export type ScorecardSummary = z.infer<typeof scorecardSummarySchema>

export const scorecardFileSchema = z.object({
  key: keySchema,
  version: z.int(),
  yaml: z.string().describe('The file as it was applied, byte for byte'),
  createdAt: instantSchema.nullable().describe('null = built in'),
  retired: z.boolean(),
})
export type ScorecardFile = z.infer<typeof scorecardFileSchema>

export const scorecardChangeSchema = z.object({
  key: keySchema,
  version: z.int().describe('The version that holds afterwards'),
  name: textSchema,
  change: z.enum(['created', 'changed', 'unchanged']),
  file: z.string(),
})
export const scorecardsAppliedSchema = z.object({
  dryRun: z.boolean(),
  scorecards: z.array(scorecardChangeSchema),
})
export type ScorecardsApplied = z.infer<typeof scorecardsAppliedSchema>

export const healthOverrideSchema = z.object({
  account: accountIdSchema,
  score: z.number(),
  band: healthBandSchema,
  reason: z.string(),
  setAt: instantSchema,
  setBy: z.string().nullable().describe('The name of who set it; null for a program'),
  endsOn: dateSchema.describe('The last day on which it counts'),
  withdrawnAt: instantSchema.nullable(),
  state: z.enum(['counts', 'ended', 'withdrawn']),
})
export type HealthOverride = z.infer<typeof healthOverrideSchema>

const scoredSchema = z.object({
  score: z.number().nullable().describe('In force: set by hand, or computed; null = no score'),
  band: healthBandSchema.nullable(),
  computed: z.number().nullable().describe('As the scorecard computes it'),
  computedBand: healthBandSchema.nullable(),
  coverage: z
    .number()
    .nullable()
    .describe('Share of the weights whose measures have a value; under half there is no score'),
  scorecard: keySchema.nullable().describe('null = none fits'),
})

export const healthAccountSchema = scoredSchema.extend({
  account: accountIdSchema,
  name: z.string(),
  owner: z.string().nullable(),
  mrr: moneySchema.nullable(),
  override: healthOverrideSchema.nullable(),
})
export type HealthAccount = z.infer<typeof healthAccountSchema>

const bandCountsSchema = z.object({
  red: z.int(),
  yellow: z.int(),
  green: z.int(),
  none: z.int().describe('Accounts without a score'),
})
export type BandCounts = z.infer<typeof bandCountsSchema>

export const healthOverviewSchema = z.object({
  on: dateSchema,
  version: z.int().describe('Version of the health score: of all scorecards together'),
  bands: bandsSchema,
  counts: bandCountsSchema,
  currency: z.string(),
  total: z.int(),
  accounts: z.array(healthAccountSchema).describe('The lowest scores first'),
})
export type HealthOverview = z.infer<typeof healthOverviewSchema>

export const contributionSchema = z.object({
  key: keySchema,
  name: textSchema,
  metric: keySchema.nullable().describe('null = what was set by hand'),
  groups: z.array(textSchema),
  share: z.number().describe('Its share of the weight of the scorecard'),
  value: z.number().nullable(),
  unit: metricUnitSchema.nullable(),
  shown: textSchema.describe('The value, for people'),
  points: pointsSchema.nullable().describe('Its own points, 0 to 100; null without a value'),
  adds: pointsSchema.nullable().describe('What it adds; all of these add up to the score exactly'),
})
export type Contribution = z.infer<typeof contributionSchema>

export const movedSchema = z.object({
  key: keySchema,
  name: textSchema,
  moved: pointsSchema.describe('What it adds now, less what it added then'),
  from: textSchema.describe('The value then, for people'),
  to: textSchema,
  facts: z
    .array(
      z.object({
        table: z.string(),
        label: textSchema,
        came: z.int().describe('Records that the value is made of now and was not then'),
        went: z.int().describe('Records that it was made of then and is not now'),
        more: z.boolean().describe('There are more than were looked at'),
        rows: z
          .array(
            z.object({
              record: z.string(),
              sourceId: z.string(),
              source: z.string(),
              change: z.enum(['came', 'went']),
              knownAt: instantSchema,
              values: z.record(z.string(), z.unknown()),
            }),
          )
          .describe('The newest of them'),
      }),
    )
    .describe('The facts that moved it'),
})
export type Moved = z.infer<typeof movedSchema>

export const healthExplanationSchema = scoredSchema.extend({
  account: accountIdSchema,
  name: z.string(),
  on: dateSchema,
  version: z.int(),
  bands: bandsSchema,
  scorecardName: textSchema.nullable(),
  scorecardVersion: z.int().nullable(),
  shown: pointsSchema
    .nullable()
    .describe('The score rounded down to hundredths, to which the contributions add up'),
  override: healthOverrideSchema.nullable(),
  contributions: z.array(contributionSchema),
  since: z.object({
    on: dateSchema,
    score: z.number().nullable(),
    shown: pointsSchema.nullable(),
    band: healthBandSchema.nullable(),
    scorecard: keySchema.nullable(),
    moved: z
      .array(movedSchema)
      .describe('The greatest moves first; they add up to the change of the score exactly'),
  }),
  says: textSchema.describe('The score and what moved it, in a sentence'),
})
export type HealthExplanation = z.infer<typeof healthExplanationSchema>

export const healthHistorySchema = z.object({
  account: accountIdSchema,
  under: z.enum(['then', 'now']),
  says: textSchema.describe('What the history shows, in a sentence'),
  points: z.array(
    scoredSchema.extend({
      on: dateSchema,
      version: z.int().describe('Version of the health score that made it'),
      scorecardVersion: z.int().nullable(),
    }),
  ),
})
export type HealthHistory = z.infer<typeof healthHistorySchema>

const onHistorySchema = z.object({
  verdict: z.string(),
  auc: z
    .object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })
    .nullable()
    .describe('Of an account that was lost and one that was not, how often the first scored lower'),
  rows: z.int(),
  accountsWithOutcome: z.int(),
  says: textSchema,
})

export const healthPreviewSchema = z.object({
  on: dateSchema,
  scorecards: scorecardsAppliedSchema.shape.scorecards,
  retired: z.array(keySchema),
  bands: bandsSchema,
  before: bandCountsSchema,
  after: bandCountsSchema,
  changed: z.int().describe('Accounts whose score, band or scorecard would change'),
  accounts: z
    .array(
      z.object({
        account: accountIdSchema,
        name: z.string(),
        mrr: moneySchema.nullable(),
        before: scoredSchema,
        after: scoredSchema,
      }),
    )
    .describe('These accounts; changes of band first, by recurring revenue'),
  history: z
    .object({ horizonDays: z.int(), before: onHistorySchema, after: onHistorySchema })
    .nullable()
    .describe('How either would have told lost accounts from others; where asked for'),
})
export type HealthPreview = z.infer<typeof healthPreviewSchema>

export const healthContract = {
  scorecards: operation('metrics:read')
    .route({
      method: 'GET',
      path: '/health/scorecards',
      summary: 'The scorecards in force, in the order in which they are tried',
    })
    .output(z.array(scorecardSummarySchema)),
  apply: operation('metrics:define')
    .route({
      method: 'POST',
      path: '/health/scorecards',
      summary: 'Add scorecards, or new versions of them, from YAML',
    })
    .input(
      z.object({
        files: metricFilesSchema,
        dryRun: z.boolean().default(false).describe('Only tell what would change'),
      }),
    )
    .output(scorecardsAppliedSchema)
    .errors(mayFail('BAD_SCORECARD')),
  export: operation('metrics:read')
    .route({
      method: 'GET',
      path: '/health/scorecards/files',
      summary: 'The files of the scorecards',
    })
    .input(
      z.object({
        key: keySchema.optional().describe('Only this scorecard'),
        versions: queryFlagSchema
          .default(false)
          .describe('Every version, retired ones included; default: those in force'),
      }),
    )
    .output(z.array(scorecardFileSchema))
    .errors(mayFail('UNKNOWN_SCORECARD')),
  retire: operation('metrics:define')
    .route({
      method: 'POST',
      path: '/health/scorecards/{key}/retire',
      summary: 'Score nobody by a scorecard any more; its versions stay',
    })
    .input(z.object({ key: keySchema }))
    .output(scorecardFileSchema)
    .errors(mayFail('UNKNOWN_SCORECARD')),
  // It tells of all accounts, and of their history.
  preview: operation('evidence:read')
    .route({
      method: 'POST',
      path: '/health/preview',
      summary: 'What changed scorecards would do to all accounts, before they are saved',
    })
    .input(
      z.object({
        files: z.array(definitionFileSchema).max(500).default([]),
        retire: z.array(keySchema).max(100).default([]),
        history: z
          .boolean()
          .default(false)
          .describe('Also how it would have done on history, which takes longer'),
        horizon: horizonSchema,
      }),
    )
    .output(healthPreviewSchema)
    .errors(mayFail('BAD_SCORECARD', 'UNKNOWN_SCORECARD')),
  overview: operation('metrics:read')
    .route({ method: 'GET', path: '/health', summary: 'The health of all accounts' })
    .input(
      z.object({
        on: dateSchema.optional().describe('At the end of this day; default: today'),
        band: healthBandSchema.or(z.literal('none')).optional().describe('Only these'),
        limit: z.coerce.number().int().min(1).max(10_000).default(100),
        offset: z.coerce.number().int().min(0).default(0),
      }),
    )
    .output(healthOverviewSchema)
    .errors(mayFail('BAD_PERIOD')),
  explain: operation('metrics:read')
    .route({
      method: 'GET',
      path: '/health/accounts/{account}',
      summary: 'The health score of an account, what makes it, and what moved it since a day',
    })
    .input(
      z.object({
        account: accountIdSchema,
        on: dateSchema.optional().describe('At the end of this day; default: today'),
        since: dateSchema.optional().describe('Default: 7 days before'),
      }),
    )
    .output(healthExplanationSchema)
    .errors(mayFail('UNKNOWN_ACCOUNT', 'BAD_PERIOD')),
  history: operation('metrics:read')
    .route({
      method: 'GET',
      path: '/health/accounts/{account}/history',
      summary: 'The health score of an account over time, each day as known at its end',
    })
    .input(
      z.object({
        account: accountIdSchema,
        from: dateSchema.optional().describe('First day; default: a year before'),
        to: dateSchema.optional().describe('Last day; default: today'),
        every: z.enum(['day', 'week', 'month']).default('week'),
        under: z
          .enum(['then', 'now'])
          .default('then')
          .describe('By the scorecards in force on each day, or by those of now'),
      }),
    )
    .output(healthHistorySchema)
    .errors(mayFail('UNKNOWN_ACCOUNT', 'BAD_PERIOD')),
  overrides: operation('metrics:read')
    .route({
      method: 'GET',
      path: '/health/overrides',
      summary: 'Scores that were set by hand, newest first',
    })
    .input(
      z.object({
        account: accountIdSchema.optional(),
        all: queryFlagSchema.default(false).describe('Also those that ended or were taken back'),
      }),
    )
    .output(z.array(healthOverrideSchema)),
  override: operation('lamps:act')
    .route({
      method: 'POST',
      path: '/health/overrides',
      summary: 'Set the score of an account by hand, with a reason and an end date',
    })
    .input(
      z.object({
        account: accountIdSchema,
        score: z
          .number()
          .min(0)
          .max(100)
          .refine((score) => Math.abs(score * 100 - Math.round(score * 100)) < 1e-9, {
            error: 'has two decimals at most',
          }),
        reason: z.string().trim().min(1).max(2000),
        until: dateSchema.describe('The last day on which it counts; a year ahead at most'),
      }),
    )
    .output(healthOverrideSchema)
    .errors(mayFail('UNKNOWN_ACCOUNT')),
  withdraw: operation('lamps:act')
    .route({
      method: 'POST',
      path: '/health/overrides/withdraw',
      summary: 'Take back a score that was set by hand',
    })
    .input(z.object({ account: accountIdSchema }))
    .output(healthOverrideSchema)
    .errors(mayFail('UNKNOWN_ACCOUNT', 'NO_OVERRIDE')),
}
