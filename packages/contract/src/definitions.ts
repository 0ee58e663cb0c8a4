import * as z from 'zod'
import { mayFail } from './errors.ts'
import { definitionFileSchema } from './metrics.ts'
import { operation } from './operation.ts'
import { textSchema } from './text.ts'
import { keySchema } from './values.ts'

export const definitionKinds = ['metric', 'scorecard', 'lamp', 'playbook', 'goal'] as const
export const definitionKindSchema = z.enum(definitionKinds)
export type DefinitionKind = z.infer<typeof definitionKindSchema>

export const definitionChangeSchema = z.object({
  kind: definitionKindSchema,
  key: keySchema,
  name: textSchema,
  version: z.int().describe('The version that holds afterwards'),
  change: z.enum(['created', 'changed', 'follows', 'unchanged']),
  file: z.string().nullable().describe('null = a metric that was there and follows'),
  before: z.string().nullable().describe('What was in force, as YAML; null = nothing was'),
  after: z.string().nullable().describe('The file; null = the text is as before'),
})
export type DefinitionChange = z.infer<typeof definitionChangeSchema>

export const definitionsAppliedSchema = z.object({
  dryRun: z.boolean(),
  changes: z.array(definitionChangeSchema),
})
export type DefinitionsApplied = z.infer<typeof definitionsAppliedSchema>

export const definitionsContract = {
  apply: operation('metrics:define')
    .route({
      method: 'POST',
      path: '/definitions',
      summary:
        'Apply files of metrics, scorecards, lamps, playbooks and goals together, all or none; also needs lamps:define, playbooks:define and goals:define where there are such files',
    })
    .input(
      z.object({
        files: z.array(definitionFileSchema).min(1).max(1000),
        dryRun: z.boolean().default(false).describe('Only tell what would change'),
      }),
    )
    .output(definitionsAppliedSchema)
    .errors(mayFail('BAD_METRIC', 'BAD_SCORECARD', 'BAD_CONDITION', 'BAD_PLAYBOOK', 'BAD_GOAL')),
  export: operation('metrics:define')
    .route({
      method: 'GET',
      path: '/definitions',
      summary: 'The files of all definitions in force that this workspace may change',
    })
    .output(z.array(z.object({ kind: definitionKindSchema, key: keySchema, yaml: z.string() }))),
}
