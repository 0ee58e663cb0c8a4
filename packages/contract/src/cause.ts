import * as z from 'zod'
import { textSchema } from './text.ts'
import { dateSchema } from './values.ts'

/** What a metric is to an outcome, from the weakest claim that the data allow. */
export const causeVerdictSchema = z
  .enum(['leads', 'leads_but_does_not_drive', 'follows', 'no_relation_seen', 'cannot_tell'])
  .describe(
    'leads: goes before the outcome, and where an even action moved it the outcome moved; leads_but_does_not_drive: goes before it, and accounts in which it changed fared no differently; follows: moves after the signs of risk',
  )
export type CauseVerdict = z.infer<typeof causeVerdictSchema>

const intervalSchema = {
  low: z.number().nullable().describe('Lower end of the 95 % interval'),
  high: z.number().nullable(),
}

export const causeEffectSchema = z.object({
  method: z.enum(['crude', 'standardised', 'weighted', 'doubly_robust']),
  n: z.int(),
  rateAbove: z.number().nullable().describe('Share with the outcome had all been above the mark'),
  rateOther: z.number().nullable().describe('Share with the outcome had none been above it'),
  ratio: z.number().nullable().describe('The first to the second'),
  ...intervalSchema,
  p: z.number().nullable().describe('Of the difference of the two shares'),
  reason: textSchema.nullable(),
})

const checkSchema = z
  .enum(['supports', 'contradicts', 'silent'])
  .describe('What it says of the adjusted effect; silent: too few to tell')

export const causeSchema = z.object({
  verdict: causeVerdictSchema,
  says: textSchema.describe('The verdict with its reasons, in a paragraph'),
  advice: textSchema.describe(
    'What to do. Never to push a metric whose effect is not supported by the data',
  ),
  mark: z
    .number()
    .nullable()
    .describe('Accounts above this value are held against the others; the median where it divides'),
  rows: z.int().describe('Rows held against each other: 90 days paying, no notice given'),
  accounts: z.int(),
  accountsWithOutcome: z.int(),
  rowsAbove: z.int(),
  adjustedFor: z.array(
    z.object({
      name: z.string().describe('A metric as it was a month before, or paying_days'),
      before: z.number().nullable().describe('Standardised difference of the two groups'),
      after: z.number().nullable().describe('The same when weighted'),
    }),
  ),
  effects: z.array(causeEffectSchema),
  overlap: z
    .object({
      outside: z.number().describe('Share of rows without a counterpart in the other group'),
      trimmed: z.int().describe('Rows left out because their weight would outweigh the others'),
      largestWeight: z.number(),
    })
    .nullable(),
  eValue: z
    .object({
      point: z
        .number()
        .describe(
          'How strongly something unknown would have to go with both, as a ratio of risks, to explain the effect away',
        ),
      interval: z.number().nullable().describe('The same for the end of the interval'),
    })
    .nullable(),
  starters: z
    .object({
      rows: z.int(),
      starting: z.int().describe('Rows on which an account went above the mark'),
      startingWithOutcome: z.int(),
      ratio: z.number().nullable(),
      ...intervalSchema,
      check: checkSchema,
      reason: textSchema.nullable(),
    })
    .describe('Accounts that just went above the mark, against those that could have and did not'),
  withinAccount: z
    .object({
      difference: z.number().nullable().describe('Of the share with the outcome'),
      ...intervalSchema,
      changing: z.int().describe('Accounts that were on both sides of the mark'),
      reason: textSchema.nullable(),
    })
    .describe('Each account against itself at other times, months held equal'),
  signals: z
    .array(
      z.object({
        signal: z.string(),
        leads: z.number().describe('What the metric says of the signal a month later'),
        leadsP: z.number(),
        follows: z.number().describe('What the signal says of the metric a month later'),
        followsP: z.number(),
        isFollowed: z.boolean(),
      }),
    )
    .describe('In standard deviations, beyond what each says of itself'),
  actions: z
    .array(
      z.object({
        action: z.string().describe('Subject of the touchpoints'),
        landmarkDays: z.int().describe('Accounts are watched from so many days after their start'),
        accounts: z.int(),
        without: z.int(),
        raisesBy: z.number().describe('Later value of the metric, in standard deviations'),
        hazardRatio: z.number().describe('Of being lost, with the action to without'),
        ...intervalSchema,
        check: checkSchema,
      }),
    )
    .describe('What was done evenly to accounts of every kind and moved the metric'),
  through: dateSchema.nullable(),
})
export type Cause = z.infer<typeof causeSchema>
