import { operations } from '../../call/context.ts'
import { listAccounts } from './list.ts'
import { accountTimeline, showAccount } from './service.ts'

const { accounts } = operations

export const accountsOperations = accounts.router({
  list: accounts.list.handler(({ context, input }) => listAccounts(context, input)),
  get: accounts.get.handler(({ context, input }) => showAccount(context, input.accountId)),
  timeline: accounts.timeline.handler(({ context, input }) => accountTimeline(context, input)),
})
