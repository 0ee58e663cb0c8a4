import { describe, expect, it, test } from 'vitest'
import { builtInMetrics } from '../catalogue.ts'
import { checkScorecard } from './check.ts'
import { healthMetrics } from './metrics.ts'

const catalogue = new Map([
  ...builtInMetrics,
  ...healthMetrics({ version: 1, scorecards: [], overrides: [] }, builtInMetrics).map(
    (metric) => [metric.key, metric] as const,
  ),
])
const usual = { key: 'own', name: { en: 'Own', ja: '独自' } }
const use = { metric: 'licence_utilisation', scores: [{ below: 0.5, score: 0 }, { score: 100 }] }
const found = (more: object) => {
  const checked = checkScorecard({ ...usual, measures: [use], ...more }, catalogue, ['plan'])
  return checked.ok ? [] : checked.problems.map(({ code, path }) => [code, path.join('.')])
}

test('a scorecard that holds up', () => {
  expect(found({})).toEqual([])
  expect(found({ when: 'plan == "pro" && mrr > 100000', order: 3 })).toEqual([])
  expect(
    found({
      measures: [
        { key: 'g', name: usual.name, weight: 3, measures: [use] },
        { pulse: { expiresAfterDays: 60 }, weight: 2 },
      ],
    }),
  ).toEqual([])
})

describe('a scorecard that does not', () => {
  it.each<[string, object, [string, string][]]>([
    ['no measures', { measures: [] }, [['BAD_VALUE', 'measures']]],
    ['a key that is no name', { key: 'Own-1' }, [['BAD_VALUE', 'key']]],
    ['one language only', { name: { en: 'x' } }, [['BAD_VALUE', 'name.ja']]],
    ['an unknown setting', { wen: 'mrr > 0' }, [['UNKNOWN_KEY', 'wen']]],
    [
      'an unknown metric',
      { measures: [{ ...use, metric: 'licence_utilization' }] },
      [['UNKNOWN_METRIC', 'measures.0.metric']],
    ],
    [
      'a figure of the portfolio',
      { measures: [{ ...use, metric: 'ltv' }] },
      [['NOT_SCORABLE', 'measures.0.metric']],
    ],
    [
      'a figure of a period',
      { measures: [{ ...use, metric: 'nrr' }] },
      [['NOT_SCORABLE', 'measures.0.metric']],
    ],
    [
      'a score of scores',
      { measures: [{ ...use, metric: 'health_score' }] },
      [['NOT_SCORABLE', 'measures.0.metric']],
    ],
    [
      'a share of conditions',
      { measures: [{ ...use, metric: 'self_sufficient_rate' }] },
      [['NOT_SCORABLE', 'measures.0.metric']],
    ],
    ['a condition of itself', { when: 'health_score > 5' }, [['UNKNOWN_NAME', 'when']]],
    ['an attribute nobody has', { when: 'plam == "pro"' }, [['UNKNOWN_NAME', 'when']]],
    ['a condition that is a number', { when: 'mrr' }, [['WRONG_TYPE', 'when']]],
    ['no scale', { measures: [{ metric: 'licence_utilisation' }] }, [['NO_SCALE', 'measures.0']]],
    [
      'two scales',
      {
        measures: [
          {
            ...use,
            curve: [
              { at: 0, score: 0 },
              { at: 1, score: 1 },
            ],
          },
        ],
      },
      [['ONE_SCALE', 'measures.0.curve']],
    ],
    [
      'ranges that fall',
      {
        measures: [
          { ...use, scores: [{ below: 5, score: 0 }, { below: 5, score: 1 }, { score: 2 }] },
        ],
      },
      [['BAD_RANGES', 'measures.0.scores.1.below']],
    ],
    [
      'a range in the middle without a bound',
      { measures: [{ ...use, scores: [{ score: 0 }, { score: 2 }] }] },
      [['BAD_RANGES', 'measures.0.scores.0']],
    ],
    [
      'a last range with a bound',
      { measures: [{ ...use, scores: [{ below: 1, score: 2 }] }] },
      [['BAD_RANGES', 'measures.0.scores.0']],
    ],
    [
      'points above 100',
      { measures: [{ ...use, scores: [{ score: 101 }] }] },
      [['BAD_VALUE', 'measures.0.scores.0.score']],
    ],
    [
      'points in thousandths',
      { measures: [{ ...use, scores: [{ score: 1.005 }] }] },
      [['BAD_VALUE', 'measures.0.scores.0.score']],
    ],
    [
      'a weight of nothing',
      { measures: [{ ...use, weight: 0 }] },
      [['BAD_VALUE', 'measures.0.weight']],
    ],
    ['one metric twice', { measures: [use, use] }, [['NAME_TAKEN', 'measures.1.metric']]],
    ['what is no measure', { measures: [{ weight: 2 }] }, [['ONE_MEASURE', 'measures.0']]],
  ])('%s', (_, more, problems) => {
    expect(found(more)).toEqual(problems)
    const checked = checkScorecard({ ...usual, measures: [use], ...more }, catalogue, ['plan'])
    for (const { text } of checked.ok ? [] : checked.problems) {
      expect(text.ja, text.en).toMatch(/[ぁ-んァ-ン]/)
    }
  })

  test('says what may have been meant', () => {
    const checked = checkScorecard(
      { ...usual, measures: [{ ...use, metric: 'licence_utilization' }] },
      catalogue,
      [],
    )
    expect(checked.ok ? [] : checked.problems[0]?.suggestions).toEqual(['licence_utilisation'])
  })
})
