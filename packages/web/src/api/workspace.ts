import type { Workspace } from '@tomoshibi/contract/workspace'
import { createContext, useContext } from 'react'

/** The workspace that the page shows. The shell loads it before any page is drawn. */
export const WorkspaceContext = createContext<Workspace | null>(null)

/** The workspace: its zone, currency and today. Only inside the shell. */
export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext)
  if (workspace === null) throw new Error('useWorkspace is used outside the shell')
  return workspace
}
