import { operations } from '../../call/context.ts'
import { applyDefinitions, exportDefinitions } from './service.ts'

const { definitions } = operations

export const definitionsOperations = definitions.router({
  apply: definitions.apply.handler(({ context, input }) =>
    applyDefinitions(context, context.caller.permissions, input),
  ),
  export: definitions.export.handler(({ context }) => exportDefinitions(context)),
})
