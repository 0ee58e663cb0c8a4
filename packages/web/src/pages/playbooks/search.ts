import { playbookRunStates } from '@tomoshibi/contract/playbooks'
import * as z from 'zod'

/** What of the playbooks is shown; stands in the address: the runs of one, in one state, and the one that is open. */
export const playbooksSearchSchema = z.object({
  playbook: z.coerce.string().max(80).optional().catch(undefined),
  state: z.enum(playbookRunStates).optional().catch(undefined),
  run: z.uuid().optional().catch(undefined),
})
export type PlaybooksSearch = z.infer<typeof playbooksSearchSchema>
