import { createORPCClient, ORPCError } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { contract } from '@tomoshibi/contract/contract'
import { workspaceHeader } from '@tomoshibi/contract/workspaces'
import { chosenWorkspace } from './chosen-workspace.ts'
import { confirmAgain } from './confirmation.ts'

/** Every operation of the product as a typed function, over HTTP on the page's own origin. */
export const client: ContractRouterClient<typeof contract> = createORPCClient(
  new OpenAPILink(contract, {
    url: () => `${window.location.origin}/api`,
    headers: () => {
      const chosen = chosenWorkspace()
      return chosen === null ? {} : { [workspaceHeader]: chosen }
    },
    interceptors: [
      async ({ next }) => {
        try {
          return await next()
        } catch (error) {
          const isAsked = error instanceof ORPCError && error.code === 'CONFIRMATION_NEEDED'
          if (!isAsked || !(await confirmAgain())) throw error
          return await next()
        }
      },
    ],
  }),
)

/** The same operations as options for TanStack Query: `api.lamps.today.queryOptions()`. */
export const api = createTanstackQueryUtils(client)
