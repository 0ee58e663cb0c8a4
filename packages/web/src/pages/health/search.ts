import * as z from 'zod'

export const bandChoices = ['red', 'yellow', 'green', 'none'] as const

/** The health page in the address: the band shown, how many accounts, and the scorecard being edited. */
export const healthSearchSchema = z.object({
  band: z.enum(bandChoices).optional().catch(undefined),
  limit: z.int().min(50).max(10_000).optional().catch(undefined),
  edit: z.coerce.string().max(80).optional().catch(undefined),
})
