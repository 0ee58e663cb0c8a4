import * as z from 'zod'
import { mayFail } from './errors.ts'
import { metricFilesSchema, metricUnitSchema } from './metrics.ts'
import { operation } from './operation.ts'
import { textSchema } from './text.ts'
import { dateSchema, instantSchema, keySchema, queryFlagSchema } from './values.ts'
import { verificationSchema } from './verification.ts'

/** What is found of a KPI, by kind. */
export const goalFindingKinds = [
  'no_lever',
  'decided_before',
  'beyond_history',
  'never_verified',
  'verified_long_ago',
  'not_verifiable',
  'no_relation',
  'reversed',
  'explained_otherwise',
  'follows_risk',
  'relation_faded',
  'unproven',
  'definition_changed',
  'too_many_goals',
] as const
export const goalFindingKindSchema = z.enum(goalFindingKinds)
export type GoalFindingKind = z.infer<typeof goalFindingKindSchema>

export const goalFindingSchema = z.object({
  kind: goalFindingKindSchema,
  severity: z
    .enum(['trap', 'warning', 'open'])
    .describe('trap: the data speak against it; warning: look at it; open: it cannot be told yet'),
  says: textSchema.describe('What was found, with the evidence in numbers'),
  wayOut: textSchema.describe('What to do about it'),
})
export type GoalFinding = z.infer<typeof goalFindingSchema>

export const goalSchema = z.object({
  key: keySchema,
  version: z.int(),
  name: textSchema,
  parent: keySchema.nullable().describe('The goal that it serves; null = a KGI'),
  depth: z.int().describe('0 = a KGI'),
  why: textSchema.nullable().describe('How it serves its parent'),
  metric: keySchema,
  metricName: textSchema,
  metricVersion: z.int(),
  unit: metricUnitSchema,
  currency: z.string().nullable(),
  slice: z.record(z.string(), z.string()).describe('Only accounts with these attributes'),
  owner: z.string(),
  from: dateSchema,
  due: dateSchema.describe('The last day'),
  baseline: z.number().nullable(),
  baselineMeasured: z.boolean().describe('Taken from the facts, the day before the first'),
  target: z.number(),
  value: z.number().nullable().describe('Now, or on its last day when that is over'),
  reason: z.string().nullable().describe('Why there is no value'),
  attainment: z.number().nullable().describe('(value − baseline) ÷ (target − baseline)'),
  expected: z.number().nullable().describe('Value on the straight line from baseline to target'),
  expectedAttainment: z.number().nullable().describe('Share of the time that is over'),
  forecast: z
    .object({
      value: z.number(),
      low: z.number(),
      high: z.number(),
      changes: z.int().describe('Monthly changes that it rests on'),
      reaches: z
        .enum(['likely', 'possible', 'unlikely'])
        .describe('Whether the 95 % interval is beyond the target, holds it, or falls short of it'),
    })
    .nullable(),
  noForecast: textSchema.nullable().describe('Why there is no forecast'),
  state: z.enum(['not_begun', 'reached', 'on_course', 'behind', 'missed', 'no_value']),
  offCourse: z.boolean().describe('Behind, and not likely to be reached'),
  tell: z.array(z.string()).describe('Who is told when it leaves its course'),
  levers: z.array(keySchema).describe('Lamps that are about its metric, and those that it names'),
  says: textSchema.describe('How it stands, in a sentence'),
})
export type Goal = z.infer<typeof goalSchema>

export const goalNoticeSchema = z.object({
  goal: keySchema,
  name: textSchema,
  leftOn: dateSchema.describe('The day on which it was found off its course'),
  at: instantSchema,
  told: z.array(z.string()).describe('Its owner, and those under tell'),
  says: textSchema.describe('How it stood then, in a sentence'),
  endedOn: dateSchema.nullable().describe('null = it is off its course still'),
  ending: z.enum(['returned', 'over', 'retired']).nullable(),
})
export type GoalNotice = z.infer<typeof goalNoticeSchema>

export const goalsFollowedSchema = z.object({
  goals: z.int().describe('Goals that were looked at'),
  left: z.array(keySchema).describe('Those that left their course'),
  ended: z.array(keySchema).describe('Those of which that is no longer so'),
})
export type GoalsFollowed = z.infer<typeof goalsFollowedSchema>

export const goalCourseSchema = z.object({
  key: keySchema,
  points: z.array(
    z.object({
      on: dateSchema,
      value: z.number().nullable(),
      expected: z.number().nullable().describe('null before it begins'),
    }),
  ),
})
export type GoalCourse = z.infer<typeof goalCourseSchema>

export const goalCheckSchema = z.object({
  key: keySchema,
  name: textSchema,
  metric: keySchema,
  findings: z.array(goalFindingSchema),
  verification: verificationSchema.nullable().describe('The last one'),
})
export type GoalCheck = z.infer<typeof goalCheckSchema>

export const goalFileSchema = z.object({
  key: keySchema,
  version: z.int(),
  yaml: z.string().describe('The file as it was applied, byte for byte'),
  createdAt: instantSchema,
  retired: z.boolean(),
})
export type GoalFile = z.infer<typeof goalFileSchema>

export const goalsAppliedSchema = z.object({
  dryRun: z.boolean(),
  goals: z.array(
    z.object({
      key: keySchema,
      version: z.int(),
      name: textSchema,
      change: z.enum(['created', 'changed', 'unchanged']),
      file: z.string(),
    }),
  ),
})
export type GoalsApplied = z.infer<typeof goalsAppliedSchema>

export const goalsContract = {
  list: operation('goals:read')
    .route({
      method: 'GET',
      path: '/goals',
      summary: 'The tree of goals: where each stands, and where it will be when it is due',
    })
    .input(z.object({ offCourse: queryFlagSchema.default(false).describe('Only those') }))
    .output(z.array(goalSchema)),
  notices: operation('goals:read')
    .route({
      method: 'GET',
      path: '/goals/notices',
      summary: 'Which goals left their course, and who was told',
    })
    .output(z.array(goalNoticeSchema)),
  follow: operation('goals:define')
    .route({
      method: 'POST',
      path: '/goals/follow',
      summary: 'Look at all goals, and tell of those that left their course; done every night',
    })
    .output(goalsFollowedSchema),
  course: operation('goals:read')
    .route({
      method: 'GET',
      path: '/goals/{key}/course',
      summary: 'The way of a goal, month by month, beside the expected course',
    })
    .input(z.object({ key: keySchema }))
    .output(goalCourseSchema)
    .errors(mayFail('UNKNOWN_GOAL')),
  check: operation('evidence:read')
    .route({
      method: 'GET',
      path: '/goals/check',
      summary: 'The traps of the KPIs, each with the evidence and a way out',
    })
    .input(z.object({ key: keySchema.optional().describe('Only this goal') }))
    .output(z.array(goalCheckSchema))
    .errors(mayFail('UNKNOWN_GOAL')),
  // Its evidence is of all accounts.
  verify: operation('evidence:read')
    .route({
      method: 'POST',
      path: '/goals/verify',
      summary: 'Ask this company’s data anew whether each KPI has to do with its KGI',
    })
    .input(z.object({ key: keySchema.optional().describe('Only this goal') }))
    .output(z.array(goalCheckSchema))
    .errors(mayFail('UNKNOWN_GOAL')),
  apply: operation('goals:define')
    .route({
      method: 'POST',
      path: '/goals/files',
      summary: 'Add goals, or new versions of them, from YAML',
    })
    .input(
      z.object({
        files: metricFilesSchema,
        dryRun: z.boolean().default(false).describe('Only tell what would change'),
      }),
    )
    .output(goalsAppliedSchema)
    .errors(mayFail('BAD_GOAL')),
  export: operation('goals:read')
    .route({ method: 'GET', path: '/goals/files', summary: 'The files of the goals' })
    .input(
      z.object({
        key: keySchema.optional().describe('Only this goal'),
        versions: queryFlagSchema.default(false).describe('Every version, retired ones included'),
      }),
    )
    .output(z.array(goalFileSchema))
    .errors(mayFail('UNKNOWN_GOAL')),
  retire: operation('goals:define')
    .route({ method: 'POST', path: '/goals/{key}/retire', summary: 'Follow a goal no more' })
    .input(z.object({ key: keySchema }))
    .output(goalFileSchema)
    .errors(mayFail('UNKNOWN_GOAL', 'GOAL_IN_USE')),
}
