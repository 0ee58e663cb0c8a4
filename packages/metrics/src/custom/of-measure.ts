import { type CheckedMeasure, checkMeasure } from './check-measure.ts'
import { facts } from './facts.ts'
import { both, type Made } from './made.ts'
import type { Problems } from './problem.ts'
import { measureWords } from './words.ts'
import type { WrittenMetric } from './written.ts'

/** Counting one thing once only holds within an account, where the same thing is at several of them. */
export const checkShared = (
  { grains }: WrittenMetric,
  { distinct }: CheckedMeasure,
  path: readonly (string | number)[],
  problems: Problems,
): void => {
  if (distinct?.shared !== true) return
  if (grains !== undefined && !grains.includes('portfolio')) return
  problems.add(path, 'COUNTS_TWICE', {
    en: `The same value of ${distinct.of} is found at several accounts: added up over them, it would be counted once for each. Write 'grains: [account]'.`,
    ja: `${distinct.of} の同じ値が複数の顧客にあるため、全体で合計すると重複して数えられます。grains: [account] と書いてください。`,
  })
}

/** The workspace settings on which a measure depends. */
export const settingsOf = ({ money, measure }: CheckedMeasure): string[] =>
  money || readsMoney(measure.where) ? ['currency', 'timeZone'] : ['timeZone']

/** Checks a metric that is a measure over one fact. */
export const ofMeasure = (written: WrittenMetric, problems: Problems): Made | null => {
  if (written.measure === undefined) return null
  const checked = checkMeasure(written.measure, written.time, ['measure'], problems)
  if (checked === null) return null
  checkShared(written, checked, ['measure', 'count'], problems)
  const { measure, money } = checked
  const { en, ja } = measureWords(measure)
  return {
    recipe: { kind: 'fact', of: measure },
    words: { en: `${en.slice(0, 1).toUpperCase()}${en.slice(1)}.`, ja: `${ja}。` },
    group: facts[measure.fact].group,
    money,
    grains: both,
    settings: settingsOf(checked),
    counts: 'accounts',
  }
}

/** Whether a condition looks at amounts, which are read in the reporting currency. */
const readsMoney = (where: string | null): boolean =>
  where !== null && /\b(amount|unpaid)\b/.test(where)
