import { expect, test } from 'vitest'
import { problem, sayProblem } from './problems.ts'

test('every problem is said in both languages', () => {
  const all = Object.values(problem).flatMap((one) =>
    typeof one === 'string'
      ? [one]
      : [one.length === 0 ? '' : String(Reflect.apply(one, null, [503]))],
  )
  for (const one of [...all, problem.noConnection('')]) {
    const { en, ja } = sayProblem(one)
    expect(en, one).not.toBe('')
    if (!en.startsWith('HTTP 503')) expect(ja, one).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/)
  }
  expect(() => sayProblem('something else')).toThrow('nobody knows')
})
