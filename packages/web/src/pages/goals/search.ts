import * as z from 'zod'

/** The goals page in the address: the goal being edited. */
export const goalsSearchSchema = z.object({
  edit: z.coerce.string().max(80).optional().catch(undefined),
})
