import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { contract } from '@tomoshibi/contract/contract'
import { workspaceHeader } from '@tomoshibi/contract/workspaces'
import { chosenWorkspace } from './chosen-workspace.ts'

/** Every operation of the product as a typed function, over HTTP on the page's own origin. */
export const client: ContractRouterClient<typeof contract> = createORPCClient(
  new OpenAPILink(contract, {
    url: () => `${window.location.origin}/api`,
    headers: () => {
      const chosen = chosenWorkspace()
      return chosen === null ? {} : { [workspaceHeader]: chosen }
    },
  }),
)

/** The same operations as options for TanStack Query: `api.lamps.today.queryOptions()`. */
export const api = createTanstackQueryUtils(client)
