import * as z from 'zod'
import { type ErrorCode, errorRegistry } from './error-registry.ts'
import { type Text, textSchema } from './text.ts'

export { type ErrorCode, errorCodes, errorRegistry } from './error-registry.ts'

/** One problem of several, with its place where it has one. */
export const problemSchema = z.object({
  code: z.string(),
  text: textSchema,
  file: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  suggestions: z.array(z.string()).default([]),
})
export type Problem = z.infer<typeof problemSchema>

/** What travels with an error over HTTP. */
export const errorDataSchema = z.object({
  what: textSchema,
  mend: textSchema,
  details: z.record(z.string(), z.string()),
  problems: z.array(problemSchema),
})
export type ErrorData = z.infer<typeof errorDataSchema>

/**
 * Fills `{name}` from the details, in Japanese from `nameJa` where there is one; a name without a detail
 * stays out, with its braces gone.
 */
function fill(text: Text, details: Readonly<Record<string, string>>): Text {
  const put = (s: string, value: (name: string) => string | undefined) =>
    s.replace(/\{(\w+)\}/g, (_, name: string) => value(name) ?? '')
  return {
    en: put(text.en, (name) => details[name]),
    ja: put(text.ja, (name) => details[`${name}Ja`] ?? details[name]),
  }
}

/** Makes the data of an error from its code and details. */
export function errorData(
  code: ErrorCode,
  details: Readonly<Record<string, string>> = {},
  problems: readonly Problem[] = [],
): ErrorData {
  const entry = errorRegistry[code]
  const didYouMean =
    entry.suggests && details.suggestions
      ? {
          en: `Did you mean ${details.suggestions}? `,
          ja: `${details.suggestions} のことでしょうか。`,
        }
      : { en: '', ja: '' }
  const mend = fill(entry.mend, details)
  return {
    what: fill(entry.what, details),
    mend: { en: didYouMean.en + mend.en, ja: didYouMean.ja + mend.ja },
    details: { ...details },
    problems: [...problems],
  }
}

type ErrorMapOf<C extends ErrorCode> = {
  [K in C]: { status: number; message: string; data: typeof errorDataSchema }
}

/** The errors that an operation may return, for oRPC's `.errors()`. */
export function mayFail<const C extends ErrorCode>(...codes: C[]): ErrorMapOf<C> {
  const entries = codes.map((code) => [
    code,
    {
      status: errorRegistry[code].status,
      message: errorRegistry[code].what.en,
      data: errorDataSchema,
    },
  ])
  // Object.fromEntries forgets the keys; they are exactly `codes`.
  return Object.fromEntries(entries) as ErrorMapOf<C>
}
