import { operations } from '../../call/context.ts'

const { apiKeys } = operations

export const apiKeysOperations = apiKeys.router({
  create: apiKeys.create.handler(({ context, input }) => context.apiKeys.create(context, input)),
  list: apiKeys.list.handler(({ context }) => context.apiKeys.list(context)),
  revoke: apiKeys.revoke.handler(({ context, input }) => context.apiKeys.revoke(context, input.id)),
})
