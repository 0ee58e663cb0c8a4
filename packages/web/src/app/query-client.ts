import { ORPCError } from '@orpc/client'
import { QueryClient } from '@tanstack/react-query'

/** Asking again helps when the server was busy or restarting, not when it said what is wrong. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ORPCError) || error.status >= 500
}

export const queryClient = new QueryClient({
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
