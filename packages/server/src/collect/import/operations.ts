import { operations } from '../../call/context.ts'
import { suggestMapping } from './suggest.ts'

const { imports } = operations

export const importsOperations = imports.router({
  start: imports.start.handler(async ({ context, input }) => ({
    id: await context.imports.start(context, input),
  })),
  get: imports.get.handler(({ context, input }) => context.imports.get(context, input.id)),
  suggest: imports.suggest.handler(({ input }) => suggestMapping(input.paths)),
})
