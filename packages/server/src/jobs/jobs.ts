import { workspaces } from '@tomoshibi/state/schema/workspaces'
import { PgBoss } from 'pg-boss'
import * as z from 'zod'
import type { Ports } from '../call/context.ts'
import { failureOf } from '../call/failure.ts'
import { getWorkspace } from '../platform/workspace.ts'
import { onWorkspaceMade } from '../platform/workspaces-made.ts'

export interface Jobs {
  /** Lets running jobs end, then stops. */
  stop(): Promise<void>
}

/** What is done every night, and at each start, for each workspace. */
export interface NightlyWork {
  /** Brings all lamps up to today. */
  evaluate(ports: Ports): Promise<unknown>
  /** Tells of goals that left their course. */
  follow(ports: Ports): Promise<unknown>
  /** Verifies anew what people work from. */
  verify(ports: Ports): Promise<unknown>
  /** Deletes what is past its period. */
  retain(ports: Ports): Promise<unknown>
}

interface Job {
  readonly queue: string
  /** Five fields of cron, in the workspace's zone. */
  readonly cron: string
  readonly work: (ports: Ports) => Promise<unknown>
  /** Refusals that say that somebody does it already. */
  readonly isDone?: string
  readonly failed: string
}

const jobsOf = ({ evaluate, follow, verify, retain }: NightlyWork): readonly Job[] => [
  {
    queue: 'evaluate-lamps',
    // Ten past midnight: facts of the last minutes of a day may still be on their way.
    cron: '10 0 * * *',
    work: evaluate,
    isDone: 'EVALUATION_RUNNING',
    failed: 'the lamps could not be evaluated',
  },
  {
    queue: 'follow-goals',
    cron: '50 0 * * *',
    work: follow,
    failed: 'goals could not be followed',
  },
  {
    queue: 'check-evidence',
    // When the lamps are done: their history is what they are judged by.
    cron: '30 1 * * *',
    work: verify,
    failed: 'lamps and metrics could not be verified anew',
  },
  {
    queue: 'apply-retention',
    // When the lamps are done, and before anybody is at work.
    cron: '30 3 * * *',
    work: retain,
    failed: 'old facts could not be deleted',
  },
]

const stopWithinMs = 10_000

/** Starts the jobs of all workspaces on the state store; those of one that is made later begin with it. */
export async function startJobs(ports: Ports, work: NightlyWork): Promise<Jobs> {
  const { state, facts, log } = ports
  const boss = new PgBoss({
    schema: 'jobs',
    db: { executeSql: (text, values) => state.pool.query(text, values) },
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the job queue had a problem'))
  await boss.start()
  const jobs = jobsOf(work)
  for (const job of jobs) await start(boss, ports, job)
  const planAll = async (workspaceId: string) => {
    for (const job of jobs) await plan(boss, { ...ports, workspaceId }, job)
  }
  const rows = await state.db.select({ id: workspaces.id }).from(workspaces)
  for (const workspaceId of new Set([ports.workspaceId, ...rows.map(({ id }) => id)])) {
    await planAll(workspaceId)
  }
  const forget = onWorkspaceMade(facts, (workspaceId) => {
    planAll(workspaceId).catch((error: unknown) =>
      log.error({ err: error, workspaceId }, 'the jobs of a new workspace were not planned'),
    )
  })
  return {
    stop: async () => {
      forget()
      await boss.stop({ graceful: true, timeout: stopWithinMs })
    },
  }
}

const forShape = z.object({ workspaceId: z.string() })

async function start(boss: PgBoss, ports: Ports, job: Job): Promise<void> {
  const { queue, isDone, failed } = job
  // Of each workspace one waiting and one running at most: more would only repeat the same work.
  await boss.createQueue(queue, {
    policy: 'stately',
    retryLimit: 5,
    retryDelay: 60,
    retryBackoff: true,
  })
  // Earlier versions planned them without saying for whom.
  await boss.unschedule(queue)
  await boss.work(queue, async ([next]) => {
    const told = forShape.safeParse(next?.data)
    if (!told.success) return
    const own = { ...ports, workspaceId: told.data.workspaceId }
    try {
      await job.work(own)
    } catch (error) {
      // Whoever is at it already does what this job is for.
      if (isDone !== undefined && failureOf(error)?.code === isDone) return
      ports.log.error({ err: error, workspaceId: own.workspaceId }, failed)
      throw error
    } finally {
      // The time zone may have been changed since.
      await planNight(boss, own, job)
    }
  })
}

/** For every night in the workspace's zone, and now. */
async function plan(boss: PgBoss, ports: Ports, job: Job): Promise<void> {
  await planNight(boss, ports, job)
  const { workspaceId } = ports
  await boss.send(job.queue, { workspaceId }, { singletonKey: workspaceId })
}

async function planNight(boss: PgBoss, ports: Ports, { queue, cron }: Job): Promise<void> {
  const { workspaceId } = ports
  const { settings } = await getWorkspace(ports)
  const options = { tz: settings.timeZone, key: workspaceId, singletonKey: workspaceId }
  await boss.schedule(queue, cron, { workspaceId }, options)
}
