import * as z from 'zod'
import { mayFail } from './errors.ts'
import { confirmedOperation, operation } from './operation.ts'
import { textSchema } from './text.ts'

/** The header in which a request says in which workspace it is made; without it, in the caller's first. */
export const workspaceHeader = 'x-tomoshibi-workspace'

export const ownWorkspaceSchema = z.object({
  id: z.string().describe(`To be sent in the header ${workspaceHeader}`),
  name: z.string(),
  role: z
    .object({ key: z.string(), name: textSchema })
    .nullable()
    .describe('What the caller is there; null for programs'),
  current: z.boolean().describe('In which this was asked'),
})
export type OwnWorkspace = z.infer<typeof ownWorkspaceSchema>

export const workspacesContract = {
  list: operation('workspace:read')
    .route({
      method: 'GET',
      path: '/workspaces',
      summary: 'The workspaces to which the caller belongs; all of them for the command line',
    })
    .output(z.array(ownWorkspaceSchema)),
  create: confirmedOperation('installation:configure')
    .route({
      method: 'POST',
      path: '/workspaces',
      summary: 'Make a workspace; who makes it is its owner',
    })
    .input(
      z.object({
        name: z.string().trim().min(1).max(200),
        id: z
          .string()
          .regex(/^[a-z][a-z0-9-]{0,39}$/)
          .optional()
          .describe('Small letters, digits and hyphens; left out = a random one'),
      }),
    )
    .output(ownWorkspaceSchema)
    .errors(mayFail('WORKSPACE_EXISTS')),
}
