import { beforeAll, describe, expect, it } from 'vitest'
import { at, isoDate, parseIsoDate } from './calendar.ts'
import { companyFiles, fileKeys } from './files.ts'
import { sheetsOf } from './simulate.ts'
import { storyOf } from './story.ts'
import { allRows, type ReadAccount, type Row, readCompany } from './testing/read-company.ts'
import { type World, worldOf } from './world.ts'

const options = { accounts: 70, months: 18, seed: 'facts', endsOn: '2026-11-21' }
const day = (text: string | undefined) => parseIsoDate((text ?? '').slice(0, 10)) ?? Number.NaN

let company: ReadAccount[]
beforeAll(() => {
  company = readCompany(options)
})

describe('references', () => {
  it('give every row an account that exists', () => {
    for (const { accountId, rows } of company) {
      expect(rows.accounts).toHaveLength(1)
      for (const key of fileKeys) {
        expect(new Set(rows[key].map((row) => row.account_id))).toEqual(
          new Set(rows[key].length > 0 ? [accountId] : []),
        )
      }
    }
  })

  it.each([
    ['accounts', 'account_id'],
    ['contacts', 'contact_id'],
    ['contract_lines', 'line_id'],
    ['usage_events', 'usage_id'],
    ['survey_answers', 'answer_id'],
    ['tickets', 'ticket_id'],
    ['invoices', 'invoice_id'],
    ['touchpoints', 'touchpoint_id'],
    ['milestones', 'milestone_id'],
  ] as const)('never repeat an id in %s', (key, id) => {
    const ids = allRows(company, key).map((row) => row[id])
    expect(ids.length).toBeGreaterThan(0)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('name contacts and users who were there by then', () => {
    for (const { rows } of company) {
      const contacts = new Set(rows.contacts.map((row) => row.contact_id))
      const invited = new Map(rows.contacts.map((row) => [row.user_id, row.invited_at ?? '']))
      const strangers = [
        ...rows.usage_events.filter((event) => {
          const since = invited.get(event.user_id)
          if (event.event === 'api_call') return event.user_id !== ''
          return !since || (event.occurred_at ?? '') < since.slice(0, 10)
        }),
        ...rows.tickets.filter((row) => !contacts.has(row.contact_id)),
        ...rows.touchpoints.filter((row) => !contacts.has(row.contact_id)),
        ...rows.survey_answers.filter((row) => !contacts.has(row.respondent_id)),
      ]
      expect(strangers).toEqual([])
    }
  })

  it('give no two accounts one name', () => {
    const names = allRows(company, 'accounts').map((row) => row.name)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('contracts', () => {
  it('end after they start', () => {
    const lines = allRows(company, 'contract_lines').filter((line) => line.effective_to !== '')
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.filter((line) => day(line.effective_to) <= day(line.effective_from))).toEqual([])
  })

  it('never overlap for one product', () => {
    for (const { rows } of company) {
      const overlaps = rows.contract_lines.filter((line) =>
        rows.contract_lines.some(
          (other) =>
            other !== line &&
            other.product === line.product &&
            day(other.effective_from) <= day(line.effective_from) &&
            (other.effective_to === '' || day(other.effective_to) > day(line.effective_from)),
        ),
      )
      expect(overlaps).toEqual([])
    }
  })

  it('hold all use, tickets and invoices', () => {
    for (const { rows, truth } of company) {
      const from = rows.contract_lines.map((line) => line.effective_from ?? '').sort()[0] ?? ''
      const churn = truth.returns.length < truth.churns.length ? truth.churns.at(-1) : undefined
      const to = churn?.endsOn ?? options.endsOn
      const outside = rows.usage_events.filter((event) => {
        const on = event.occurred_at?.slice(0, 10) ?? ''
        return on < from || on >= to
      })
      expect(outside).toEqual([])
      const signedUp = rows.accounts[0]?.signed_up_on ?? ''
      expect(rows.tickets.filter((row) => (row.opened_at ?? '') < signedUp)).toEqual([])
      expect(rows.invoices.filter((row) => (row.issued_at ?? '') < signedUp)).toEqual([])
    }
  })

  it('have whole yen, and trials for nothing', () => {
    for (const line of allRows(company, 'contract_lines')) {
      expect(line.amount).toMatch(line.state === 'trial' ? /^0$/ : /^[1-9]\d*$/)
    }
  })

  it('come in every kind: monthly and yearly, by seat and by use, discounted, added to, left', () => {
    const lines = allRows(company, 'contract_lines')
    const some = (test: (line: Row) => boolean) =>
      expect(lines.filter(test).length).toBeGreaterThan(0)
    some((line) => line.term_months === '1')
    some((line) => line.term_months === '12' && line.billing_months === '12')
    some((line) => line.plan === 'flex' && line.quantity === '')
    some((line) => line.discount_until !== '')
    some((line) => line.product === 'Tsumugi 経費')
    some((line) => line.auto_renew === 'false')
    some((line) => !['1', '12'].includes(line.term_months ?? '')) // grown within a term
    some((line) => line.state === 'trial')
    some((line) => line.cancelled_at !== '')
    expect(company.some((account) => account.truth.returns.length > 0)).toBe(true)
    expect(allRows(company, 'plan_changes').length).toBeGreaterThan(0)
    expect(allRows(company, 'owner_changes').length).toBeGreaterThan(0)
    expect(allRows(company, 'invoices').some((row) => row.kind === 'metered')).toBe(true)
  })
})

describe('the two clocks', () => {
  const exported = `${options.endsOn}T00:00:00`

  it.each(fileKeys)('%s knows nothing that became known after the export', (key) => {
    const rows = allRows(company, key)
    expect(rows.filter((row) => (row.known_at ?? '') > exported)).toEqual([])
    for (const [column, knownColumn] of Object.entries(companyFiles[key].later)) {
      // What became known later says when, and that was not before the row itself.
      const wrong = rows.filter((row) => {
        const known = row[knownColumn] ?? ''
        return row[column] !== '' && !(known >= (row.known_at ?? '') && known <= exported)
      })
      expect(wrong, column).toEqual([])
    }
  })

  it('knows of nothing before it happened', () => {
    const early = (key: 'usage_events' | 'touchpoints') =>
      allRows(company, key).filter((row) => (row.known_at ?? '') < (row.occurred_at ?? ''))
    expect(early('usage_events')).toEqual([])
    expect(early('touchpoints')).toEqual([])
    expect(allRows(company, 'tickets').filter((row) => row.known_at !== row.opened_at)).toEqual([])
    expect(
      allRows(company, 'survey_answers').filter((row) => row.known_at !== row.delivered_at),
    ).toEqual([])
    const gone = allRows(company, 'contacts').filter((row) => row.left_on !== '')
    expect(gone.length).toBeGreaterThan(0)
    expect(gone.filter((row) => (row.left_known_at ?? '') <= (row.left_on ?? ''))).toEqual([])
  })

  it('tells of contracts and changes of plan and owner ahead, but for those signed late', () => {
    const lines = allRows(company, 'contract_lines')
    const late = lines.filter((line) => day(line.known_at) > day(line.effective_from))
    expect(late.length).toBeGreaterThan(0)
    expect(late.length).toBeLessThan(lines.length / 20)
    expect(late.every((line) => line.auto_renew === 'false')).toBe(true)
    for (const change of allRows(company, 'owner_changes')) {
      expect(day(change.known_at)).toBeLessThan(day(change.valid_from))
    }
  })

  it('knows a day of use when the day is over, and a little of it late', () => {
    const events = allRows(company, 'usage_events')
    const late = events.filter((row) => !(row.known_at ?? '').endsWith('T00:00:00'))
    expect(events.some((row) => day(row.known_at) === day(row.occurred_at))).toBe(false)
    expect(late.length / events.length).toBeGreaterThan(0.005)
    expect(late.length / events.length).toBeLessThan(0.03)
  })

  it('never lets the future into the past: a shorter history is what the longer one knew', () => {
    const long = worldOf(options)
    const cuts = ['2025-09-15', '2026-02-01', '2026-07-23'].map(day)
    for (let index = 0; index < options.accounts; index++) {
      const story = storyOf(long, index)
      for (const end of cuts) {
        const short: World = { ...long, end }
        const shortStory = storyOf(short, index)
        const now = sheetsOf(short, shortStory)
        const then = sheetsOf(long, story, at(end, 0))
        for (const key of fileKeys) {
          const place = `${story.profile.accountId} ${key} ${isoDate(end)}`
          expect(now.text(key), place).toBe(then.text(key))
        }
      }
    }
  })
})
