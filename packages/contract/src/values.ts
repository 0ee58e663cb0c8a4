import * as z from 'zod'

/** A calendar day in the workspace's time zone, such as 2026-04-01. */
export const dateSchema = z.iso.date().describe('Calendar day in the workspace time zone')

/** An instant in UTC or with an offset, such as 2026-04-01T00:00:00+09:00. */
export const instantSchema = z.iso.datetime({ offset: true }).describe('Instant, ISO 8601')

/** Exact money in major units, such as "83333.33333333". Never a float. */
export const moneySchema = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('Exact decimal')

export const accountIdSchema = z.string().min(1).max(500).describe("The account's id at its source")

/** Keys of metrics, lamps and attributes. */
export const keySchema = z.string().min(1).max(200)

/** Keys that may come as one text, comma-separated, from a query string. */
export const queryKeysSchema = z
  .array(keySchema)
  .or(keySchema.transform((keys) => keys.split(',').map((key) => key.trim())))

/** A yes or no that may come as text, from a query string. */
export const queryFlagSchema = z.stringbool().or(z.boolean())
