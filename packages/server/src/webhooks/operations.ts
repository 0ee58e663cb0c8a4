import { operations } from '../call/context.ts'

const { webhooks } = operations

export const webhooksOperations = webhooks.router({
  list: webhooks.list.handler(({ context }) => context.webhooks.list(context)),
  create: webhooks.create.handler(({ context, input }) => context.webhooks.create(context, input)),
  change: webhooks.change.handler(({ context, input }) => context.webhooks.change(context, input)),
  renewSecret: webhooks.renewSecret.handler(({ context, input }) =>
    context.webhooks.renewSecret(context, input.id),
  ),
  remove: webhooks.remove.handler(({ context, input }) =>
    context.webhooks.remove(context, input.id),
  ),
  test: webhooks.test.handler(({ context, input }) => context.webhooks.test(context, input.id)),
  messages: webhooks.messages.handler(({ context, input }) =>
    context.webhooks.messages(context, input.id),
  ),
  retry: webhooks.retry.handler(({ context, input }) =>
    context.webhooks.retry(context, input.id, input.message),
  ),
})
