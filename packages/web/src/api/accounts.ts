import { queryOptions, useQuery } from '@tanstack/react-query'
import type { AccountRow } from '@tomoshibi/contract/accounts'
import { api, client } from './client.ts'

const AT_ONCE = 1000

/** The names of all accounts by id; asked for a thousand at a time. */
const namesQuery = queryOptions({
  queryKey: [...api.accounts.key(), 'names'],
  staleTime: 10 * 60_000,
  queryFn: async () => {
    const names = new Map<string, string>()
    for (let offset = 0; ; offset += AT_ONCE) {
      const page = await client.accounts.list({
        sort: 'name',
        descending: false,
        limit: AT_ONCE,
        offset,
      })
      for (const row of page.rows) names.set(row.id, row.name)
      if (page.rows.length === 0 || offset + AT_ONCE >= page.total) return names
    }
  },
})

/** The names of all accounts; empty until they are loaded. */
export function useAccountNames(): ReadonlyMap<string, string> {
  return useQuery(namesQuery).data ?? none
}

const none: ReadonlyMap<string, string> = new Map()

/** Some accounts, those with most revenue, to see which attributes there are. */
export function useAccountSample(): readonly AccountRow[] {
  const sample = useQuery({
    ...api.accounts.list.queryOptions({ input: { limit: 200 } }),
    staleTime: 10 * 60_000,
  })
  return sample.data?.rows ?? []
}
