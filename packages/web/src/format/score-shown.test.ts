import { expect, test } from 'vitest'
import { scoreShown } from './score-shown.ts'

test.each([
  [49.96, 49.9],
  [49.999_999, 49.9],
  [50, 50],
  [74.95, 74.9],
  [0.3, 0.3],
  [100, 100],
  [0, 0],
])('%d is shown as %d', (score, shown) => expect(scoreShown(score)).toBe(shown))
