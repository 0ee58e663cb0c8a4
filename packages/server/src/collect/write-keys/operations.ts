import { operations } from '../../call/context.ts'

const { writeKeys } = operations

export const writeKeysOperations = writeKeys.router({
  create: writeKeys.create.handler(({ context, input }) =>
    context.writeKeys.create(context, input.name, input.expiresInDays),
  ),
  list: writeKeys.list.handler(({ context }) => context.writeKeys.list(context)),
  revoke: writeKeys.revoke.handler(({ context, input }) =>
    context.writeKeys.revoke(context, input.id),
  ),
})
