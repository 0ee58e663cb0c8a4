import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { explainCondition } from '@tomoshibi/metrics/condition/explain'
import { expect, it } from 'vitest'
import { builtInLamps, builtInYaml } from './built-in.ts'
import { metricNames } from './names.ts'
import { parseLampYaml } from './parse.ts'

const scope = { names: metricNames('JPY') }

it.each(builtInLamps().map(({ key }) => key))('%s is a lamp of any workspace', (key) => {
  const parsed = parseLampYaml(builtInYaml(key), scope)
  expect(parsed.ok ? [] : parsed.problems).toEqual([])
  if (!parsed.ok) return
  const { definition, condition, names } = parsed.lamp
  expect(definition.key).toBe(key)
  // Only accounts that pay are worth a task.
  expect(definition.condition).toMatch(/^mrr > 0 && /)
  expect(names.every((name) => builtInMetrics.has(name))).toBe(true)
  // Why it lit names the figures that lit it.
  expect(definition.why?.en).toMatch(/\{\w+\}/)
  expect(definition.why?.ja).toMatch(/\{\w+\}/)
  for (const text of [definition.name, definition.task.title, definition.task.body]) {
    expect(text.ja).toMatch(/[ぁ-んァ-ヶ一-龠]/)
    expect(text.en).not.toMatch(/[ぁ-んァ-ヶ一-龠]/)
  }
  expect(definition.task.body.en.split('\n').length).toBe(
    definition.task.body.ja.split('\n').length,
  )
  expect(explainCondition(condition).en).not.toContain('undefined')
})
