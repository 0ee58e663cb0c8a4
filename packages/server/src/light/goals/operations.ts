import { operations } from '../../call/context.ts'
import { applyGoals, exportGoals, retireGoal } from './apply.ts'
import { followGoals, listNotices } from './notices.ts'
import { checkGoals, goalCourse, listGoals, verifyGoals } from './service.ts'

const { goals } = operations

export const goalsOperations = goals.router({
  list: goals.list.handler(({ context, input }) => listGoals(context, input)),
  notices: goals.notices.handler(({ context }) => listNotices(context)),
  follow: goals.follow.handler(({ context }) => followGoals(context)),
  course: goals.course.handler(({ context, input }) => goalCourse(context, input.key)),
  check: goals.check.handler(({ context, input }) => checkGoals(context, input.key)),
  verify: goals.verify.handler(({ context, input }) => verifyGoals(context, input.key)),
  apply: goals.apply.handler(({ context, input }) => applyGoals(context, input)),
  export: goals.export.handler(({ context, input }) => exportGoals(context, input)),
  retire: goals.retire.handler(({ context, input }) => retireGoal(context, input.key)),
})
