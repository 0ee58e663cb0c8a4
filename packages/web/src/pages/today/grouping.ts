import type { LampCause, LampState } from '@tomoshibi/contract/light'
import { compare, sum } from '../../format/decimal.ts'

/** The lamps of one account that want something today. */
export interface AccountGroup {
  readonly account: string
  readonly accountName: string
  readonly owner: string | null
  /** The account's recurring revenue, once, however many of its lamps are lit. */
  readonly mrr: string | null
  readonly currency: string
  /** Of its most urgent lamp, 0 to 100. */
  readonly urgency: number
  readonly lamps: readonly LampState[]
}

/** Lit, or acted on with the task not done yet: someone still has to do something. */
export function needsSomeone(lamp: LampState): boolean {
  if (lamp.state === 'lit') return true
  return lamp.state === 'acting' && lamp.task?.state !== 'done'
}

/** The task is done and the data has not put the lamp out yet. */
export function awaitsData(lamp: LampState): boolean {
  return lamp.state === 'acting' && lamp.task?.state === 'done'
}

/**
 * One group for each account, that with the most urgent lamp first, then that with more revenue at risk;
 * inside it the more urgent lamp first, then the one due sooner.
 */
export function groupByAccount(lamps: readonly LampState[]): AccountGroup[] {
  const groups = new Map<string, LampState[]>()
  for (const lamp of lamps) {
    const group = groups.get(lamp.account)
    if (group === undefined) groups.set(lamp.account, [lamp])
    else group.push(lamp)
  }
  return [...groups.values()]
    .flatMap((group) => {
      const ordered = group.toSorted(
        (a, b) =>
          b.urgency.points - a.urgency.points ||
          (a.task?.dueOn ?? '9999').localeCompare(b.task?.dueOn ?? '9999'),
      )
      const [first] = ordered
      if (first === undefined) return []
      const { account, accountName, mrr, currency } = first
      const owner = ordered.find((lamp) => lamp.task?.owner)?.task?.owner ?? null
      const urgency = first.urgency.points
      return [{ account, accountName, owner, mrr, currency, urgency, lamps: ordered }]
    })
    .toSorted((a, b) => {
      if (a.urgency !== b.urgency) return b.urgency - a.urgency
      if (a.mrr === null || b.mrr === null) return Number(a.mrr === null) - Number(b.mrr === null)
      return compare(b.mrr, a.mrr) || a.accountName.localeCompare(b.accountName)
    })
}

/** Lamps of one account that are lit for one cause, or a single one. */
export interface CauseGroup {
  /** What they have in common; null where it is a single lamp. */
  readonly cause: LampCause | null
  readonly lamps: readonly LampState[]
}

/** The lamps of an account by cause, each group where its first lamp stands. */
export function groupByCause(lamps: readonly LampState[]): CauseGroup[] {
  const groups = new Map<string, LampState[]>()
  for (const lamp of lamps) {
    const { cause, outcome } = lamp
    const key = JSON.stringify(cause === null ? [lamp.lamp] : [cause.key, outcome, 'cause'])
    groups.set(key, [...(groups.get(key) ?? []), lamp])
  }
  return [...groups.values()].map((group) => ({
    cause: group.length > 1 ? (group[0]?.cause ?? null) : null,
    lamps: group,
  }))
}

/** Recurring revenue of all groups together, each account once; null when none has a figure. */
export function revenueAtRisk(groups: readonly AccountGroup[]): string | null {
  const amounts = groups.flatMap((group) => (group.mrr === null ? [] : [group.mrr]))
  return amounts.length === 0 ? null : sum(amounts)
}

/** Everyone who owns a task among the lamps, in the order of the alphabet. */
export function ownersOf(lamps: readonly LampState[]): string[] {
  const owners = lamps.flatMap((lamp) => (lamp.task?.owner ? [lamp.task.owner] : []))
  return [...new Set(owners)].sort((a, b) => a.localeCompare(b))
}

/** One name for a lamp of an account, for keys, focus and looking up. */
export function lampId(lamp: { account: string; lamp: string }): string {
  return JSON.stringify([lamp.account, lamp.lamp])
}
