import { hashKey, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Permission } from '@tomoshibi/contract/operation'
import type { SessionState } from '@tomoshibi/contract/people'
import { createContext, useCallback, useContext } from 'react'
import { forgetWorkspace } from './chosen-workspace.ts'
import { api } from './client.ts'

/** Who is signed in. The root loads it before anything else is drawn. */
export const SessionContext = createContext<SessionState | null>(null)

/** Who is signed in, and as what. Only below the root. */
export function useSession(): SessionState {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('useSession is used outside the root')
  return session
}

/** Whether the person may do what needs a permission; the server decides in any case. */
export function useMay(permission: Permission): boolean {
  return useSession().permissions.includes(permission)
}

/** Whether the person has a password: who signs in with a provider may have none. Also where no page is drawn yet. */
export function useHasPassword(): boolean {
  const session = useQuery(api.session.get.queryOptions())
  return session.data?.confirmBy.includes('password') ?? true
}

/** Goes on as another person, or as nobody: nothing that was read before is kept. */
export function useNewSession(): (state: SessionState) => void {
  const queries = useQueryClient()
  return useCallback(
    (state) => {
      // What one person chose is not the next one's.
      forgetWorkspace()
      const own = hashKey(api.session.get.queryKey())
      // This one stays where it is: the root looks at it, and draws by it what comes next.
      queries.setQueryData(api.session.get.queryKey(), state)
      queries.removeQueries({ predicate: ({ queryHash }) => queryHash !== own })
      queries.getMutationCache().clear()
    },
    [queries],
  )
}
