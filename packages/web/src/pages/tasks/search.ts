import * as z from 'zod'

/** What of the tasks is shown; stands in the address. */
export const tasksSearchSchema = z.object({
  whose: z.enum(['mine', 'team']).optional().catch(undefined),
  state: z.enum(['closed', 'all']).optional().catch(undefined),
  due: z.enum(['today', 'overdue', 'week']).optional().catch(undefined),
})
export type TasksSearch = z.infer<typeof tasksSearchSchema>

/** The input of tasks.list that an address means. */
export const tasksInput = ({ whose, state, due }: TasksSearch) => ({
  whose: whose ?? ('all' as const),
  state: state ?? ('open' as const),
  due: due ?? ('any' as const),
})
