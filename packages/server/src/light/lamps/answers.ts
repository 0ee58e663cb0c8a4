import type { NameValue } from '@tomoshibi/metrics/condition/scope'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { todayIn } from '../../platform/clock.ts'
import type { Workspace } from '../../platform/workspace.ts'
import type { Course } from './evaluation.ts'
import { lampFrame } from './frame.ts'
import { typedValue } from './observe.ts'
import { type Snoozed as Asked, namesAtOnce, wakesIn } from './wake.ts'

/** Today in the workspace's zone, at the instant at which a course asks. */
const todayOf = ({ now }: Course, { settings }: Workspace): string =>
  todayIn({ now: () => Temporal.Instant.from(now) }, settings.timeZone).toString()

/** Which of some conditions are true of which accounts, as known now; what cannot be told is not. */
export async function truthNow(
  course: Course,
  workspace: Workspace,
  asked: readonly Asked[],
): Promise<(accountId: string, condition: string) => boolean> {
  const today = todayOf(course, workspace)
  const isTrue = await wakesIn(course, asked, { days: [today], knownAt: 'now' })
  return (accountId, condition) => isTrue(today, accountId, condition)
}

const valueRow = z.object({ account_id: z.string(), own: z.array(z.string().nullable()) })

/** The values of names of conditions for some accounts, as known now; an account that is gone is not in it. */
export async function valuesNow(
  course: Course,
  workspace: Workspace,
  accountIds: readonly string[],
  names: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, NameValue>>>> {
  const today = todayOf(course, workspace)
  const found = new Map<string, Record<string, NameValue>>()
  for (let i = 0; i < names.length; i += namesAtOnce) {
    const some = names.slice(i, i + namesAtOnce)
    const entries = some.map((name) => ({ name, entry: course.scope.names.get(name) }))
    const days = [today]
    const frame = lampFrame({ ...course, days, knownAt: 'now', names: some, accountIds })
    const values = entries.map(({ entry }) => `toString(${entry?.column ?? 'NULL'})`)
    const sql = `${frame.with}
SELECT account_id, CAST([${values.join(', ')}] AS Array(Nullable(String))) AS own
FROM ${frame.from}`
    for (const row of await course.facts.query({ sql, params: frame.params }, valueRow)) {
      const own = found.get(row.account_id) ?? {}
      entries.forEach(({ name, entry }, k) => {
        own[name] = entry === undefined ? null : typedValue(row.own[k] ?? null, entry)
      })
      found.set(row.account_id, own)
    }
  }
  return found
}
