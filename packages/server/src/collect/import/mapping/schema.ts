import * as z from 'zod'
import { formatNames } from '../formats/source.ts'

/** Text or number in YAML; the import works with text. */
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)

const column = z.string().min(1).describe('Name of a column of the file')

const decimal = z
  .enum(['point', 'comma'])
  .describe('The mark before the decimals; without it, what could be read in two ways is rejected')

const timeZone = z
  .string()
  .min(1)
  .describe('IANA time zone of dates that have no offset of their own')

const format = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .transform((given) => (typeof given === 'string' ? [given] : given))
  .describe('Date format or formats: yyyy MM dd HH mm ss SSS XXX, epoch, epochMs')

/** A date from a column, or one that is the same for all rows. */
const dateFrom = z
  .strictObject({
    column: column.optional(),
    value: scalar.optional().describe('The same date for every row'),
    format: format.optional(),
    timeZone: timeZone.optional(),
    plusDays: z.int().min(-3660).max(3660).optional().describe('Days to add'),
  })
  .describe('A date: of a column, or the same for all rows')

/** `import` = when it is imported. */
const knownAt = z
  .union([z.string().min(1), dateFrom])
  .transform((given) => {
    if (typeof given !== 'string') return given
    return given === 'import' ? ('import' as const) : { column: given }
  })
  .describe("When it became known: a column, a date, or 'import'")

const effectiveAt = z
  .union([z.string().min(1), dateFrom])
  .transform((given) => (typeof given === 'string' ? { column: given } : given))
  .describe('From when attributes apply; left out = always did')

export const valueTypes = ['text', 'string', 'number', 'amount', 'boolean', 'date'] as const

const value = z
  .strictObject({
    column: column.optional(),
    columns: z.array(column).min(1).optional().describe('Columns that become a JSON object'),
    value: scalar.optional().describe('The same value for every row'),
    type: z.enum(valueTypes).optional().describe('How to read it; needed for attributes only'),
    format: format.optional(),
    timeZone: timeZone.optional(),
    plusDays: z.int().min(-3660).max(3660).optional().describe('Days to add to the date'),
    after: column.optional().describe('The column is a duration after the date of this one'),
    unit: z
      .enum(['seconds', 'minutes', 'hours', 'days'])
      .optional()
      .describe('Unit of the duration'),
    decimal: decimal.optional(),
    translate: z
      .record(z.string(), scalar)
      .optional()
      .describe('Values of the file → values meant'),
    default: scalar.optional().describe('Where the cell is empty'),
    openEnd: z
      .union([z.string(), z.array(z.string())])
      .transform((given) => (typeof given === 'string' ? [given] : given))
      .optional()
      .describe('Dates that stand for no end'),
    knownAt: knownAt.optional(),
    effectiveAt: effectiveAt.optional(),
  })
  .describe('Where a value comes from')

const valueFrom = z
  .union([z.string().min(1), value])
  .transform(
    (given): z.output<typeof value> => (typeof given === 'string' ? { column: given } : given),
  )

const account = z
  .union([
    z.string().min(1),
    z.strictObject({
      column: column.optional(),
      value: scalar.optional(),
      lookup: z
        .strictObject({
          file: z.string().min(1).describe('The file to look in'),
          key: column.describe('Its column that is looked up'),
          column: column.describe('Its column with the account'),
          by: column.describe('The column of this file to look up'),
        })
        .optional(),
    }),
  ])
  .transform((given) => (typeof given === 'string' ? { column: given } : given))
  .describe('Which account a row is about')

const where = z
  .record(
    z.string(),
    z.strictObject({
      in: z.array(scalar).optional(),
      notIn: z.array(scalar).optional(),
      empty: z.boolean().optional(),
    }),
  )
  .describe('Only rows whose columns are so are imported; the others are counted as left out')

const file = z.strictObject({
  file: z.string().min(1).describe('Name of the file, or a pattern such as usage_*.csv'),
  target: z.string().min(1).describe('What the rows become'),
  format: z.enum(formatNames).optional().describe('Found out where it is left out'),
  encoding: z.string().optional().describe('Found out where it is left out'),
  delimiter: z.string().length(1).optional().describe('Found out where it is left out'),
  source: z
    .string()
    .min(1)
    .optional()
    .describe('Where the facts come from; left out = the file name'),
  id: z
    .union([column, z.array(column).min(1)])
    .transform((given) => (typeof given === 'string' ? [given] : given))
    .optional()
    .describe('What identifies a record; left out = all of the row'),
  idPrefix: z.string().min(1).optional().describe('Keeps ids of different sources apart'),
  repeatedId: z
    .enum(['replace', 'keep', 'reject'])
    .default('replace')
    .describe(
      'Rows of one id: the later one wins, each is a record of its own, or only the first counts',
    ),
  account: account.optional(),
  knownAt: knownAt.default('import'),
  effectiveAt: effectiveAt.optional(),
  timeZone: timeZone.optional(),
  decimal: decimal.optional(),
  fields: z.record(z.string(), valueFrom).default({}),
  attributes: z.record(z.string(), valueFrom).default({}),
  skip: z.array(z.string()).default([]).describe('Columns that are left out on purpose'),
  where: where.default({}),
})

export const mappingSchema = z.strictObject({
  version: z.literal(1),
  timeZone: timeZone.optional(),
  currency: z.string().optional().describe('Currency of amounts whose row does not name one'),
  decimal: decimal.optional(),
  files: z.array(file).min(1),
})

/** How files become facts. */
export type Mapping = z.output<typeof mappingSchema>
export type MappedFile = Mapping['files'][number]
export type ValueFrom = z.output<typeof value>
export type DateFrom = z.output<typeof dateFrom>
export type KnownAt = z.output<typeof knownAt>
