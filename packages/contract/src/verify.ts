import * as z from 'zod'
import { causeSchema } from './cause.ts'
import { mayFail } from './errors.ts'
import { lampEvidenceSchema } from './lamp-evidence.ts'
import { operation } from './operation.ts'
import { horizonSchema, outcomeSchema } from './outcome.ts'
import { panelQuerySchema } from './panel.ts'
import { reportQuerySchema } from './report.ts'
import { scoreQuerySchema, scoreSchema } from './score.ts'
import { textSchema } from './text.ts'
import { dateSchema, keySchema } from './values.ts'
import { badgeSchema, checkOutcomeSchema } from './verification.ts'

export const metricEvidenceQuerySchema = z.object({
  key: keySchema,
  outcome: outcomeSchema.default('churn'),
  horizon: horizonSchema,
  from: dateSchema
    .optional()
    .describe('First day; default: when it was first known what accounts do'),
  to: dateSchema.optional().describe('Last day; default: the last one whose horizon has passed'),
})
export type MetricEvidenceQuery = z.infer<typeof metricEvidenceQuerySchema>

const areaSchema = z.object({
  value: z
    .number()
    .describe(
      'Of an account with the outcome and one without, how often the first is the worse off',
    ),
  low: z
    .number()
    .nullable()
    .describe('Lower end of the 95 % interval (DeLong, clustered by account)'),
  high: z.number().nullable(),
  events: z.int().describe('Rows with the outcome'),
  nonEvents: z.int(),
})

export const metricEvidenceSchema = z.object({
  metric: keySchema,
  version: z.int(),
  name: textSchema,
  outcome: outcomeSchema,
  horizonDays: z.int(),
  days: z.array(dateSchema).describe('The month ends that were judged; one row for each account'),
  pastDays: z.array(dateSchema).describe('The earlier ones, from which the direction is taken'),
  rows: z.int().describe('Rows judged'),
  accounts: z.int().describe('Accounts in them'),
  accountsWithOutcome: z.int(),
  leftOut: z.int().describe('Rows without a value of the metric or without a known outcome'),
  direction: z
    .enum(['higher', 'lower'])
    .nullable()
    .describe('Whether higher or lower values are held to go before the outcome'),
  directionFrom: z.enum(['past', 'definition']).nullable(),
  auc: areaSchema.nullable(),
  averagePrecision: z
    .object({ value: z.number(), base: z.number().describe('The share of rows with the outcome') })
    .nullable(),
  lift: z.array(
    z.object({
      group: z.int().describe('1 = the fifth of rows most at risk by the metric'),
      n: z.int(),
      events: z.number(),
      rate: z.number(),
      lift: z.number(),
    }),
  ),
  bins: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      n: z.int().describe('Rows'),
      accounts: z.int(),
      events: z.int(),
      rate: z.number(),
      low: z.number().nullable().describe('95 % interval by drawing accounts again'),
      high: z.number().nullable(),
    }),
  ),
  leadTime: z
    .array(
      z.object({
        days: z.int().describe('Lost in the 30 days that begin so many days later'),
        auc: areaSchema.nullable(),
        reason: textSchema.nullable(),
      }),
    )
    .describe('How early it tells; for churn only'),
  power: z.object({
    smallestAuc: z.number().nullable().describe('What 4 of 5 such histories would have shown'),
    reason: textSchema.nullable(),
  }),
  verdict: z
    .enum(['separates', 'no_relation_seen', 'turned_round', 'cannot_tell'])
    .describe('Whether the values go before the outcome'),
  reasons: z.array(textSchema).describe('Why it cannot be told'),
  says: textSchema.describe('What it means; whether it is a cause stands under cause'),
  cause: causeSchema,
  limits: z.array(textSchema),
})
export type MetricEvidence = z.infer<typeof metricEvidenceSchema>

export const evidenceContract = {
  badges: operation('lamps:read')
    .route({
      method: 'GET',
      path: '/evidence/badges',
      summary:
        'Whether each lamp, and each metric in use, was verified on this data, and what came of it',
    })
    .output(z.array(badgeSchema)),
  check: operation('evidence:read')
    .route({
      method: 'POST',
      path: '/evidence/check',
      summary: 'Verify lamps and the metrics in use anew, and keep what comes of it',
    })
    .input(
      z.object({
        all: z
          .boolean()
          .default(false)
          .describe('Also what was verified within the last week, in the version that holds'),
      }),
    )
    .output(checkOutcomeSchema),
  lamps: operation('evidence:read')
    .route({ method: 'GET', path: '/evidence/lamps', summary: 'Whether each lamp announces churn' })
    .output(z.array(lampEvidenceSchema)),
  lamp: operation('evidence:read')
    .route({
      method: 'GET',
      path: '/evidence/lamps/{key}',
      summary: 'Whether a lamp announces churn',
    })
    .input(z.object({ key: keySchema }))
    .output(lampEvidenceSchema)
    .errors(mayFail('UNKNOWN_LAMP')),
  metric: operation('evidence:read')
    .route({
      method: 'GET',
      path: '/evidence/metrics/{key}',
      summary: 'Whether a metric goes before an outcome, on the later part of the history',
    })
    .input(metricEvidenceQuerySchema)
    .output(metricEvidenceSchema)
    .errors(mayFail('UNKNOWN_METRIC', 'METRIC_HAS_NO_ACCOUNT_VALUE', 'BAD_PERIOD')),
  score: operation('evidence:read')
    .route({
      method: 'GET',
      path: '/evidence/score',
      summary:
        'A score learned from all metrics, offered only when it beats the best of them alone',
    })
    .input(scoreQuerySchema)
    .output(scoreSchema)
    .errors(mayFail('UNKNOWN_METRIC', 'METRIC_HAS_NO_ACCOUNT_VALUE', 'BAD_PERIOD')),
  report: operation('evidence:read', 'export')
    .route({
      method: 'POST',
      path: '/evidence/report',
      summary: 'The evidence of metrics, score and lamps as one HTML file with plots',
    })
    .input(reportQuerySchema)
    .output(z.file().describe('One HTML file that needs nothing else'))
    .errors(mayFail('UNKNOWN_METRIC', 'METRIC_HAS_NO_ACCOUNT_VALUE', 'BAD_PERIOD')),
  panel: operation('evidence:read', 'export')
    .route({
      method: 'POST',
      path: '/evidence/panel',
      summary: 'Accounts by days, with metrics as known then and what followed, as a file',
    })
    .input(panelQuerySchema)
    .output(z.file().describe('A Parquet or CSV file'))
    .errors(
      mayFail('UNKNOWN_METRIC', 'UNKNOWN_ATTRIBUTE', 'METRIC_HAS_NO_ACCOUNT_VALUE', 'BAD_PERIOD'),
    ),
}
