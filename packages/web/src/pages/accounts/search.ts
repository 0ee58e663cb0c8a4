import { accountSortKeys } from '@tomoshibi/contract/accounts'
import * as z from 'zod'

export const PAGE_SIZE = 100

/** The accounts table as the address has it: what is searched, the order, the page. */
export const accountsSearchSchema = z.object({
  // The router reads digits as a number; a search for 2024 is text all the same.
  q: z.coerce.string().max(200).optional().catch(undefined),
  sort: z.enum(accountSortKeys).optional().catch(undefined),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
  page: z.int().min(1).optional().catch(undefined),
})
export type AccountsSearch = z.infer<typeof accountsSearchSchema>
export type AccountSortKey = (typeof accountSortKeys)[number]

/** How a column is sorted when it is chosen first: names from A, the next renewal, most of the rest. */
export function firstDirection(key: AccountSortKey): 'asc' | 'desc' {
  return key === 'name' || key === 'daysToRenewal' ? 'asc' : 'desc'
}

/** The order that an address means. */
export function orderOf(search: AccountsSearch): { sort: AccountSortKey; dir: 'asc' | 'desc' } {
  const sort = search.sort ?? 'mrr'
  return { sort, dir: search.dir ?? firstDirection(sort) }
}

/** The input of accounts.list that an address means. */
export function listInput(search: AccountsSearch) {
  const { sort, dir } = orderOf(search)
  return {
    search: search.q ?? '',
    sort,
    descending: dir === 'desc',
    limit: PAGE_SIZE,
    offset: ((search.page ?? 1) - 1) * PAGE_SIZE,
  }
}

/** The address after a press on a column's heading: its first direction, then the other. */
export function afterSort(search: AccountsSearch, key: AccountSortKey): AccountsSearch {
  const { sort, dir } = orderOf(search)
  const next = sort === key ? (dir === 'asc' ? 'desc' : 'asc') : firstDirection(key)
  return { q: search.q, sort: key, dir: next }
}
