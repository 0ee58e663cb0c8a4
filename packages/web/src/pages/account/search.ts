import { timelineEntrySchema } from '@tomoshibi/contract/accounts'
import * as z from 'zod'

export const timelineKinds = timelineEntrySchema.shape.kind.options
export type TimelineKind = (typeof timelineKinds)[number]

/** One account's page in the address: which kinds the timeline shows; none named = all. */
export const accountSearchSchema = z.object({
  kinds: z.array(timelineEntrySchema.shape.kind).optional().catch(undefined),
})
