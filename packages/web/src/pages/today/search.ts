import * as z from 'zod'

/** What of Today is shown; stands in the address. */
export const todaySearchSchema = z.object({
  owner: z.string().max(200).optional().catch(undefined),
  show: z.enum(['lit', 'acting']).optional().catch(undefined),
})
export type TodaySearch = z.infer<typeof todaySearchSchema>
