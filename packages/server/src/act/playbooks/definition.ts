import * as z from 'zod'

const text = z.object({ en: z.string().trim().min(1), ja: z.string().trim().min(1) }).strict()
const celSchema = z.string().trim().min(1).max(2000)

/** What a step, or a branch, goes on with: the id of a later step, or the end. */
export const endOfPlaybook = 'end'

const idSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'use small letters, digits and _')
  .refine((id) => id !== endOfPlaybook, `'${endOfPlaybook}' is where a playbook ends, no step`)

const timeShape = {
  hours: z.int().min(1).max(8760).optional().describe('Hours, each of 60 minutes'),
  days: z.int().min(1).max(365).optional().describe('Days of the calendar, to the same local time'),
  businessDays: z
    .int()
    .min(1)
    .max(250)
    .optional()
    .describe("Working days of the workspace's calendar, to the same local time"),
}
const isOneTime = (time: { readonly [K in keyof typeof timeShape]?: unknown }) =>
  [time.hours, time.days, time.businessDays].filter((each) => each !== undefined).length === 1
const oneTime = 'give one of hours, days and businessDays'

const timeSchema = z.object(timeShape).strict().refine(isOneTime, oneTime)
export type WaitTime = z.infer<typeof timeSchema>

const waitSchema = z.union([
  timeSchema,
  z
    .object({
      until: celSchema.describe('CEL: goes on as soon as this is true of the account'),
      atMost: timeSchema.describe('Goes on then in any case'),
    })
    .strict(),
])

const next = z
  .string()
  .optional()
  .describe('The step that follows; left out = the next in the file')

const taskSchema = z
  .object({
    title: text,
    body: text,
    owner: z
      .union([z.literal('account_owner'), z.object({ fixed: z.string().min(1) }).strict()])
      .default('account_owner')
      .describe('Who does it: whoever owns the account, or always the same person'),
    dueDays: z.int().min(0).max(365).describe('Days until it should be done'),
  })
  .strict()

const emailSchema = z
  .object({
    to: z
      .enum(['owner', 'contact'])
      .describe(
        "The account's owner, or its first contact with an address: who decides comes first",
      ),
    language: z.enum(['ja', 'en']).default('ja').describe("A contact's; an owner has their own"),
    subject: text,
    body: text.describe('Paragraphs, with an empty line between them'),
  })
  .strict()

const webhookSchema = z
  .object({
    to: z.string().trim().min(1).max(200).describe('The name of a webhook'),
    text: text.optional().describe('What it is told beside which customer and step it is'),
  })
  .strict()

const branchSchema = z
  .object({
    if: celSchema.describe('CEL; what cannot be told is not true'),
    goTo: z.string().describe('The id of a later step, or end'),
    else: z.string().describe('The id of a later step, or end'),
  })
  .strict()

const stepSchema = z.union([
  z.object({ id: idSchema, next, task: taskSchema }).strict(),
  z.object({ id: idSchema, next, email: emailSchema }).strict(),
  z.object({ id: idSchema, next, webhook: webhookSchema }).strict(),
  z.object({ id: idSchema, next, wait: waitSchema }).strict(),
  z.object({ id: idSchema, branch: branchSchema }).strict(),
])
export type Step = z.infer<typeof stepSchema>

/** A playbook as its author writes it, in YAML. */
export const playbookDefinitionSchema = z
  .object({
    key: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,79}$/, 'use small letters, digits and _')
      .describe('Names the playbook for ever; its runs hang on it'),
    version: z
      .int()
      .positive()
      .describe('Counted up with every change; a version that is there never changes'),
    name: text.describe('What people call it, in both languages'),
    begin: z
      .union([z.literal('by_hand'), z.object({ lamp: z.string() }).strict()])
      .describe('What begins it: a lamp that lights, or people alone'),
    stopWhenCleared: z
      .boolean()
      .default(true)
      .describe('Ends a run that a lamp began as soon as the lamp is out'),
    exit: celSchema.nullable().default(null).describe('CEL: ends a run as soon as this is true'),
    limit: z
      .object({ times: z.int().min(1).max(100), days: z.int().min(1).max(3650) })
      .strict()
      .nullable()
      .default(null)
      .describe('Begins at most so many times within so many days for one account'),
    holdOut: z
      .number()
      .min(0)
      .max(0.5)
      .default(0)
      .describe(
        'The share of accounts for which it does nothing, so that they can be compared with',
      ),
    steps: z.array(stepSchema).min(1).max(50),
  })
  .strict()
export type PlaybookDefinition = z.infer<typeof playbookDefinitionSchema>

export const kindOfStep = (step: Step): 'task' | 'email' | 'webhook' | 'wait' | 'branch' => {
  if ('task' in step) return 'task'
  if ('email' in step) return 'email'
  if ('webhook' in step) return 'webhook'
  return 'wait' in step ? 'wait' : 'branch'
}

/** The step after one; null = the end. @param to the id of a step, `end`, or nothing for the next in the file */
export function stepAfter(
  { steps }: PlaybookDefinition,
  id: string,
  to: string | undefined,
): string | null {
  if (to === endOfPlaybook) return null
  if (to !== undefined) return to
  return steps[steps.findIndex((step) => step.id === id) + 1]?.id ?? null
}

/** The conditions of a playbook, each with its path in the definition. */
export function conditionsOf({ exit, steps }: PlaybookDefinition): {
  readonly path: readonly (string | number)[]
  readonly condition: string
}[] {
  const ofSteps = steps.flatMap((step, i) => {
    if ('branch' in step) return [{ path: ['steps', i, 'branch', 'if'], condition: step.branch.if }]
    if ('wait' in step && 'until' in step.wait) {
      return [{ path: ['steps', i, 'wait', 'until'], condition: step.wait.until }]
    }
    return []
  })
  return exit === null ? ofSteps : [{ path: ['exit'], condition: exit }, ...ofSteps]
}
