import * as z from 'zod'
import { mayFail } from './errors.ts'
import { lampEvidenceSchema } from './lamp-evidence.ts'
import { operation } from './operation.ts'
import { textSchema } from './text.ts'
import {
  accountIdSchema,
  dateSchema,
  instantSchema,
  keySchema,
  moneySchema,
  queryFlagSchema,
} from './values.ts'

export const severitySchema = z.enum(['info', 'warning', 'critical'])
export type Severity = z.infer<typeof severitySchema>

export const lampStateNameSchema = z.enum(['off', 'lit', 'acting', 'snoozed'])
export type LampStateName = z.infer<typeof lampStateNameSchema>

export const lampCauseSchema = z.object({
  key: keySchema.describe('The family of metrics that it is about'),
  name: textSchema,
})
export type LampCause = z.infer<typeof lampCauseSchema>

export const lampDefinitionSchema = z.object({
  key: keySchema,
  version: z.int(),
  name: textSchema,
  condition: z.string().describe('CEL'),
  off: z.string().nullable().describe('CEL; null = goes out when the condition no longer holds'),
  says: textSchema.describe('The condition in words'),
  holdDays: z.int(),
  severity: severitySchema,
  cause: lampCauseSchema.nullable(),
  escalates: textSchema
    .nullable()
    .describe('After how long without anybody acting, and before whom it is brought then'),
  todo: z.object({ title: textSchema, body: textSchema, dueDays: z.int() }),
})
export type LampDefinition = z.infer<typeof lampDefinitionSchema>

export const taskSchema = z.object({
  id: z.string(),
  title: textSchema,
  body: textSchema,
  owner: z.string().nullable(),
  dueOn: dateSchema,
  state: z.enum(['open', 'started', 'done', 'cancelled']),
})
export type Task = z.infer<typeof taskSchema>

export const lampUrgencySchema = z.object({
  points: z.int().describe('0 to 100: the sum of the parts'),
  severity: z.int().describe('critical 50, warning 30, info 10'),
  revenue: z
    .int()
    .nullable()
    .describe('30 × MRR ÷ (MRR + the mean MRR of a customer), rounded down; null = not known'),
  renewal: z
    .int()
    .nullable()
    .describe('20 × (90 − days to renewal) ÷ 90, rounded down; null = not known'),
  daysToRenewal: z.number().nullable(),
})
export type LampUrgency = z.infer<typeof lampUrgencySchema>

export const lampStateSchema = z.object({
  account: accountIdSchema,
  accountName: z.string(),
  lamp: keySchema,
  lampVersion: z.int(),
  name: textSchema,
  severity: severitySchema,
  urgency: lampUrgencySchema.describe('Severity weighed by recurring revenue and renewal'),
  outcome: z.enum(['churn', 'expansion']).describe('What it claims to announce'),
  cause: lampCauseSchema
    .nullable()
    .describe('Lamps of one account with one cause and outcome speak of the same thing'),
  state: lampStateNameSchema,
  since: dateSchema.describe('Since when in this state'),
  litOn: dateSchema.nullable(),
  why: textSchema.nullable().describe('Why it lit, in one sentence with the numbers'),
  snoozedUntil: dateSchema.nullable().describe('Lit again on this day'),
  snoozeCondition: z
    .object({ condition: z.string().describe('CEL'), says: textSchema })
    .nullable()
    .describe('Lit again before that day, as soon as this is true'),
  snoozeReason: z.string().nullable(),
  silenced: z
    .object({ reason: z.string(), until: dateSchema.nullable(), by: z.string().nullable() })
    .nullable()
    .describe('Kept from asking anybody about this account'),
  escalated: z
    .object({ on: dateSchema, businessDays: z.int(), to: z.array(z.string()) })
    .nullable()
    .describe('Brought before others, after so many working days without anybody acting'),
  mrr: moneySchema.nullable().describe('Recurring revenue at risk'),
  currency: z.string(),
  task: taskSchema.nullable(),
})
export type LampState = z.infer<typeof lampStateSchema>

export const lampTransitionSchema = z.object({
  account: accountIdSchema,
  lamp: keySchema,
  name: textSchema,
  on: dateSchema,
  at: instantSchema,
  from: lampStateNameSchema,
  to: lampStateNameSchema,
  cause: z.enum(['data', 'person']),
  reason: z.string().nullable(),
  why: textSchema.nullable(),
  says: textSchema.describe('What happened and why, in one sentence'),
})
export type LampTransition = z.infer<typeof lampTransitionSchema>

export const lampSilenceSchema = z.object({
  account: accountIdSchema,
  accountName: z.string(),
  lamp: keySchema,
  name: textSchema,
  reason: z.string(),
  until: dateSchema.nullable().describe('Asks again on this day; null = until it is taken back'),
  silencedAt: instantSchema,
  silencedBy: z.string().nullable().describe('Who; null for a program'),
  withdrawnAt: instantSchema.nullable(),
  withdrawnBy: z.string().nullable(),
  state: z.enum(['counts', 'ended', 'withdrawn']),
})
export type LampSilence = z.infer<typeof lampSilenceSchema>

export const evaluationSchema = z.object({
  from: dateSchema.nullable().describe('First day evaluated; null = nothing was left to do'),
  through: dateSchema.nullable(),
  days: z.int(),
  lit: z.int().describe('Transitions to lit'),
  cleared: z.int().describe('Transitions to off'),
  openNow: z.int().describe('Lamps lit or acted on after the last day'),
  tasksCreated: z.int(),
})
export type Evaluation = z.infer<typeof evaluationSchema>

export const lampTemplateSchema = z.object({
  key: keySchema,
  kind: z.enum(['risk', 'opportunity']),
  name: textSchema,
  severity: severitySchema,
  thresholds: z.array(
    z.object({
      name: z.string(),
      metric: keySchema,
      value: z.number(),
      n: z.int().describe('Paying accounts with a value'),
      from: z
        .enum(['distribution', 'usual'])
        .describe('From this workspace’s accounts, or, where too few have a value, what is usual'),
      says: textSchema,
    }),
  ),
  yaml: z.string().describe('The lamp, ready to be previewed, changed and defined'),
})
export type LampTemplateView = z.infer<typeof lampTemplateSchema>

export const lampLoadSchema = z.object({
  owner: z.string().nullable().describe('The CSM; null = accounts without an owner'),
  before: z.number().describe('Lamps that lit per week, of those that there are'),
  added: z.number(),
  after: z.number(),
  budget: z.number().describe('The setting lampBudgetPerWeek'),
  isOver: z.boolean(),
})
export type LampLoad = z.infer<typeof lampLoadSchema>

export const lampPreviewSchema = z.object({
  key: keySchema,
  version: z.int(),
  name: textSchema,
  from: dateSchema,
  through: dateSchema,
  days: z.int(),
  lit: z.int().describe('How often it would have lit'),
  perWeek: z.number(),
  open: z.int().describe('How many would burn now'),
  evidence: lampEvidenceSchema.describe('How right and how early it would have been'),
  load: z.array(lampLoadSchema).describe('Lamps per week of each CSM, the fullest first'),
  retire: z
    .array(z.object({ key: keySchema, name: textSchema, says: textSchema }))
    .describe('Where a week is too full: lamps to do without, the worst evidence first'),
})
export type LampPreview = z.infer<typeof lampPreviewSchema>

export const lampsLoadSchema = z.object({
  from: dateSchema,
  through: dateSchema,
  load: z.array(lampLoadSchema).describe('Lamps per week of each CSM, the fullest first'),
  retire: lampPreviewSchema.shape.retire,
})
export type LampsLoad = z.infer<typeof lampsLoadSchema>

export const lampRetirementSchema = z.object({
  lamp: keySchema,
  name: textSchema,
  reason: z.string(),
  retiredAt: instantSchema,
  retiredBy: z.string().nullable().describe('Who; null for a program'),
  restoredAt: instantSchema.nullable().describe('When that was taken back'),
})
export type LampRetirement = z.infer<typeof lampRetirementSchema>

const reasonSchema = z.string().trim().min(1).max(2000)
const target = z.object({ account: accountIdSchema, lamp: keySchema })
const actFails = mayFail('UNKNOWN_LAMP', 'UNKNOWN_ACCOUNT', 'LAMP_NOT_LIT')

export const lampsContract = {
  definitions: operation('lamps:read')
    .route({
      method: 'GET',
      path: '/lamps/definitions',
      summary: 'All lamps and what they say to do',
    })
    .output(z.array(lampDefinitionSchema)),
  define: operation('lamps:define')
    .route({
      method: 'POST',
      path: '/lamps/definitions',
      summary: 'Add a lamp, or a new version of one, from YAML',
    })
    .input(z.object({ yaml: z.string().min(1).max(100_000) }))
    .output(lampDefinitionSchema)
    .errors(mayFail('BAD_CONDITION')),
  // These tell of all accounts, and of their history.
  templates: operation('evidence:read')
    .route({
      method: 'GET',
      path: '/lamps/templates',
      summary: 'Lamps for usual situations, with thresholds from this workspace’s own accounts',
    })
    .output(z.array(lampTemplateSchema)),
  preview: operation('evidence:read')
    .route({
      method: 'POST',
      path: '/lamps/preview',
      summary: 'What a lamp would have done on history, and to each CSM’s week, before it is there',
    })
    .input(
      z.object({
        yaml: z.string().min(1).max(100_000),
        days: z.int().min(7).max(730).default(365).describe('So many days back'),
      }),
    )
    .output(lampPreviewSchema)
    .errors(mayFail('BAD_CONDITION')),
  load: operation('evidence:read')
    .route({
      method: 'GET',
      path: '/lamps/load',
      summary:
        'Lamps per week of each CSM over 13 weeks, and those to do without where it is too full',
    })
    .output(lampsLoadSchema),
  retired: operation('lamps:read')
    .route({ method: 'GET', path: '/lamps/retired', summary: 'Lamps that are retired' })
    .output(z.array(lampRetirementSchema)),
  retire: operation('lamps:define')
    .route({
      method: 'POST',
      path: '/lamps/retire',
      summary: 'Evaluate a lamp no more; where it burns it ends with the reason',
    })
    .input(z.object({ lamp: keySchema, reason: z.string().trim().min(1).max(2000) }))
    .output(lampRetirementSchema)
    .errors(mayFail('UNKNOWN_LAMP')),
  restore: operation('lamps:define')
    .route({
      method: 'POST',
      path: '/lamps/restore',
      summary: 'Take back that a lamp was retired',
    })
    .input(z.object({ lamp: keySchema }))
    .output(lampRetirementSchema)
    .errors(mayFail('UNKNOWN_LAMP', 'LAMP_NOT_RETIRED')),
  list: operation('lamps:read')
    .route({ method: 'GET', path: '/lamps', summary: 'States of lamps by account' })
    .input(
      z.object({
        lit: queryFlagSchema.default(false).describe('Only those lit or acted on'),
        account: accountIdSchema.optional(),
      }),
    )
    .output(z.array(lampStateSchema))
    .errors(mayFail('UNKNOWN_ACCOUNT')),
  evaluate: operation('lamps:evaluate')
    .route({ method: 'POST', path: '/lamps/evaluate', summary: 'Evaluate all lamps through a day' })
    .input(
      z.object({
        on: dateSchema.optional().describe('Through this day; default: today'),
        replay: z.boolean().default(false).describe('Forget what the data decided and begin anew'),
      }),
    )
    .output(evaluationSchema)
    .errors(mayFail('EVALUATION_RUNNING', 'BAD_PERIOD')),
  today: operation('lamps:read')
    .route({ method: 'GET', path: '/today', summary: 'Lit lamps, the most urgent first' })
    .output(z.array(lampStateSchema)),
  start: operation('lamps:act')
    .route({ method: 'POST', path: '/lamps/start', summary: 'Start acting on a lit lamp' })
    .input(target)
    .output(lampStateSchema)
    .errors(actFails),
  done: operation('lamps:act')
    .route({
      method: 'POST',
      path: '/lamps/done',
      summary: 'The task is done; the data will put the lamp out',
    })
    .input(target.extend({ note: z.string().max(2000).optional() }))
    .output(lampStateSchema)
    .errors(actFails),
  snooze: operation('lamps:act')
    .route({
      method: 'POST',
      path: '/lamps/snooze',
      summary: 'Put a lit lamp off until a day or a condition, with a reason',
    })
    .input(
      target
        .extend({
          until: dateSchema
            .optional()
            .describe('Lit again on this day; with a condition, default: 90 days ahead'),
          condition: z
            .string()
            .trim()
            .min(1)
            .max(2000)
            .optional()
            .describe('CEL: lit again as soon as this is true of the account'),
          reason: reasonSchema,
        })
        .refine(({ until, condition }) => until !== undefined || condition !== undefined, {
          error: 'give a day (until), a condition, or both',
        }),
    )
    .output(lampStateSchema)
    .errors({
      ...actFails,
      ...mayFail('SNOOZE_IN_THE_PAST', 'BAD_CONDITION', 'SNOOZE_ENDS_AT_ONCE'),
    }),
  silences: operation('lamps:read')
    .route({ method: 'GET', path: '/lamps/silences', summary: 'Lamps silenced for accounts' })
    .input(
      z.object({
        account: accountIdSchema.optional(),
        all: queryFlagSchema.default(false).describe('Also those that count no more'),
      }),
    )
    .output(z.array(lampSilenceSchema)),
  silence: operation('lamps:act')
    .route({
      method: 'POST',
      path: '/lamps/silence',
      summary: 'Keep a lamp from asking anybody about one account, with a reason',
    })
    .input(
      target.extend({
        until: dateSchema
          .optional()
          .describe('Asks again on this day; left out = until it is taken back'),
        reason: reasonSchema,
      }),
    )
    .output(lampSilenceSchema)
    .errors(mayFail('UNKNOWN_LAMP', 'UNKNOWN_ACCOUNT', 'SNOOZE_IN_THE_PAST')),
  unsilence: operation('lamps:act')
    .route({
      method: 'POST',
      path: '/lamps/unsilence',
      summary: 'Take back that a lamp is silenced',
    })
    .input(target)
    .output(lampSilenceSchema)
    .errors(mayFail('UNKNOWN_LAMP', 'UNKNOWN_ACCOUNT', 'NOT_SILENCED')),
  undo: operation('lamps:act')
    .route({ method: 'POST', path: '/lamps/undo', summary: 'Take back the last act by a person' })
    .input(target)
    .output(lampStateSchema)
    .errors(actFails),
}
