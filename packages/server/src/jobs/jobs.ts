import { PgBoss } from 'pg-boss'
import type { Ports } from '../call/context.ts'
import { failureOf } from '../call/failure.ts'
import { getWorkspace } from '../platform/workspace.ts'

export interface Jobs {
  /** Lets running jobs end, then stops. */
  stop(): Promise<void>
}

/** What is done every night, and at each start. */
export interface NightlyWork {
  /** Brings all lamps up to today. */
  evaluate(): Promise<unknown>
  /** Tells of goals that left their course. */
  follow(): Promise<unknown>
  /** Verifies anew what people work from. */
  verify(): Promise<unknown>
  /** Deletes what is past its period. */
  retain(): Promise<unknown>
}

interface Job {
  readonly queue: string
  /** Five fields of cron, in the workspace's zone. */
  readonly cron: string
  readonly work: () => Promise<unknown>
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

/** Starts the jobs of the workspace on the state store. */
export async function startJobs(ports: Ports, work: NightlyWork): Promise<Jobs> {
  const { state, log } = ports
  const boss = new PgBoss({
    schema: 'jobs',
    db: { executeSql: (text, values) => state.pool.query(text, values) },
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the job queue had a problem'))
  await boss.start()
  for (const job of jobsOf(work)) await start(boss, ports, job)
  return { stop: () => boss.stop({ graceful: true, timeout: stopWithinMs }) }
}

async function start(boss: PgBoss, ports: Ports, job: Job): Promise<void> {
  const { queue, cron, isDone, failed } = job
  // One waiting and one running at most: more would only repeat the same work.
  await boss.createQueue(queue, {
    policy: 'stately',
    retryLimit: 5,
    retryDelay: 60,
    retryBackoff: true,
  })
  const planNextNight = async () => {
    const { settings } = await getWorkspace(ports)
    await boss.schedule(queue, cron, {}, { tz: settings.timeZone })
  }
  await boss.work(queue, async () => {
    try {
      await job.work()
    } catch (error) {
      // Whoever is at it already does what this job is for.
      if (isDone !== undefined && failureOf(error)?.code === isDone) return
      ports.log.error({ err: error }, failed)
      throw error
    } finally {
      // The time zone may have been changed since.
      await planNextNight()
    }
  })
  await planNextNight()
  await boss.send(queue, {})
}
