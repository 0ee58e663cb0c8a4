import type { TypedCondition } from '@tomoshibi/metrics/condition/syntax'
import { metricGroups } from '@tomoshibi/metrics/definition'
import * as z from 'zod'

const text = z.object({ en: z.string().trim().min(1), ja: z.string().trim().min(1) }).strict()

/** A lamp as its author writes it, in YAML. */
export const lampDefinitionSchema = z
  .object({
    key: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,79}$/, 'use small letters, digits and _')
      .describe('Names the lamp for ever; its history hangs on it'),
    version: z
      .int()
      .positive()
      .describe('Counted up with every change; a version that was used never changes'),
    name: text.describe('What people call it, in both languages'),
    condition: z.string().describe('CEL: lights for the accounts of which this is true'),
    off: z
      .string()
      .nullable()
      .default(null)
      .describe('CEL: goes out when this is true; left out = when the condition is false'),
    holdDays: z
      .int()
      .min(0)
      .max(365)
      .default(0)
      .describe('Days for which the condition must have held before it lights'),
    clearDays: z
      .int()
      .min(0)
      .max(365)
      .default(0)
      .describe('Days for which it must have been clear before it goes out'),
    severity: z.enum(['info', 'warning', 'critical']).describe('How urgent it is'),
    outcome: z
      .enum(['churn', 'expansion'])
      .default('churn')
      .describe('What it claims to announce; its evidence is measured against this'),
    why: text
      .nullable()
      .default(null)
      .describe('One sentence with the numbers; {metric} stands for a value of the account'),
    cause: z
      .enum(metricGroups)
      .nullable()
      .default(null)
      .describe('What it lights for; left out = the family of the metrics in its condition'),
    escalate: z
      .object({
        afterDays: z
          .int()
          .min(1)
          .max(60)
          .describe('Working days for which it may burn without anybody acting'),
        to: z
          .union([z.literal('manager'), z.object({ fixed: z.string().min(1) }).strict()])
          .describe("Before whom it is brought: the managers of the owner's team, or one person"),
      })
      .strict()
      .nullable()
      .default(null)
      .describe('Brings it before somebody else, once, when nobody acts on it'),
    task: z
      .object({
        title: text.describe('What to do, in a few words'),
        body: text.describe('How to do it, step by step'),
        owner: z
          .union([z.literal('account_owner'), z.object({ fixed: z.string().min(1) }).strict()])
          .describe("Who does it: the account's owner, or always the same person"),
        dueDays: z.int().min(0).max(365).describe('Days until it should be done'),
      })
      .strict()
      .describe('The task that is made when it lights'),
  })
  .strict()

export type LampDefinition = z.infer<typeof lampDefinitionSchema>

/** A lamp whose conditions were checked against the names that there are. */
export interface Lamp {
  readonly definition: LampDefinition
  readonly condition: TypedCondition
  readonly off: TypedCondition | null
  /** Names used in the conditions and in the why sentence. */
  readonly names: readonly string[]
}

const placeholder = /\{([a-z][a-z0-9_]*)\}/g

/** The names that a why sentence mentions. */
export function namesInWhy(definition: LampDefinition): string[] {
  const { why } = definition
  if (why === null) return []
  return [...`${why.en} ${why.ja}`.matchAll(placeholder)].flatMap(([, name]) => name ?? [])
}

/** Fills the placeholders of a text; `of` gives the words for a name. */
export function fillPlaceholders(template: string, of: (name: string) => string): string {
  return template.replace(placeholder, (_, name: string) => of(name))
}
