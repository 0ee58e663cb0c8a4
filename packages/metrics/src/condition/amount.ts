import { type ConditionProblem, problemAt } from './problem.ts'
import type { NumberExpr, TypedFormula } from './syntax.ts'

/** Whether a number is an amount of money. A literal is what the other side is. */
export type Dimension = 'money' | 'number' | 'either'

/** What a formula amounts to: a number may not be added to money, nor money multiplied by money. */
export function dimensionOf(e: NumberExpr): Dimension | 'mixed' {
  switch (e.kind) {
    case 'number':
      return 'either'
    case 'name':
      return e.entry.exact ? 'money' : 'number'
    case 'negate':
      return dimensionOf(e.of)
    case 'choice':
      return together(dimensionOf(e.then), dimensionOf(e.otherwise))
    case 'arithmetic': {
      const left = dimensionOf(e.left)
      const right = dimensionOf(e.right)
      if (left === 'mixed' || right === 'mixed') return 'mixed'
      if (e.op === '+' || e.op === '-') return together(left, right)
      if (e.op === '*') {
        if (left === 'money' && right === 'money') return 'mixed'
        return left === 'money' || right === 'money' ? 'money' : together(left, right)
      }
      if (left === 'money') return right === 'money' ? 'number' : 'money'
      return right === 'money' ? 'number' : together(left, right)
    }
  }
}

function together(left: Dimension | 'mixed', right: Dimension | 'mixed'): Dimension | 'mixed' {
  if (left === 'mixed' || right === 'mixed') return 'mixed'
  if (left === 'either') return right
  return right === 'either' || left === right ? left : 'mixed'
}

/** Where a formula mixes money with other numbers, and amounts that are not written as decimals. */
export function amountProblems({ text, expr }: TypedFormula): ConditionProblem[] {
  const whole = { from: 0, to: text.length }
  if (dimensionOf(expr) === 'mixed') {
    return [
      problemAt(text, whole, 'WRONG_TYPE', {
        en: 'It adds, compares as outcomes or multiplies money with what does not go with it; divide amounts by amounts, or multiply them by plain numbers.',
        ja: '金額と金額以外の数値を足し引きしたり、金額どうしを掛けたりしています。金額は金額で割るか、数値を掛けてください。',
      }),
    ]
  }
  return inexactAmount(expr, dimensionOf(expr) === 'money')
    ? [
        problemAt(text, whole, 'BAD_NUMBER', {
          en: 'An amount of money is written as a decimal with at most 8 decimals, below 10^18.',
          ja: '金額は小数点以下8桁まで、10の18乗未満の10進数で書いてください。',
        }),
      ]
    : []
}

/** Numbers in the calculation of an amount stay below this, within the decimals of the engine. */
const greatest = 1e18

/** Whether a literal that stands for an amount can't be held exactly. */
function inexactAmount(e: NumberExpr, asMoney: boolean): boolean {
  switch (e.kind) {
    case 'number':
      return Math.abs(e.value) >= greatest || (asMoney && e.text === null)
    case 'name':
      return false
    case 'negate':
      return inexactAmount(e.of, asMoney)
    case 'choice':
      return inexactAmount(e.then, asMoney) || inexactAmount(e.otherwise, asMoney)
    case 'arithmetic': {
      if (e.op === '+' || e.op === '-') {
        return inexactAmount(e.left, asMoney) || inexactAmount(e.right, asMoney)
      }
      return [e.left, e.right].some((side) => inexactAmount(side, dimensionOf(side) === 'money'))
    }
  }
}
