/** What the definitions of recurring revenue say where it is easy to get wrong. */
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, between, type Fact, fact, onDay, type Question, settingsOf } from './testing.ts'
import { tokyo } from './tiny-company.ts'

let facts: TestFacts
let workspaces = 0
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

const company = async (lines: readonly Fact[], rates: readonly Fact[] = []): Promise<string> => {
  workspaces += 1
  const id = `w${workspaces}`
  await facts.store.insert(
    'contract_lines',
    lines.map((line, k) =>
      fact('contract_lines', id, { account_id: 'a', record_id: `l${k}`, ...line }),
    ),
  )
  if (rates.length > 0) {
    await facts.store.insert(
      'exchange_rates',
      rates.map((rate, k) =>
        fact('exchange_rates', id, {
          account_id: '',
          record_id: `r${k}`,
          reporting_currency: 'JPY',
          ...rate,
        }),
      ),
    )
  }
  return id
}

const valuesOf = async (
  workspaceId: string,
  metrics: string[],
  periods: ReturnType<typeof between>,
  settings: Partial<MetricSettings> = {},
) => {
  const values = await ask(facts.store, {
    workspaceId,
    metrics,
    periods,
    settings: settingsOf(settings),
  })
  return values.map(({ value, reason }) => (reason === null ? value : reason))
}

const since = (day: string) => ({ effective_from: tokyo(day) })

describe('MRR of a line', () => {
  const on = onDay('2026-03-15')

  it.each([
    // Around the bound up to which amounts are reckoned in 128 bits, and far beyond it.
    ['999999999999.99999999', '666666666666.66666666'],
    ['1000000000000', '666666666666.66666666'],
    ['1000000000000000000000.00000002', '666666666666666666666.66666668'],
    ['-999999999999.99999999', '-666666666666.66666666'],
    ['-1000000000000', '-666666666666.66666666'],
  ])('is exact however large the amount: two lines of %s a quarter', async (amount, mrr) => {
    const id = await company([
      { amount, discount_percent: '0', billing_count: 3, ...since('2026-01-01') },
      { amount, discount_percent: '0', billing_count: 3, ...since('2026-01-01') },
    ])
    expect(await valuesOf(id, ['mrr'], on)).toEqual([mrr])
  })

  it.each([
    ['month', 1, '1000000', '1000000', '12000000'],
    ['month', 3, '1000000', '333333.33333333', '4000000'],
    ['year', 1, '1000000', '83333.33333333', '1000000'],
    ['year', 2, '1000000', '41666.66666667', '500000'],
    ['week', 1, '7000', '30437.5', '365250'],
    ['day', 30, '30000', '30437.5', '365250'],
  ])(
    'billed every %s × %i: %s gives %s, and ARR is made of the amount',
    async (unit, count, amount, mrr, arr) => {
      const w = await company([
        { amount, billing_unit: unit, billing_count: count, ...since('2026-01-01') },
      ])
      expect(await valuesOf(w, ['mrr', 'arr'], on)).toEqual([mrr, arr])
    },
  )

  it('is net of both discounts until they end, and gross when the workspace says so', async () => {
    const w = await company([
      {
        amount: '1000',
        discount_amount: '100',
        discount_percent: '10',
        discount_until: tokyo('2026-03-16'),
        ...since('2026-01-01'),
      },
    ])
    const days = between('2026-03-14', '2026-03-17', 'day')
    expect(await valuesOf(w, ['mrr'], days)).toEqual(['810', '1000', '1000'])
    expect(await valuesOf(w, ['mrr'], days, { mrrBasis: 'gross' })).toEqual([
      '1000',
      '1000',
      '1000',
    ])
  })

  it('before discounts is a figure of its own, which needs a rate even where the net amount is 0', async () => {
    const free = { amount: '500', discount_percent: '100', ...since('2026-01-01') }
    const both = ['mrr', 'mrr_gross']
    const yen = await company([free, { amount: '100', ...since('2026-01-01') }])
    expect(await valuesOf(yen, both, on)).toEqual(['100', '600'])
    expect(await valuesOf(yen, both, on, { mrrBasis: 'gross' })).toEqual(['600', '600'])
    const euro = await company([{ ...free, currency: 'EUR' }])
    expect(await valuesOf(euro, both, on)).toEqual(['0', 'missing_exchange_rate'])
    expect(await valuesOf('nobody', both, on)).toEqual(['no_data', 'no_data'])
  })

  it('counts from its first instant to before its last, and only while it counts', async () => {
    const span = { effective_from: tokyo('2026-03-02'), effective_to: tokyo('2026-03-03') }
    const w = await company([
      { amount: '1', ...span },
      { amount: '10', ...span, state: 'past_due' },
      { amount: '100', ...span, state: 'trial' },
      { amount: '1000', ...span, state: 'paused' },
      { amount: '10000', ...span, state: 'ended' },
      { amount: '100000', ...since('2026-03-02'), state: 'ended' },
    ])
    // At the end of 1 March it is 2 March, 00:00: the lines apply from then on.
    const days = between('2026-02-28', '2026-03-04', 'day')
    expect(await valuesOf(w, ['mrr'], days)).toEqual(['0', '10011', '0', '0'])
  })

  it('is converted at the rate of the start of the billing period it is in', async () => {
    const w = await company(
      [{ amount: '100', currency: 'USD', ...since('2025-12-31') }],
      [
        { currency: 'USD', rate: '150', effective_at: tokyo('2025-12-01') },
        { currency: 'USD', rate: '160', effective_at: tokyo('2026-02-20') },
        { currency: 'USD', rate: '170', effective_at: tokyo('2026-03-01') },
      ],
    )
    // The line's periods start on 31 January, 28 February and 31 March.
    const days = [
      ...onDay('2026-02-26'),
      ...onDay('2026-02-27'),
      ...onDay('2026-03-29'),
      ...onDay('2026-03-30'),
    ]
    expect(await valuesOf(w, ['mrr'], days)).toEqual(['15000', '16000', '16000', '17000'])
  })

  it('has no value without a rate, for the portfolio too, while counts have', async () => {
    const w = await company([
      { amount: '100', currency: 'EUR', ...since('2026-01-01') },
      { account_id: 'b', amount: '500', ...since('2026-01-01') },
    ])
    expect(
      await valuesOf(w, ['mrr', 'paying_accounts', 'arpa', 'nrr'], onDay('2026-03-15')),
    ).toEqual(['missing_exchange_rate', 2, 'missing_exchange_rate', 'missing_exchange_rate'])
  })
})

describe('movements', () => {
  const march = between('2026-03-01', '2026-04-01', 'month')
  const newAndBack = ['mrr_new', 'mrr_reactivation']
  const gone = {
    amount: '100',
    effective_from: tokyo('2025-01-01'),
    effective_to: tokyo('2026-01-10'),
  }
  const back = { amount: '120', ...since('2026-03-11') }

  it('an account that paid before is reactivated, after too long a gap it is new', async () => {
    const w = await company([gone, back])
    expect(await valuesOf(w, newAndBack, march)).toEqual(['0', '120'])
    expect(await valuesOf(w, newAndBack, march, { reactivationMaxGapDays: 60 })).toEqual([
      '0',
      '120',
    ])
    expect(await valuesOf(w, newAndBack, march, { reactivationMaxGapDays: 59 })).toEqual([
      '120',
      '0',
    ])
  })

  it('an account that came and went between two cuts is new when it is first in a figure', async () => {
    const w = await company([
      { amount: '100', effective_from: tokyo('2026-01-10'), effective_to: tokyo('2026-01-20') },
      back,
    ])
    expect(await valuesOf(w, newAndBack, march)).toEqual(['120', '0'])
    expect(
      await valuesOf(w, ['new_and_lost'], between('2026-01-01', '2026-02-01', 'month')),
    ).toEqual([1])
    // Cut by days it was in figures, so that it comes back.
    expect(await valuesOf(w, newAndBack, between('2026-03-10', '2026-03-11', 'day'))).toEqual([
      '0',
      '120',
    ])
  })

  it('a trial that turns into a contract is new', async () => {
    const w = await company([
      {
        amount: '0',
        state: 'trial',
        effective_from: tokyo('2026-01-01'),
        effective_to: tokyo('2026-03-11'),
      },
      back,
    ])
    expect(await valuesOf(w, newAndBack, march)).toEqual(['120', '0'])
  })

  it('reactivation lowers net churn only when the workspace says so', async () => {
    const w = await company([
      gone,
      back,
      {
        account_id: 'b',
        amount: '1000',
        ...since('2025-01-01'),
        effective_to: tokyo('2026-03-05'),
      },
    ])
    expect(await valuesOf(w, ['revenue_churn_net'], march)).toEqual([1])
    expect(
      await valuesOf(w, ['revenue_churn_net'], march, { netChurnCountsReactivation: true }),
    ).toEqual([0.88])
  })

  it('a customer is lost when its contract ends, or when it gives notice', async () => {
    const w = await company([
      {
        amount: '100',
        ...since('2025-01-01'),
        effective_to: tokyo('2026-06-01'),
        cancelled_at: tokyo('2026-03-20'),
      },
    ])
    const months = between('2026-03-01', '2026-07-01', 'month')
    const churned = ['churned_accounts']
    expect(await valuesOf(w, churned, months)).toEqual([0, 0, 1, 0])
    expect(await valuesOf(w, churned, months, { churnDate: 'cancellation_notice' })).toEqual([
      1, 0, 0, 0,
    ])
    // Money stays with the contract.
    expect(await valuesOf(w, ['mrr_churn'], months, { churnDate: 'cancellation_notice' })).toEqual([
      '0',
      '0',
      '100',
      '0',
    ])
  })

  it('the drift of a rate moves neither NRR nor expansion', async () => {
    const w = await company(
      [{ amount: '100', currency: 'USD', ...since('2026-01-01') }],
      [
        { currency: 'USD', rate: '150', effective_at: tokyo('2026-01-01') },
        { currency: 'USD', rate: '180', effective_at: tokyo('2026-03-15') },
      ],
    )
    expect(await valuesOf(w, ['mrr_expansion', 'mrr_fx', 'mrr_end', 'nrr', 'grr'], march)).toEqual([
      '0',
      '3000',
      '18000',
      1,
      1,
    ])
  })
})

describe('NRR and GRR', () => {
  it('cover 1, 3 or 12 months up to a day or to the end of each period', async () => {
    const w = await company([
      { amount: '100', effective_from: tokyo('2025-01-01'), effective_to: tokyo('2025-09-01') },
      { amount: '200', effective_from: tokyo('2025-09-01'), effective_to: tokyo('2026-02-10') },
      { amount: '150', ...since('2026-02-10') },
    ])
    const question = { workspaceId: w, metrics: ['nrr', 'grr'] }
    const answers = async (more: Partial<Question>) =>
      (await ask(facts.store, { ...question, periods: onDay('2026-03-31'), ...more })).map(
        ({ metric, on: day, start, end, value }) => [metric, day, start, end, value],
      )
    const day = '2026-03-31'
    expect(await answers({})).toEqual([
      ['nrr', day, '2025-04-01', '2026-04-01', 1.5],
      ['grr', day, '2025-04-01', '2026-04-01', 1],
    ])
    expect(await answers({ trailing: 'P3M' })).toEqual([
      ['nrr', day, '2026-01-01', '2026-04-01', 0.75],
      ['grr', day, '2026-01-01', '2026-04-01', 0.75],
    ])
    expect((await answers({ trailing: 'P1M' }))[0]).toEqual([
      'nrr',
      day,
      '2026-03-01',
      '2026-04-01',
      1,
    ])
    const periods = between('2026-02-01', '2026-04-01', 'month')
    expect(await answers({ periods, trailing: 'P12M' })).toEqual([
      ['nrr', undefined, '2025-03-01', '2026-03-01', 1.5],
      ['nrr', undefined, '2025-04-01', '2026-04-01', 1.5],
      ['grr', undefined, '2025-03-01', '2026-03-01', 1],
      ['grr', undefined, '2025-04-01', '2026-04-01', 1],
    ])
    expect((await answers({ periods })).map(([, , , , value]) => value)).toEqual([0.75, 1, 0.75, 1])
  })
})

describe('metered revenue', () => {
  const march = between('2026-03-01', '2026-04-01', 'month')
  const invoiced = async (rows: readonly Fact[]) => {
    const w = await company([{ amount: '100', ...since('2026-01-01') }])
    await facts.store.insert(
      'invoices',
      rows.map((row, k) =>
        fact('invoices', w, {
          account_id: 'a',
          record_id: `i${k}`,
          kind: 'metered',
          currency: 'JPY',
          due_at: tokyo('2026-06-01'),
          paid_at: null,
          paid_amount: '0',
          ...row,
        }),
      ),
    )
    return w
  }

  it('is what was invoiced in the period, no part of MRR', async () => {
    const w = await invoiced([
      { amount: '10', issued_at: tokyo('2026-02-28', '23:59:59') },
      { amount: '20', issued_at: tokyo('2026-03-01') },
      { amount: '40', issued_at: tokyo('2026-03-31', '23:59:59') },
      { amount: '80', issued_at: tokyo('2026-04-01') },
      { amount: '160', issued_at: tokyo('2026-03-05'), kind: 'recurring' },
      { amount: '320', issued_at: tokyo('2026-03-05'), known_at: tokyo('2026-04-10') },
    ])
    expect(await valuesOf(w, ['metered_revenue', 'mrr_end'], march)).toEqual(['380', '100'])
    const [then] = await ask(facts.store, {
      workspaceId: w,
      metrics: ['metered_revenue'],
      periods: march,
      knownAt: 'period-end',
    })
    expect(then).toMatchObject({ value: '60', n: 1 })
  })

  it('has no value where a rate is missing, or nothing was ever invoiced', async () => {
    const w = await invoiced([{ amount: '1', issued_at: tokyo('2026-03-05'), currency: 'EUR' }])
    expect(await valuesOf(w, ['metered_revenue'], march)).toEqual(['missing_exchange_rate'])
    expect(await valuesOf('nobody', ['metered_revenue'], march)).toEqual(['no_data'])
  })
})

describe('renewals', () => {
  const march = between('2026-03-01', '2026-04-01', 'month')
  const renewals = ['renewal_rate', 'renewal_rate_arr', 'renewals_undecided']
  const yearly = {
    amount: '1200',
    billing_unit: 'year',
    effective_from: tokyo('2025-03-10'),
    effective_to: tokyo('2026-03-10'),
  }
  const ask12 = async (lines: Fact[], now: string, settings: Partial<MetricSettings> = {}) => {
    const workspaceId = await company(lines)
    const values = await ask(facts.store, {
      workspaceId,
      metrics: renewals,
      periods: march,
      now: tokyo(now),
      settings: settingsOf(settings),
    })
    return values.map(({ value, reason }) => (reason === null ? value : reason))
  }

  it('are undecided until the grace days are over, and then lost', async () => {
    expect(await ask12([yearly], '2026-03-05')).toEqual(['zero_denominator', 'zero_denominator', 1])
    expect(await ask12([yearly], '2026-04-08')).toEqual(['zero_denominator', 'zero_denominator', 1])
    expect(await ask12([yearly], '2026-04-09')).toEqual([0, 0, 0])
    expect(await ask12([yearly], '2026-03-16', { renewalGraceDays: 5 })).toEqual([0, 0, 0])
  })

  it('that are undecided are shown with the ARR that is at stake', async () => {
    const workspaceId = await company([yearly])
    const atStake = async (now: string) => {
      const metrics = ['renewals_undecided_arr']
      const [value] = await ask(facts.store, { workspaceId, metrics, periods: march, now })
      return value
    }
    expect(await atStake(tokyo('2026-04-08'))).toMatchObject({ value: '1200', n: 1 })
    expect(await atStake(tokyo('2026-04-09'))).toMatchObject({ value: '0', n: 0 })
  })

  it('count when a line of the same product follows within them, capped at what was due', async () => {
    const follows = (day: string, amount: string, product = 'core') => ({
      amount,
      product,
      billing_unit: 'year',
      effective_from: tokyo(day),
    })
    expect(await ask12([yearly, follows('2026-03-10', '2400')], '2026-06-01')).toEqual([1, 1, 0])
    expect(await ask12([yearly, follows('2026-04-09', '600')], '2026-06-01')).toEqual([1, 0.5, 0])
    expect(await ask12([yearly, follows('2026-04-10', '600')], '2026-06-01')).toEqual([0, 0, 0])
    expect(await ask12([yearly, follows('2026-03-10', '600', 'addon')], '2026-06-01')).toEqual([
      0, 0, 0,
    ])
    // An early renewal counts in the period in which the term was due.
    expect(await ask12([yearly, follows('2026-01-01', '1200')], '2026-06-01')).toEqual([1, 1, 0])
  })

  it('of lines that end together take the ARR that follows them once', async () => {
    const follows = { amount: '1200', billing_unit: 'year', effective_from: tokyo('2026-03-10') }
    const small = { ...yearly, amount: '600' }
    // Of 1800 due, 1200 go on, whichever of the two they are taken to renew.
    expect(await ask12([yearly, small, follows], '2026-06-01')).toEqual([1, 1200 / 1800, 0])
    expect(await ask12([small, { ...yearly, effective_to: null }], '2026-06-01')).toEqual([
      1,
      1200 / 1800,
      0,
    ])
  })

  it('of an open line fall on its anniversaries; a month of 31 days does not drift', async () => {
    const w = await company([
      { amount: '100', effective_from: tokyo('2026-01-31'), term_months: 1 },
    ])
    const months = between('2026-02-01', '2026-06-01', 'month')
    const values = await ask(facts.store, {
      workspaceId: w,
      metrics: ['renewal_rate'],
      periods: months,
    })
    expect(values.map(({ n }) => n)).toEqual([1, 1, 1, 1])
    expect(
      await valuesOf(
        w,
        ['days_to_renewal'],
        [...onDay('2026-02-26'), ...onDay('2026-02-27'), ...onDay('2026-02-28')],
      ),
    ).toEqual([1, 31, 30])
  })
})
