import { operations } from '../../call/context.ts'
import { showFreshness } from './freshness.ts'
import { configureWorkspace, showWorkspace } from './service.ts'

export const workspaceOperations = operations.workspace.router({
  get: operations.workspace.get.handler(({ context }) => showWorkspace(context)),
  freshness: operations.workspace.freshness.handler(({ context }) => showFreshness(context)),
  configure: operations.workspace.configure.handler(({ context, input }) => {
    const { name, settings, reset, ...usual } = input
    return configureWorkspace(context, { name, settings: { ...settings, ...usual }, reset })
  }),
})
