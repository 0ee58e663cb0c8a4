import type { Text } from '@tomoshibi/contract/text'
import { quantile } from '@tomoshibi/evidence/quantile'
import { stringify } from 'yaml'
import type { LampTemplate, Threshold } from './templates.ts'

/** Fewer accounts with a value than this tell nothing of how they are spread. */
export const fewestValues = 20

export interface ProposedThreshold {
  readonly name: string
  readonly metric: string
  readonly value: number
  /** Accounts with a value. */
  readonly n: number
  readonly from: 'distribution' | 'usual'
  readonly says: Text
}

/** Two digits that count, as a person would write it; whole numbers from 100 on. */
export const plainNumber = (value: number): number =>
  Math.abs(value) >= 100 ? Math.round(Number(value.toPrecision(2))) : Number(value.toPrecision(2))

/** @param values of the metric, of paying accounts that have one */
export function proposed(
  name: string,
  threshold: Threshold,
  values: readonly number[],
): ProposedThreshold {
  const { metric, quantile: share, otherwise, least, most } = threshold
  const n = values.length
  const found = n >= fewestValues ? quantile(values, share) : null
  const percent = Math.round(share * 100)
  if (found === null) {
    return {
      ...{ name, metric, value: otherwise, n, from: 'usual' },
      says: {
        en: `${otherwise}, as is usual: only ${n} accounts have a value`,
        ja: `${otherwise}(一般的な値。値のある顧客が${n}件のみ)`,
      },
    }
  }
  const held = Math.min(most ?? Infinity, Math.max(least ?? -Infinity, found))
  const value = plainNumber(held)
  const isHeld = held !== found
  return {
    ...{ name, metric, value, n, from: 'distribution' },
    says: {
      en: `${value}: ${percent}% of ${n} accounts are below ${plainNumber(found)}${isHeld ? '; beyond this limit it would mean something else' : ''}`,
      ja: `${value}(${n}件の顧客の${percent}%が${plainNumber(found)}未満${isHeld ? '。意味が変わらない範囲に制限' : ''})`,
    },
  }
}

const filled = (cel: string, thresholds: readonly ProposedThreshold[]): string =>
  cel.replace(/\$(\w+)/g, (_, name: string) => {
    const found = thresholds.find((threshold) => threshold.name === name)
    if (found === undefined) throw new Error(`a template has no threshold ${name}`)
    return String(found.value)
  })

/** The lamp as a file, ready to be previewed, changed and defined. */
export function lampYaml(template: LampTemplate, thresholds: readonly ProposedThreshold[]): string {
  const { key, kind, name, condition, off, holdDays, severity, why, todo } = template
  return stringify(
    {
      key,
      version: 1,
      name,
      condition: filled(condition, thresholds),
      off: filled(off, thresholds),
      holdDays,
      severity,
      outcome: kind === 'risk' ? 'churn' : 'expansion',
      ...(severity === 'critical' ? { escalate: { afterDays: 3, to: 'manager' } } : {}),
      why,
      task: {
        title: todo.title,
        body: todo.steps,
        owner: 'account_owner',
        dueDays: todo.dueDays,
      },
    },
    { lineWidth: 0 },
  )
}
