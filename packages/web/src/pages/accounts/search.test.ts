import { describe, expect, it } from 'vitest'
import { accountsSearchSchema, afterSort, listInput } from './search.ts'

describe('the accounts table in the address', () => {
  it('asks for most revenue first when nothing is said', () => {
    expect(listInput(accountsSearchSchema.parse({}))).toEqual({
      search: '',
      sort: 'mrr',
      descending: true,
      limit: 100,
      offset: 0,
    })
  })

  it('forgets what it does not understand instead of failing', () => {
    const search = accountsSearchSchema.parse({ sort: 'nope', dir: 'up', page: -3, q: 2024 })
    expect(listInput(search)).toMatchObject({ sort: 'mrr', offset: 0, search: '2024' })
  })

  it('begins each column with the direction that is asked for most, then turns it', () => {
    const byRenewal = afterSort({ page: 4, q: 'x' }, 'daysToRenewal')
    expect(byRenewal).toEqual({ q: 'x', sort: 'daysToRenewal', dir: 'asc' })
    expect(afterSort(byRenewal, 'daysToRenewal').dir).toBe('desc')
    expect(afterSort({}, 'mrr').dir).toBe('asc')
  })
})
