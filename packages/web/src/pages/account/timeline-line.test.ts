import type { TimelineEntry } from '@tomoshibi/contract/accounts'
import { describe, expect, it } from 'vitest'
import { createFormatter } from '../../format/formatter.ts'
import { detailsOf, momentOf } from './timeline-line.ts'

const entry = (over: Partial<TimelineEntry>): TimelineEntry => ({
  at: '2026-04-01T00:00:00Z',
  kind: 'contract',
  what: 'started',
  recordId: 'r',
  details: {},
  ...over,
})
const en = createFormatter('en', 'Asia/Tokyo')
const lampName = (key: string) => `the lamp ${key}`

describe('a line of the timeline', () => {
  it('names a touchpoint by its channel and an answer by its survey', () => {
    expect(momentOf(entry({ kind: 'touchpoint', what: 'met', details: { channel: 'call' } }))).toBe(
      'touchpoint.call',
    )
    expect(
      momentOf(entry({ kind: 'survey_answer', what: 'answered', details: { survey: 'nps' } })),
    ).toBe('survey_answer.nps')
    expect(momentOf(entry({ kind: 'touchpoint', what: 'met', details: { channel: 'fax' } }))).toBe(
      'touchpoint.met',
    )
  })

  it('has no words for what it does not know', () => {
    expect(momentOf(entry({ what: 'moved' }))).toBeNull()
  })

  it('says the product, the number of seats and the amount of a contract', () => {
    const details = {
      product: 'Core',
      plan: 'pro',
      quantity: '20',
      amount: '120000.00000000',
      currency: 'JPY',
    }
    expect(detailsOf(entry({ details }), en, lampName)).toEqual(['Core · pro', '× 20', '¥120,000'])
  })

  it('says which lamp and why, in the language of the page', () => {
    const details = { lamp: 'silence', whyEn: 'No answer for 72 days.', whyJa: '72日間…' }
    expect(detailsOf(entry({ kind: 'lamp', what: 'lit', details }), en, lampName)).toEqual([
      'the lamp silence',
      'No answer for 72 days.',
    ])
  })

  it('leaves out what is empty', () => {
    expect(detailsOf(entry({ kind: 'ticket', details: { subject: '' } }), en, lampName)).toEqual([])
  })
})
