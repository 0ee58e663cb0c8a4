import { QueryClient } from '@tanstack/react-query'
import { mayPass } from '../api/problem.ts'

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
