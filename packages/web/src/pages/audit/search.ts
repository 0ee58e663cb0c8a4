import * as z from 'zod'

/** What the address of the audit log says. What is not understood is forgotten. */
export const auditSearchSchema = z.object({
  q: z.string().max(200).optional().catch(undefined),
  outcome: z.enum(['done', 'refused']).optional().catch(undefined),
})
