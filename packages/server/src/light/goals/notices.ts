import { randomUUID } from 'node:crypto'
import type { Goal, GoalNotice, GoalsFollowed } from '@tomoshibi/contract/goals'
import { textSchema } from '@tomoshibi/contract/text'
import * as z from 'zod'
import { recordOwn } from '../../audit/service.ts'
import type { Ports } from '../../call/context.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { definitionOf } from './apply.ts'
import { listGoals } from './service.ts'
import {
  addNotices,
  allGoals,
  endNotices,
  lockGoals,
  newestNotices,
  openNotices,
  type StoredNotice,
} from './store.ts'

const noticesShown = 200

/** What becomes of the notice of a goal as it stands now; null where it stays as it is. */
export function endingOf(
  goal: Pick<Goal, 'state' | 'offCourse'> | undefined,
): NonNullable<StoredNotice['ending']> | null {
  if (goal === undefined) return 'retired'
  // Without a value nobody knows whether it came back.
  if (goal.offCourse || goal.state === 'no_value') return null
  return goal.state === 'missed' ? 'over' : 'returned'
}

/**
 * Looks at all goals, and keeps for each that left its course that those to be told are: once for each
 * leaving. One that came back, whose time is over or that was retired ends its notice. Asked for again,
 * nothing changes.
 */
export async function followGoals(ports: Ports): Promise<GoalsFollowed> {
  const { state, workspaceId, clock } = ports
  const { settings } = await getWorkspace(ports)
  const today = todayIn(clock, settings.timeZone).toString()
  const goals = new Map(
    (await listGoals(ports, { offCourse: false })).map((each) => [each.key, each]),
  )
  return state.transaction(async (tx) => {
    await lockGoals(tx, workspaceId)
    const open = await openNotices(tx, workspaceId)
    const ended = open.flatMap(({ id, goalKey }) => {
      const ending = endingOf(goals.get(goalKey))
      return ending === null ? [] : [{ id, goalKey, ending }]
    })
    for (const ending of new Set(ended.map((each) => each.ending))) {
      const ids = ended.filter((each) => each.ending === ending).map(({ id }) => id)
      await endNotices(tx, ids, { on: today, ending })
    }
    const known = new Set(open.map(({ goalKey }) => goalKey))
    const left = [...goals.values()].filter(({ key, offCourse }) => offCourse && !known.has(key))
    await addNotices(
      tx,
      left.map(({ key, version, tell, says }) => ({
        id: randomUUID(),
        workspaceId,
        goalKey: key,
        goalVersion: version,
        leftOn: today,
        at: clock.now(),
        told: tell,
        says,
      })),
    )
    if (left.length > 0) {
      const told = left.map(({ key, tell }) => ({ goal: key, told: tell }))
      await recordOwn(tx, ports, 'goals.notice', { left: told })
    }
    return {
      left: left.map(({ key }) => key),
      ended: ended.map(({ goalKey }) => goalKey),
      goals: goals.size,
    }
  })
}

const names = z.array(z.string())

/** Which goals left their course and who was told, the newest first. */
export async function listNotices(ports: Ports): Promise<GoalNotice[]> {
  const { db } = ports.state
  const stored = (await allGoals(db, ports.workspaceId)).map(definitionOf)
  const notices = await newestNotices(db, ports.workspaceId, noticesShown)
  return notices.map((notice) => {
    const { goalKey, goalVersion } = notice
    const goal = stored.find(({ key, version }) => key === goalKey && version === goalVersion)
    return {
      goal: goalKey,
      name: goal?.name ?? { en: goalKey, ja: goalKey },
      leftOn: notice.leftOn,
      at: notice.at.toString(),
      told: names.parse(notice.told),
      says: textSchema.parse(notice.says),
      endedOn: notice.endedOn,
      ending: notice.ending,
    }
  })
}
