import { PgBoss } from 'pg-boss'
import type { Ports } from '../call/context.ts'
import { failureOf } from '../call/failure.ts'
import { getWorkspace } from '../platform/workspace.ts'

export interface Jobs {
  /** Lets running jobs end, then stops. */
  stop(): Promise<void>
}

const queue = 'evaluate-lamps'
/** Ten past midnight: facts of the last minutes of a day may still be on their way. */
const afterMidnight = '10 0 * * *'
const stopWithinMs = 10_000

/**
 * Starts the jobs of the workspace on the state store.
 *
 * @param evaluate brings all lamps up to today.
 */
export async function startJobs(ports: Ports, evaluate: () => Promise<unknown>): Promise<Jobs> {
  const { state, log } = ports
  const boss = new PgBoss({
    schema: 'jobs',
    db: { executeSql: (text, values) => state.pool.query(text, values) },
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the job queue had a problem'))
  await boss.start()
  // One waiting and one running at most: more would only repeat the same work.
  await boss.createQueue(queue, {
    policy: 'stately',
    retryLimit: 5,
    retryDelay: 60,
    retryBackoff: true,
  })
  const planNextNight = async () => {
    const { settings } = await getWorkspace(ports)
    await boss.schedule(queue, afterMidnight, {}, { tz: settings.timeZone })
  }
  await boss.work(queue, async () => {
    try {
      await evaluate()
    } catch (error) {
      // Whoever is evaluating already does what this job is for.
      if (failureOf(error)?.code === 'EVALUATION_RUNNING') return
      log.error({ err: error }, 'the lamps could not be evaluated')
      throw error
    } finally {
      // The time zone may have been changed since.
      await planNextNight()
    }
  })
  await planNextNight()
  await boss.send(queue, {})
  return { stop: () => boss.stop({ graceful: true, timeout: stopWithinMs }) }
}
