import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { pulseMetric } from '@tomoshibi/metrics/health/metrics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkGoal, treeProblems } from './check.ts'
import {
  attainmentOf,
  expectedOn,
  inTree,
  reaches,
  rootOf,
  stateOf,
  timeOver,
  writtenGoalSchema,
} from './goal.ts'

const year = { from: '2026-04-01', due: '2027-03-31', target: 1.1 }
const written = (more: object = {}) => ({
  key: 'nrr_fy26',
  name: { en: 'NRR', ja: 'NRR' },
  metric: 'nrr',
  owner: 'Sato',
  baseline: 1,
  ...year,
  ...more,
})
/** With one metric that only single accounts have. */
const pulse = pulseMetric(90)
const scope = {
  catalogue: new Map([...builtInMetrics, [pulse.key, pulse] as const]),
  attributes: ['plan'],
  lamps: ['silence'],
}

describe('attainment and the expected course', () => {
  test.each([
    [1, 1, 1.1, 0],
    [1.05, 1, 1.1, 0.5],
    [1.2, 1, 1.1, 2],
    [0.9, 1, 1.1, -1],
    [0.04, 0.05, 0.03, 0.5],
  ])('%d from %d to %d is %d', (value, baseline, target, attainment) =>
    expect(attainmentOf(value, baseline, target)).toBeCloseTo(attainment, 12),
  )

  test('no attainment where there is nothing to attain', () =>
    expect(attainmentOf(1, 1, 1)).toBeNull())

  test.each([
    ['2026-03-31', 0],
    ['2026-04-01', 1 / 365],
    ['2026-09-30', 183 / 365],
    ['2027-03-31', 1],
    ['2028-01-01', 1],
    ['2020-01-01', 0],
  ])('of the time, at the end of %s, %d is over', (on, share) =>
    expect(timeOver(year, on)).toBe(share),
  )

  test('the expected value begins with the baseline and ends with the target', () => {
    expect(expectedOn(year, 1, '2026-03-31')).toBe(1)
    expect(expectedOn(year, 1, '2027-03-31')).toBeCloseTo(1.1, 12)
  })

  test('on course is at or beyond the expected value, whichever way is better', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -100, max: 100, noNaN: true }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        fc.double({ min: -200, max: 200, noNaN: true }),
        fc.integer({ min: 0, max: 363 }),
        (baseline, target, value, day) => {
          if (Math.abs(target - baseline) < 1e-6) return
          const on = new Date(Date.parse('2026-04-01') + day * 86_400_000)
            .toISOString()
            .slice(0, 10)
          const goal = { ...year, target }
          const expected = expectedOn(goal, baseline, on)
          const ahead = (value - expected) * Math.sign(target - baseline)
          if (Math.abs(ahead) < 1e-9) return
          const state = stateOf(goal, { value, baseline, on })
          const isReached = (value - target) * Math.sign(target - baseline) >= 0
          expect(state === 'reached').toBe(isReached)
          if (!isReached) expect(state).toBe(ahead > 0 ? 'on_course' : 'behind')
        },
      ),
    )
  })

  test.each([
    ['2026-03-31', 1, 'not_begun'],
    ['2026-09-30', null, 'no_value'],
    ['2026-09-30', 1.06, 'on_course'],
    ['2026-09-30', 1.01, 'behind'],
    ['2026-09-30', 1.1, 'reached'],
    ['2027-03-31', 1.09, 'missed'],
    ['2027-03-31', 1.1, 'reached'],
  ] as const)('on %s with %s it is %s', (on, value, state) =>
    expect(stateOf(year, { value, baseline: 1, on })).toBe(state),
  )

  test.each([
    [{ value: 1, low: 0.9, high: 1.05 }, 'unlikely'],
    [{ value: 1.1, low: 1.05, high: 1.2 }, 'possible'],
    [{ value: 1.2, low: 1.1, high: 1.3 }, 'likely'],
  ] as const)('a forecast of %o makes the target %s', (forecast, verdict) => {
    expect(reaches(forecast, 1, 1.1)).toBe(verdict)
    // The same mirrored: less is better.
    const { value, low, high } = forecast
    expect(reaches({ value: -value, low: -high, high: -low }, -1, -1.1)).toBe(verdict)
  })
})

describe('a goal that does not hold up', () => {
  const found = (more: object) => {
    const checked = checkGoal(written(more), scope)
    return checked.ok ? [] : checked.problems.map(({ code, path }) => [code, path.join('.')])
  }
  test.each<[string, object, [string, string][]]>([
    ['nothing wrong', {}, []],
    ['an unknown metric', { metric: 'nrrr' }, [['UNKNOWN_METRIC', 'metric']]],
    ['a metric of single accounts', { metric: pulse.key }, [['NO_PORTFOLIO_VALUE', 'metric']]],
    ['an unknown attribute', { slice: { plam: 'pro' } }, [['UNKNOWN_ATTRIBUTE', 'slice.plam']]],
    ['an unknown lamp', { movedBy: ['silense'] }, [['UNKNOWN_LAMP', 'movedBy.0']]],
    ['due before it begins', { due: '2026-03-01' }, [['BAD_DATES', 'due']]],
    ['its own parent', { parent: 'nrr_fy26' }, [['CYCLE', 'parent']]],
    ['nothing to reach', { target: 1 }, [['NO_CHANGE', 'target']]],
    ['the wrong way', { target: 0.9 }, [['WRONG_WAY', 'target']]],
    [
      'churn that is to rise',
      { metric: 'customer_churn_rate', baseline: 0.02, target: 0.03 },
      [['WRONG_WAY', 'target']],
    ],
    ['no owner', { owner: ' ' }, [['BAD_VALUE', 'owner']]],
    ['an unknown key', { ower: 'x' }, [['UNKNOWN_KEY', 'ower']]],
  ])('%s', (_, more, problems) => expect(found(more)).toEqual(problems))
})

describe('the tree', () => {
  const goal = (key: string, parent?: string) =>
    writtenGoalSchema.parse(written({ key, ...(parent === undefined ? {} : { parent }) }))
  test('is walked from its roots, each goal once', () => {
    const goals = [goal('c', 'b'), goal('b', 'a'), goal('a'), goal('d', 'a')]
    expect(inTree(goals).map((each) => [each.goal.key, each.depth])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
      ['d', 1],
    ])
    expect(rootOf(goal('c', 'b'), goals).key).toBe('a')
    expect(treeProblems(goals)).toEqual([])
  })

  test('has no circles and no parents that are not there', () => {
    const codes = (...goals: ReturnType<typeof goal>[]) =>
      treeProblems(goals).map(({ key, problem }) => [key, problem.code])
    expect(codes(goal('a', 'b'), goal('b', 'a'))).toEqual([
      ['a', 'CYCLE'],
      ['b', 'CYCLE'],
    ])
    expect(codes(goal('a', 'nowhere'))).toEqual([['a', 'UNKNOWN_GOAL']])
  })
})
