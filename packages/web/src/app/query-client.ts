import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { mayPass, troubleOf } from '../api/problem.ts'

/** A session that has ended shows itself in whatever is asked next: then the sign-in is shown. */
function noteEndOfSession(error: unknown): void {
  if (troubleOf(error).code === 'SIGN_IN_NEEDED') {
    void queryClient.invalidateQueries({ queryKey: api.session.get.key() })
  }
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noteEndOfSession }),
  mutationCache: new MutationCache({ onError: noteEndOfSession }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 2 && mayPass(error),
      retryDelay: (failures) => 400 * 2 ** failures,
      // The server is on this machine: it answers with or without a network.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})
