import * as z from 'zod'
import { mayFail, problemSchema } from './errors.ts'
import { operation } from './operation.ts'
import { type Text, textSchema } from './text.ts'
import { keySchema } from './values.ts'

export const factTargets = [
  'accounts',
  'contacts',
  'contract_lines',
  'usage_events',
  'survey_answers',
  'tickets',
  'invoices',
  'touchpoints',
  'milestones',
  'exchange_rates',
] as const

/** What people call each kind of fact. */
export const factTargetNames: Readonly<Record<(typeof factTargets)[number], Text>> = {
  accounts: { en: 'Accounts', ja: '顧客' },
  contacts: { en: 'Contacts', ja: '担当者' },
  contract_lines: { en: 'Contract lines', ja: '契約明細' },
  usage_events: { en: 'Usage events', ja: '利用イベント' },
  survey_answers: { en: 'Survey answers', ja: 'アンケート回答' },
  tickets: { en: 'Tickets', ja: '問い合わせ' },
  invoices: { en: 'Invoices', ja: '請求書' },
  touchpoints: { en: 'Touchpoints', ja: 'タッチポイント' },
  milestones: { en: 'Milestones', ja: 'マイルストーン' },
  exchange_rates: { en: 'Exchange rates', ja: '為替レート' },
}

/** What became of the rows of one file for one target. read = the sum of all the others. */
export const importCountsSchema = z.object({
  file: z.string(),
  target: z.enum(factTargets),
  read: z.int(),
  stored: z.int().describe('New'),
  updated: z.int().describe('A newer version of a known record'),
  unchanged: z.int(),
  superseded: z.int().describe('A later row of the same load says otherwise'),
  leftOut: z.int().describe("By the mapping's where"),
  rejected: z.int(),
})
export type ImportCounts = z.infer<typeof importCountsSchema>

export const importSummarySchema = z.object({
  id: z.string(),
  dryRun: z.boolean(),
  files: z.array(importCountsSchema),
  notes: z.array(problemSchema).describe('Files not mapped, columns not used and the like'),
  rejectsFile: z.string().nullable().describe('Where the rejected rows were written'),
  rejectExamples: z.array(
    z.object({
      file: z.string(),
      line: z.int(),
      column: z.string().nullable(),
      value: z.string(),
      reason: textSchema,
    }),
  ),
})
export type ImportSummary = z.infer<typeof importSummarySchema>

export const importStateSchema = z.object({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  progress: z.object({
    phase: z
      .enum(['waiting', 'reading', 'comparing', 'storing', 'lighting'])
      .describe('Waiting for another import; at last, lamps are evaluated with the new facts'),
    file: z.string().nullable(),
    done: z.int().describe('Bytes of the files; days of history while lighting'),
    total: z.int(),
    rows: z.int(),
  }),
  summary: importSummarySchema.nullable(),
  error: z
    .object({
      code: z.string(),
      what: textSchema,
      mend: textSchema,
      problems: z.array(problemSchema),
    })
    .nullable(),
})
export type ImportState = z.infer<typeof importStateSchema>

export const qualityFindingSchema = z.object({
  check: keySchema,
  name: textSchema,
  says: textSchema.describe('What it means and what to do about it'),
  count: z.int(),
  examples: z.array(
    z.object({
      account: z.string().nullable(),
      records: z.array(z.string()),
      values: z.record(z.string(), z.string()),
      source: z.string().nullable(),
    }),
  ),
})
export type QualityFinding = z.infer<typeof qualityFindingSchema>

const paths = z
  .array(z.string().min(1))
  .min(1)
  .max(1000)
  .describe('Absolute paths on the server machine')

export const importsContract = {
  start: operation('imports:run')
    .route({
      method: 'POST',
      path: '/imports',
      summary: 'Start an import of files on this machine',
    })
    .input(
      z.object({
        paths,
        mapping: z.string().max(1_000_000).describe('The mapping, YAML'),
        mappingFile: z.string().optional().describe('Its name, for messages'),
        dryRun: z.boolean().default(false),
        rejectsFile: z.string().optional().describe('Absolute path for the rejected rows'),
      }),
    )
    .output(z.object({ id: z.string() }))
    .errors(mayFail('BAD_MAPPING', 'FILE_UNREADABLE')),
  get: operation('imports:run')
    .route({ method: 'GET', path: '/imports/{id}', summary: 'Progress or outcome of an import' })
    .input(z.object({ id: z.string() }))
    .output(importStateSchema)
    .errors(mayFail('IMPORT_NOT_FOUND')),
  suggest: operation('imports:run', 'refusals')
    .route({
      method: 'POST',
      path: '/imports/suggest',
      summary: 'A first mapping from headers and values',
    })
    .input(z.object({ paths }))
    .output(z.object({ mapping: z.string(), notes: z.array(problemSchema) }))
    .errors(mayFail('FILE_UNREADABLE')),
}

export const qualityContract = {
  report: operation('quality:read')
    .route({ method: 'GET', path: '/quality', summary: 'Contradictions in the stored facts' })
    .output(z.array(qualityFindingSchema)),
}
