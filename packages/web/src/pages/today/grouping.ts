import type { LampState, Severity } from '@tomoshibi/contract/light'
import { compare, sum } from '../../format/decimal.ts'

/** The lamps of one account that want something today. */
export interface AccountGroup {
  readonly account: string
  readonly accountName: string
  readonly owner: string | null
  /** The account's recurring revenue, once, however many of its lamps are lit. */
  readonly mrr: string | null
  readonly currency: string
  readonly lamps: readonly LampState[]
}

const severityOrder: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 }

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
 * One group for each account, most revenue at risk first, accounts without a figure last; inside it
 * the graver lamp first, then the one due sooner.
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
          severityOrder[a.severity] - severityOrder[b.severity] ||
          (a.task?.dueOn ?? '9999').localeCompare(b.task?.dueOn ?? '9999'),
      )
      const [first] = ordered
      if (first === undefined) return []
      const { account, accountName, mrr, currency } = first
      const owner = ordered.find((lamp) => lamp.task?.owner)?.task?.owner ?? null
      return [{ account, accountName, owner, mrr, currency, lamps: ordered }]
    })
    .toSorted((a, b) => {
      if (a.mrr === null || b.mrr === null) return Number(a.mrr === null) - Number(b.mrr === null)
      return compare(b.mrr, a.mrr) || a.accountName.localeCompare(b.accountName)
    })
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
