import * as z from 'zod'
import { horizonSchema, outcomeSchema } from './outcome.ts'
import { textSchema } from './text.ts'
import { dateSchema, keySchema } from './values.ts'

export const scoreQuerySchema = z.object({
  outcome: outcomeSchema.default('churn'),
  horizon: horizonSchema,
  against: keySchema
    .optional()
    .describe('A metric that it must beat as well, such as a score made by hand'),
  from: dateSchema.optional(),
  to: dateSchema.optional(),
})
export type ScoreQuery = z.infer<typeof scoreQuerySchema>

const areaSchema = z.object({
  auc: z.number(),
  low: z.number().nullable().describe('Lower end of the 95 % interval, clustered by account'),
  high: z.number().nullable(),
})

const rivalSchema = areaSchema.extend({
  metric: keySchema,
  name: textSchema,
  difference: z.number().describe('AUC of the score less that of the metric'),
  differenceLow: z.number().nullable(),
  differenceHigh: z.number().nullable(),
  isBeaten: z.boolean(),
})

export const scoreSchema = z.object({
  outcome: outcomeSchema,
  horizonDays: z.int(),
  verdict: z
    .enum(['offered', 'not_offered', 'cannot_tell'])
    .describe('Offered only when it beats the best single metric on what it had not seen'),
  says: textSchema,
  reasons: z.array(textSchema),
  card: z.object({
    fittedOn: z.object({ from: dateSchema.nullable(), to: dateSchema.nullable() }),
    judgedOn: z.object({ from: dateSchema.nullable(), to: dateSchema.nullable() }),
    rows: z.int().describe('Rows judged: accounts by month ends, no notice given'),
    accounts: z.int(),
    accountsWithOutcome: z.int(),
    score: areaSchema.nullable().describe('On later months, by models that never saw the account'),
    rivals: z.array(rivalSchema),
    calibration: z
      .object({
        slope: z.number().nullable().describe('1 is right; below it predictions are too extreme'),
        intercept: z.number().nullable(),
        observedToExpected: z.number(),
        brier: z.number(),
        brierOfBase: z.number(),
        bins: z.array(
          z.object({
            n: z.int(),
            events: z.int(),
            predicted: z.number(),
            rate: z.number(),
            low: z.number(),
            high: z.number(),
          }),
        ),
      })
      .nullable(),
    groups: z
      .array(
        areaSchema.extend({
          attribute: z.string(),
          kind: z.string(),
          accountsWithOutcome: z.int(),
          isWorse: z.boolean(),
        }),
      )
      .describe('How well it separates within groups of accounts'),
  }),
  parts: z
    .array(
      z.object({
        metric: keySchema,
        name: textSchema,
        direction: z.enum(['rising', 'falling']).describe('Of the risk as the metric rises'),
        weight: z.number(),
        informationValue: z.number(),
        drift: z.number().nullable().describe('Population stability index against today'),
        driftLevel: z.enum(['steady', 'shifting', 'changed']).nullable(),
      }),
    )
    .describe('The metrics in it; none when it is not offered'),
  on: dateSchema.nullable().describe('Day of the scores'),
  base: z.number().nullable().describe('Log odds that all accounts start from'),
  accounts: z
    .array(
      z.object({
        accountId: z.string(),
        risk: z.number().describe('Probability of the outcome within the horizon'),
        health: z.int().describe('100 less the risk in percent'),
        logOdds: z.number().describe('base and all contributions added up'),
        contributions: z.array(
          z.object({ metric: keySchema, value: z.number().nullable(), logOdds: z.number() }),
        ),
      }),
    )
    .describe('Every paying account, most at risk first; none when it is not offered'),
})
export type LearnedScore = z.infer<typeof scoreSchema>
