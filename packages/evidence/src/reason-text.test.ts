import { describe, expect, it } from 'vitest'
import { type Reason, unknown } from './answer.ts'
import { auc } from './discrimination/auc.ts'
import { smallestDetectableAuc } from './discrimination/power.ts'
import { sampleOf } from './experiment/sample.ts'
import { reasonText } from './reason-text.ts'
import { logisticRegression } from './regression/logistic.ts'
import { coxRegression } from './survival/cox.ts'
import { kaplanMeier, survivalAt } from './survival/kaplan-meier.ts'
import { must } from './testing/must.ts'

const reasonOf = (answer: { known: boolean; reason?: Reason }): Reason => {
  if (!answer.reason) throw new Error('There is a value')
  return answer.reason
}

describe('reasonText', () => {
  it.each([
    [auc({ score: [], outcome: [] }), 'There are no cases.'],
    [auc({ score: [1, 2], outcome: [1, 1] }), 'All 2 cases had the same outcome'],
    [auc({ score: [1, Number.NaN], outcome: [1, 0] }), '1 of 2 rows have no value'],
    [sampleOf([1]), 'There are 1 cases; at least 2 are needed.'],
    [smallestDetectableAuc({ events: 1, nonEvents: 2 }), 'With so few cases'],
    [kaplanMeierBeyond(), 'Nothing is known at 9: the last observation is at 3.'],
    [
      coxRegression({ time: [1, 2], event: [1, 1], covariates: { plan: [1, 1] } }),
      'The value is the same in every case: plan.',
    ],
    [
      logisticRegression({ outcome: [0, 0, 1, 1], covariates: { seats: [1, 2, 3, 4] } }),
      'A column tells the outcome perfectly in these cases, so its effect has no finite size: seats.',
    ],
  ])('says it in words: %#', (answer, en) => {
    const text = reasonText(reasonOf(answer))
    expect(text.en).toContain(en)
    expect(text.ja).toMatch(/。$/)
    expect(text.en + text.ja).not.toMatch(/[?{}]/)
  })

  it('leaves out names that are not known', () => {
    expect(reasonText(unknown('constant').reason)).toEqual({
      en: 'The value is the same in every case.',
      ja: 'すべて同じ値です。',
    })
  })
})

function kaplanMeierBeyond() {
  return survivalAt(must(kaplanMeier({ time: [2, 3], event: [1, 0] })), 9)
}
