import { operations } from '../call/context.ts'

const { secrets } = operations

export const secretsOperations = secrets.router({
  list: secrets.list.handler(({ context }) => context.secrets.list()),
  rotate: secrets.rotate.handler(({ context }) => context.secrets.rotate()),
  forget: secrets.forget.handler(async ({ context }) => ({
    forgotten: await context.secrets.forgetUnreadable(),
  })),
})
