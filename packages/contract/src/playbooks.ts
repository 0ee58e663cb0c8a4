import * as z from 'zod'
import { mayFail } from './errors.ts'
import { operation } from './operation.ts'
import { textSchema } from './text.ts'
import { accountIdSchema, instantSchema, keySchema } from './values.ts'

export const playbookRunStates = [
  'running',
  'paused',
  'failed',
  'done',
  'stopped',
  'cancelled',
  'held_out',
  'skipped',
] as const
export const playbookRunStateSchema = z.enum(playbookRunStates)
export type PlaybookRunState = z.infer<typeof playbookRunStateSchema>

export const playbookStepSchema = z.object({
  id: z.string(),
  kind: z.enum(['task', 'email', 'webhook', 'wait', 'branch']),
  says: textSchema.describe('What it does, in words'),
})

export const playbookSchema = z.object({
  key: keySchema,
  version: z.int(),
  name: textSchema,
  lamp: keySchema.nullable().describe('The lamp that begins it; null = begun by hand alone'),
  begins: textSchema.describe('What begins it, how often, and what ends it early, in words'),
  holdOut: z.number().describe('The share of accounts for which it does nothing, to compare with'),
  steps: z.array(playbookStepSchema),
  runs: z
    .record(playbookRunStateSchema, z.int())
    .describe('How many, of the accounts that are seen'),
})
export type Playbook = z.infer<typeof playbookSchema>

export const playbookRunSchema = z.object({
  id: z.string(),
  playbook: keySchema,
  version: z.int(),
  name: textSchema,
  account: accountIdSchema,
  accountName: z.string(),
  state: playbookRunStateSchema,
  says: textSchema.describe('How it stands, in words'),
  step: z.string().nullable().describe('The id of the step that is next'),
  begunAt: instantSchema,
  begunBy: z.string().nullable().describe('Who; null = a lamp or a program'),
  byLamp: z.boolean().describe('Whether a lamp that lit began it'),
  nextAt: instantSchema.nullable().describe('When it is looked at next'),
  endedAt: instantSchema.nullable(),
  problem: textSchema.nullable().describe('Why its step failed'),
})
export type PlaybookRun = z.infer<typeof playbookRunSchema>

export const playbookRunStepSchema = z.object({
  id: z.string(),
  kind: playbookStepSchema.shape.kind,
  says: textSchema.describe('What the step does, in words'),
  became: textSchema.nullable().describe('What became of it; null = it was not done'),
  at: instantSchema.nullable(),
  task: z.string().nullable().describe('The id of the task that it made'),
})

export const playbookRunWithStepsSchema = z.object({
  run: playbookRunSchema,
  steps: z.array(playbookRunStepSchema).describe('All of its version, in order'),
})
export type PlaybookRunWithSteps = z.infer<typeof playbookRunWithStepsSchema>

export const playbookPreviewSchema = z.object({
  key: keySchema,
  version: z.int(),
  name: textSchema,
  begins: textSchema,
  heldOut: z.boolean().describe('Whether the account is of those for which it does nothing'),
  steps: z.array(
    playbookStepSchema.extend({
      to: z.string().nullable().describe('To whom an e-mail goes; null = to nobody, or no e-mail'),
      title: textSchema.nullable().describe('Of a task or an e-mail, filled in'),
      body: textSchema.nullable(),
      problem: textSchema.nullable().describe('Why it could not be done today'),
    }),
  ),
})
export type PlaybookPreview = z.infer<typeof playbookPreviewSchema>

const yamlSchema = z.string().min(1).max(100_000)
const one = z.object({ id: z.uuid() })
const moves = mayFail('RUN_NOT_FOUND', 'RUN_STATE')

export const playbooksContract = {
  list: operation('playbooks:read')
    .route({
      method: 'GET',
      path: '/playbooks',
      summary: 'The playbooks in force, their steps in words, and how many runs there are',
    })
    .output(z.array(playbookSchema)),
  define: operation('playbooks:define')
    .route({
      method: 'POST',
      path: '/playbooks',
      summary: 'Add a playbook, or a new version of one, from YAML; runs stay on theirs',
    })
    .input(z.object({ yaml: yamlSchema }))
    .output(playbookSchema)
    .errors(mayFail('BAD_PLAYBOOK')),
  preview: operation('playbooks:read')
    .route({
      method: 'POST',
      path: '/playbooks/preview',
      summary: 'What each step would say to a real account today; nothing is kept or sent',
    })
    .input(
      z.object({
        account: accountIdSchema,
        key: keySchema.optional().describe('One that there is'),
        yaml: yamlSchema.optional().describe('One that is being written'),
      }),
    )
    .output(playbookPreviewSchema)
    .errors(mayFail('UNKNOWN_PLAYBOOK', 'UNKNOWN_ACCOUNT', 'BAD_PLAYBOOK')),
  begin: operation('playbooks:run')
    .route({
      method: 'POST',
      path: '/playbooks/begin',
      summary: 'Begin a playbook on an account by hand',
    })
    .input(z.object({ playbook: keySchema, account: accountIdSchema }))
    .output(playbookRunSchema)
    .errors(mayFail('UNKNOWN_PLAYBOOK', 'UNKNOWN_ACCOUNT', 'RUN_REFUSED')),
  runs: operation('playbooks:read')
    .route({ method: 'GET', path: '/playbooks/runs', summary: 'Runs, the newest first' })
    .input(
      z.object({
        playbook: keySchema.optional(),
        account: accountIdSchema.optional(),
        state: playbookRunStateSchema.optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
        offset: z.coerce.number().int().min(0).default(0),
      }),
    )
    .output(z.object({ total: z.int(), rows: z.array(playbookRunSchema) }))
    .errors(mayFail('UNKNOWN_ACCOUNT')),
  run: operation('playbooks:read')
    .route({ method: 'GET', path: '/playbooks/runs/{id}', summary: 'One run, step by step' })
    .input(one)
    .output(playbookRunWithStepsSchema)
    .errors(mayFail('RUN_NOT_FOUND')),
  pause: operation('playbooks:run')
    .route({
      method: 'POST',
      path: '/playbooks/runs/{id}/pause',
      summary: 'Do nothing more in a run until it is resumed',
    })
    .input(one)
    .output(playbookRunSchema)
    .errors(moves),
  resume: operation('playbooks:run')
    .route({
      method: 'POST',
      path: '/playbooks/runs/{id}/resume',
      summary: 'Go on with a paused run',
    })
    .input(one)
    .output(playbookRunSchema)
    .errors(moves),
  retry: operation('playbooks:run')
    .route({
      method: 'POST',
      path: '/playbooks/runs/{id}/retry',
      summary: 'Try the step of a run again that failed',
    })
    .input(one)
    .output(playbookRunSchema)
    .errors(moves),
  cancel: operation('playbooks:run')
    .route({ method: 'POST', path: '/playbooks/runs/{id}/cancel', summary: 'End a run for good' })
    .input(one)
    .output(playbookRunSchema)
    .errors(moves),
}
