import { ORPCError } from '@orpc/client'
import { errorData } from '@tomoshibi/contract/errors'
import { describe, expect, it } from 'vitest'
import { troubleOf } from './problem.ts'

describe('errors in words', () => {
  it('keeps what the server says, in both languages', () => {
    const error = new ORPCError('UNKNOWN_ACCOUNT', {
      status: 404,
      data: errorData('UNKNOWN_ACCOUNT', { accountId: 'A-1' }),
    })
    const trouble = troubleOf(error)
    expect(trouble.code).toBe('UNKNOWN_ACCOUNT')
    expect(trouble.what).toEqual({
      en: "There is no account 'A-1'.",
      ja: '顧客「A-1」は見つかりません。',
    })
  })

  it('says that the server does not answer when nothing came back', () => {
    expect(troubleOf(new TypeError('Failed to fetch')).code).toBe('UNREACHABLE')
    expect(troubleOf(new ORPCError('BAD_GATEWAY', { status: 502 })).code).toBe('UNREACHABLE')
  })

  it('never shows a raw message to a person', () => {
    expect(troubleOf(new Error('x is not a function')).code).toBe('UNEXPECTED')
    expect(troubleOf(undefined).code).toBe('UNEXPECTED')
  })
})
