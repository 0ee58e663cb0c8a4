import { operations } from '../../call/context.ts'
import { configureWorkspace, showWorkspace } from './service.ts'

export const workspaceOperations = operations.workspace.router({
  get: operations.workspace.get.handler(({ context }) => showWorkspace(context)),
  configure: operations.workspace.configure.handler(({ context, input }) => {
    const { name, settings, reset, ...usual } = input
    return configureWorkspace(context, { name, settings: { ...settings, ...usual }, reset })
  }),
})
