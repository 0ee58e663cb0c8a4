import { describe, expect, it } from 'vitest'
import { builtInMetrics, findMetric } from './catalogue.ts'
import { checkDefinition } from './definition.ts'

const good = {
  key: 'my_metric',
  version: 1,
  name: { en: 'Mine', ja: '独自' },
  says: { en: 'Something of ours.', ja: '独自の指標です。' },
  formula: { en: 'A ÷ B.', ja: 'A÷B。' },
  group: 'revenue',
  unit: 'percent',
  better: 'higher',
  time: 'period',
  headlinePeriod: 'P1M',
  grains: ['portfolio', 'account'],
  measure: { kind: 'ratio', of: ['contracts.mrr_churn'], over: 'contracts.mrr_start' },
}
const problemsOf = (change: object) => {
  const checked = checkDefinition({ ...good, ...change })
  return checked.ok
    ? []
    : checked.problems.map(({ place, suggestions }) => [place, ...suggestions.slice(0, 1)])
}

describe('a definition', () => {
  it('of the catalogue passes its own check', () => {
    for (const definition of builtInMetrics.values()) {
      expect(checkDefinition(definition), definition.key).toMatchObject({ ok: true })
    }
  })

  it('of a workspace is data like a built-in one', () => {
    expect(checkDefinition(good)).toMatchObject({ ok: true, definition: { settings: [] } })
  })

  it('has every problem named with its place, and what may have been meant', () => {
    expect(
      problemsOf({
        measure: { kind: 'ratio', of: ['contracts.mrr_chrun'], over: 'contract.mrr_start' },
        settings: ['timezone'],
        headlinePeriod: undefined,
        n: 'usage.users',
      }),
    ).toEqual([
      ['measure', 'contracts.mrr_churn'],
      ['measure', 'contracts.mrr_start'],
      ['n', 'usage.users_1'],
      ['settings.0', 'timeZone'],
      ['headlinePeriod'],
    ])
    expect(problemsOf({ key: 'Not a key', version: 0 })).toEqual([['key'], ['version']])
    expect(problemsOf({ measure: { kind: 'sum', of: ['tickets.resolution_hours'] } })).toEqual([
      ['measure'],
    ])
    expect(
      problemsOf({ measure: { kind: 'survival', of: 'contracts.mrr_end', statistic: 'median' } }),
    ).toEqual([['measure']])
    expect(problemsOf({ measure: { kind: 'mean', of: 'tickets.resolution_hours' } })).toEqual([])
    expect(
      problemsOf({
        measure: {
          kind: 'weighted_mean',
          of: 'tickets.resolution_hours',
          weight: 'contracts.arr_end',
        },
      }),
    ).toEqual([['measure']])
    expect(problemsOf({ measure: { kind: 'sum', of: ['contracts.__proto__'] } })).toEqual([
      ['measure'],
    ])
  })
})

describe('a breakdown', () => {
  const ratio = { kind: 'ratio', of: ['usage.feature_users'], over: 'usage.users_28' }
  const byFeature = { by: 'feature', of: 'usage.users_by_feature' }

  it('replaces the numerator of a ratio by counts of each part', () => {
    expect(problemsOf({ measure: ratio, breakdown: byFeature })).toEqual([])
    const sum = { kind: 'sum', of: ['usage.users_28'] }
    expect(problemsOf({ measure: sum, breakdown: byFeature })).toEqual([['breakdown']])
    const plain = { ...byFeature, of: 'usage.users_28' }
    expect(problemsOf({ measure: ratio, breakdown: plain })).toEqual([['breakdown.of']])
  })

  it('is never added up: who is in two parts would count twice', () => {
    const sum = { kind: 'sum', of: ['usage.users_by_feature'] }
    expect(problemsOf({ measure: sum })).toEqual([['measure']])
    expect(problemsOf({ measure: { ...ratio, over: 'usage.users_by_feature' } })).toEqual([
      ['measure'],
    ])
  })
})

describe('a metric that is not there', () => {
  it.each([
    ['mmr', 'mrr'],
    ['churn_rate', 'customer_churn_rate'],
    ['NRR', 'nrr'],
    ['license_utilisation', 'licence_utilisation'],
  ])('%s: did you mean %s?', (key, meant) => {
    const found = findMetric(key)
    expect('code' in found && found.suggestions).toContain(meant)
  })
})
