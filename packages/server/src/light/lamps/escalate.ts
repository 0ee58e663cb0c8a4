import { type HolidayCalendar, isBusinessDay } from '@tomoshibi/metrics/holidays'
import { lampEscalations, lampStates } from '@tomoshibi/state/schema/lamps'
import { tasks } from '@tomoshibi/state/schema/tasks'
import type { StateDb } from '@tomoshibi/state/store'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { recordOwn } from '../../audit/service.ts'
import { readManagers } from '../../people/managers.ts'
import { todayIn } from '../../platform/clock.ts'
import { dayAfter, daysThrough, later } from './days.ts'
import type { Run } from './run.ts'
import { silenceKey, silencesOn } from './silence-store.ts'
import { chunks } from './store.ts'

/** That a lamp was brought before somebody else, since nobody acted on it. */
export interface Escalation {
  /** ISO date. */
  readonly on: string
  readonly businessDays: number
  /** Names. */
  readonly to: readonly string[]
}

/** Working days after one day, through another: the days on which somebody could have acted. */
export const businessDaysAfter = (from: string, through: string, calendar: HolidayCalendar) =>
  daysThrough(dayAfter(from), through).filter((day) => isBusinessDay(day, calendar)).length

/** A lamp that is lit, that nobody acts on, and that was not escalated yet. */
interface Unattended {
  readonly accountId: string
  readonly lampKey: string
  readonly episodeId: string
  readonly since: Temporal.Instant
  readonly taskMadeAt: Temporal.Instant
  readonly owner: string | null
}

/**
 * Brings lamps on which nobody acted for as many working days as their definition allows before those whom
 * it names: once for each lighting, told in the audit log. Days count from when the lamp lit, or from when
 * its task was made: what burnt while history was caught up with, nobody could have acted on. Where there is
 * nobody to bring it before it waits until there is.
 */
export async function escalateUnattended(tx: StateDb, run: Run): Promise<void> {
  const { ports, workspace, target } = run
  const { settings } = workspace
  const rules = new Map(
    run.lamps.flatMap(({ definition: { key, escalate } }) =>
      escalate === null ? [] : [[key, escalate] as const],
    ),
  )
  if (rules.size === 0 || target !== todayIn(ports.clock, settings.timeZone).toString()) return
  const silenced = await silencesOn(tx, workspace.id, target)
  const dayOf = (at: Temporal.Instant) =>
    at.toZonedDateTimeISO(settings.timeZone).toPlainDate().toString()
  const late = (await unattended(tx, workspace.id, [...rules.keys()])).flatMap((lamp) => {
    const rule = rules.get(lamp.lampKey)
    if (rule === undefined || silenced.has(silenceKey(lamp))) return []
    const from = later(dayOf(lamp.since), dayOf(lamp.taskMadeAt))
    const businessDays = businessDaysAfter(from, target, settings)
    return businessDays < rule.afterDays ? [] : [{ ...lamp, rule, businessDays }]
  })
  if (late.length === 0) return
  const managersOf = await readManagers(tx, workspace.id)
  const at = ports.clock.now()
  const escalated = late.flatMap((lamp) => {
    const { to } = lamp.rule
    const recipients = to === 'manager' ? managersOf(lamp.owner) : [to.fixed]
    return recipients.length === 0 ? [] : [{ ...lamp, recipients }]
  })
  if (escalated.length === 0) return
  for (const some of chunks(escalated)) {
    await tx
      .insert(lampEscalations)
      .values(
        some.map(({ episodeId, businessDays, recipients }) => ({
          episodeId,
          workspaceId: workspace.id,
          onDate: target,
          at,
          businessDays,
          recipients,
        })),
      )
      .onConflictDoNothing()
  }
  await recordOwn(tx, ports, 'lamps.escalate', {
    escalated: escalated.map(({ accountId, lampKey, businessDays, recipients }) => ({
      account: accountId,
      lamp: lampKey,
      businessDays,
      to: recipients,
    })),
  })
}

async function unattended(
  tx: StateDb,
  workspaceId: string,
  lampKeys: readonly string[],
): Promise<Unattended[]> {
  return tx
    .select({
      accountId: lampStates.accountId,
      lampKey: lampStates.lampKey,
      episodeId: tasks.episodeId,
      since: lampStates.since,
      taskMadeAt: tasks.createdAt,
      owner: tasks.owner,
    })
    .from(lampStates)
    .innerJoin(tasks, eq(tasks.episodeId, lampStates.episodeId))
    .leftJoin(lampEscalations, eq(lampEscalations.episodeId, lampStates.episodeId))
    .where(
      and(
        eq(lampStates.workspaceId, workspaceId),
        eq(lampStates.state, 'lit'),
        inArray(lampStates.lampKey, [...lampKeys]),
        isNull(lampEscalations.episodeId),
      ),
    )
    .then((rows) =>
      rows.flatMap(({ episodeId, ...row }) => (episodeId === null ? [] : [{ ...row, episodeId }])),
    )
}

const namesSchema = z.array(z.string())

/** The escalations of episodes that are open, by episode. */
export async function escalationsOf(
  db: StateDb,
  workspaceId: string,
): Promise<Map<string, Escalation>> {
  const rows = await db
    .select({ escalation: lampEscalations })
    .from(lampEscalations)
    .innerJoin(lampStates, eq(lampStates.episodeId, lampEscalations.episodeId))
    .where(eq(lampEscalations.workspaceId, workspaceId))
  return new Map(
    rows.map(({ escalation: { episodeId, onDate, businessDays, recipients } }) => [
      episodeId,
      { on: onDate, businessDays, to: namesSchema.parse(recipients) },
    ]),
  )
}
