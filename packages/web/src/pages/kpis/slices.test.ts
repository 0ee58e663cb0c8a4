import type { AccountRow } from '@tomoshibi/contract/accounts'
import { describe, expect, it } from 'vitest'
import { sliceAttributes } from './slices.ts'

const account = (id: number, attributes: Record<string, string>): AccountRow => ({
  id: String(id),
  name: String(id),
  attributes,
  mrr: null,
  daysToRenewal: null,
  activeUsers: null,
  licenceUtilisation: null,
  litLamps: [],
})

describe('attributes to cut figures by', () => {
  it('leave out names and what is different for nearly everyone', () => {
    const accounts = Array.from({ length: 60 }, (_, i) =>
      account(i, { name: `A${i}`, plan: i % 2 ? 'pro' : 'free', phone: String(i) }),
    )
    expect(sliceAttributes(accounts)).toEqual(['plan'])
  })
})
