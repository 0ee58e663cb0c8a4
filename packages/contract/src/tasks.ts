import * as z from 'zod'
import { mayFail } from './errors.ts'
import { taskSchema } from './light.ts'
import { operation } from './operation.ts'
import { textSchema } from './text.ts'
import { accountIdSchema, dateSchema, instantSchema, keySchema } from './values.ts'

export const taskMakerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lamp'), lamp: keySchema, name: textSchema }),
  z.object({
    kind: z.literal('playbook'),
    playbook: keySchema,
    name: textSchema,
    run: z.string().describe('The id of the run'),
  }),
  z.object({ kind: z.literal('person'), name: z.string().nullable().describe('null = a program') }),
])
export type TaskMaker = z.infer<typeof taskMakerSchema>

/** A task in the lists of those who do it. */
export const accountTaskSchema = taskSchema.extend({
  account: accountIdSchema,
  accountName: z
    .string()
    .describe('The id where the account has no name, or is not there any more'),
  owner: z.string().nullable().describe('Who does it now; null = the account has no owner'),
  assigned: z
    .boolean()
    .describe('Whether it was given to the owner by name; false = to whoever owns the account'),
  overdue: z.boolean().describe('Its day is over and it is not closed'),
  madeBy: taskMakerSchema,
  createdAt: instantSchema,
  closedAt: instantSchema.nullable().describe('When it was finished or cancelled'),
  closedBy: z.string().nullable().describe('By whom; null = a program, or its lamp'),
  note: z.string().nullable().describe('What was said when it was closed'),
  comments: z.int().describe('How many'),
})
export type AccountTask = z.infer<typeof accountTaskSchema>

export const taskCommentSchema = z.object({
  id: z.string(),
  text: z.string(),
  madeBy: z.string().nullable().describe('null = a program'),
  madeAt: instantSchema,
})
export type TaskComment = z.infer<typeof taskCommentSchema>

export const taskWithCommentsSchema = z.object({
  task: accountTaskSchema,
  comments: z.array(taskCommentSchema).describe('The oldest first'),
})
export type TaskWithComments = z.infer<typeof taskWithCommentsSchema>

const idSchema = z.uuid()
const titleSchema = z.string().trim().min(1).max(200)
const bodySchema = z.string().trim().max(5000)
const noteSchema = z.string().trim().min(1).max(2000)
const ownerSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .nullable()
  .describe('As accounts call their owner, or an e-mail address; null = whoever owns the account')

export const taskStatesAsked = ['open', 'closed', 'all'] as const
export const taskDue = ['any', 'today', 'overdue', 'week'] as const

const changesSchema = z.object({
  title: titleSchema.optional(),
  body: bodySchema.optional(),
  dueOn: dateSchema.optional(),
  owner: ownerSchema.optional(),
})

/** What can be done to several tasks at once. */
export const bulkActs = ['finish', 'reopen', 'cancel', 'change'] as const
export type BulkAct = (typeof bulkActs)[number]

export const bulkResultSchema = z.object({
  id: z.string(),
  done: z.boolean(),
  code: z.string().nullable().describe('Of the error, where it was not done'),
  says: textSchema.nullable().describe('Why it was not done'),
})
export type BulkResult = z.infer<typeof bulkResultSchema>

const one = z.object({ id: idSchema })
const noted = one.extend({ note: noteSchema.optional() })

export const tasksContract = {
  list: operation('tasks:read')
    .route({
      method: 'GET',
      path: '/tasks',
      summary: 'Tasks of the accounts that are seen, the earliest due first',
    })
    .input(
      z.object({
        whose: z
          .enum(['all', 'mine', 'team'])
          .default('all')
          .describe('mine: the caller does them; team: somebody of their team does'),
        account: accountIdSchema.optional(),
        state: z
          .enum(taskStatesAsked)
          .default('open')
          .describe('open: to do or started; closed: finished or cancelled'),
        due: z
          .enum(taskDue)
          .default('any')
          .describe('today: by the end of today; week: by that of the seventh day from today'),
        limit: z.coerce.number().int().min(1).max(500).default(100),
        offset: z.coerce.number().int().min(0).default(0),
      }),
    )
    .output(z.object({ total: z.int(), rows: z.array(accountTaskSchema) }))
    .errors(mayFail('UNKNOWN_ACCOUNT')),
  get: operation('tasks:read')
    .route({ method: 'GET', path: '/tasks/{id}', summary: 'One task with its comments' })
    .input(one)
    .output(taskWithCommentsSchema)
    .errors(mayFail('TASK_NOT_FOUND')),
  create: operation('tasks:act')
    .route({ method: 'POST', path: '/tasks', summary: 'Make a task for an account' })
    .input(
      z.object({
        account: accountIdSchema,
        title: titleSchema,
        body: bodySchema.default(''),
        dueOn: dateSchema,
        owner: ownerSchema.default(null),
      }),
    )
    .output(accountTaskSchema)
    .errors(mayFail('UNKNOWN_ACCOUNT', 'UNKNOWN_OWNER')),
  change: operation('tasks:act')
    .route({
      method: 'PATCH',
      path: '/tasks/{id}',
      summary: 'Change an open task; of one that a lamp made, only its day and who does it',
    })
    .input(one.extend(changesSchema.shape))
    .output(accountTaskSchema)
    .errors(mayFail('TASK_NOT_FOUND', 'TASK_CLOSED', 'TASK_OF_LAMP', 'UNKNOWN_OWNER')),
  finish: operation('tasks:act')
    .route({
      method: 'POST',
      path: '/tasks/{id}/finish',
      summary: 'The task is done; of one that a lamp made, also needs lamps:act',
    })
    .input(noted)
    .output(accountTaskSchema)
    .errors(mayFail('TASK_NOT_FOUND', 'TASK_CLOSED', 'UNKNOWN_ACCOUNT', 'LAMP_NOT_LIT')),
  reopen: operation('tasks:act')
    .route({
      method: 'POST',
      path: '/tasks/{id}/reopen',
      summary: 'Open a task again; of one that a lamp made, also needs lamps:act',
    })
    .input(one)
    .output(accountTaskSchema)
    .errors(mayFail('TASK_NOT_FOUND', 'TASK_OF_LAMP', 'UNKNOWN_ACCOUNT', 'LAMP_NOT_LIT')),
  cancel: operation('tasks:act')
    .route({ method: 'POST', path: '/tasks/{id}/cancel', summary: 'Nobody has to do it any more' })
    .input(noted)
    .output(accountTaskSchema)
    .errors(mayFail('TASK_NOT_FOUND', 'TASK_CLOSED', 'TASK_OF_LAMP')),
  comment: operation('tasks:act')
    .route({ method: 'POST', path: '/tasks/{id}/comments', summary: 'Say something about a task' })
    .input(one.extend({ text: noteSchema }))
    .output(taskWithCommentsSchema)
    .errors(mayFail('TASK_NOT_FOUND')),
  bulk: operation('tasks:act')
    .route({
      method: 'POST',
      path: '/tasks/bulk',
      summary: 'Do the same to several tasks, and tell what became of each',
    })
    .input(
      z.object({
        ids: z.array(idSchema).min(1).max(200),
        act: z.enum(bulkActs),
        note: noteSchema.optional().describe('For finish and cancel'),
        dueOn: dateSchema.optional().describe('For change'),
        owner: ownerSchema.optional().describe('For change'),
      }),
    )
    .output(z.array(bulkResultSchema)),
}
