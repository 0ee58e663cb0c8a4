import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { NameEntry } from '@tomoshibi/metrics/condition/scope'
import { healthMetrics } from '@tomoshibi/metrics/health/metrics'
import { expect, test } from 'vitest'
import { lampYaml, proposed } from '../templates/render.ts'
import { lampTemplates } from '../templates/templates.ts'
import { builtInLamps } from './built-in.ts'
import { causeOf } from './cause.ts'
import type { LampDefinition } from './definition.ts'
import { attributeColumn } from './frame.ts'
import { type LampScope, metricNames } from './names.ts'
import { parseLampYaml } from './parse.ts'

const attribute = (key: string): [string, NameEntry] => [
  key,
  { type: 'string', column: attributeColumn(key), label: { en: key, ja: key } },
]
const health = healthMetrics({ version: 1, scorecards: [], overrides: [] }, builtInMetrics)
const catalogue = new Map([
  ...builtInMetrics,
  ...health.map((metric) => [metric.key, metric] as const),
])
const scope: LampScope = {
  // `nrr` is a metric of the portfolio only, and here the name of an attribute.
  names: new Map([...metricNames('JPY', catalogue), attribute('plan'), attribute('nrr')]),
  catalogue,
}
const [some] = builtInLamps()
const lamp = (condition: string, cause: LampDefinition['cause'] = null): LampDefinition => {
  if (some === undefined) throw new Error('there are no lamps')
  return { ...some, condition, off: null, why: null, cause }
}

test.each([
  ['mrr > 0 && login_trend < 0.6', 'usage'],
  ['mrr > 0 && days_to_renewal <= 90 && licence_utilisation < 0.5', 'usage'],
  ['plan == "pro" && silent_days >= 60', 'contact'],
  ['overdue > 0 && overdue_days >= 14', 'billing'],
  // What the contract is, is the cause where nothing else is named.
  ['mrr > 0 && days_to_renewal < 30', 'revenue'],
  // Several families, or none: no cause that could be named.
  ['detractors > 0 && login_trend < 0.6', undefined],
  ['plan == "pro" && nrr == "x"', undefined],
  // Not to be told any more.
  ['no_such_metric > 0', undefined],
] as const)('%s is about %s', (condition, cause) => {
  expect(causeOf(lamp(condition), scope)?.key).toBe(cause)
})

test('a cause that is declared goes before that of the condition', () => {
  const declared = causeOf(lamp('detractors > 0 && login_trend < 0.6', 'voice'), scope)
  expect(declared).toEqual({
    key: 'voice',
    name: { en: 'Voice of the customer', ja: '顧客の声' },
  })
})

test('every built-in lamp and every risk among the templates has one', () => {
  const templates = lampTemplates
    .filter(({ kind }) => kind === 'risk')
    .map((template) => {
      const thresholds = Object.entries(template.thresholds)
      const parsed = parseLampYaml(
        lampYaml(
          template,
          thresholds.map(([name, threshold]) => proposed(name, threshold, [])),
        ),
        scope,
      )
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
      return parsed.lamp.definition
    })
  const without = [...builtInLamps(), ...templates].filter((each) => causeOf(each, scope) === null)
  expect(without.map(({ key }) => key)).toEqual([])
})
