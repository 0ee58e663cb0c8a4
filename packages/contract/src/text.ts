import * as z from 'zod'

/** A text for people, in both of the product's languages. */
export const textSchema = z.object({ en: z.string(), ja: z.string() })
export type Text = z.infer<typeof textSchema>

export const languages = ['ja', 'en'] as const
export type Language = (typeof languages)[number]
