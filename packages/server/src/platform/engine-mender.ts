import type { StatementTaken } from '@tomoshibi/facts/store'

/** At most so often, in milliseconds: what a restart does not mend, the next one does not either. */
const RENEW_EVERY_MS = 60_000

/**
 * Restarts an engine of ours when parts of it can't be read, and after its disk was full: a merge that ran out
 * of space may have left a part that can't be read, which shows only when somebody reads it. At its start the
 * engine puts such a part aside and takes again what it was merged of, which it keeps for some minutes only.
 *
 * @param renew ends the engine, which is then started again
 * @param nowMs the process's own time
 * @returns to be told of each statement
 */
export function engineMender(
  renew: (why: 'damaged' | 'was full') => void,
  nowMs: () => number,
): (taken: Pick<StatementTaken, 'kind' | 'failure'>) => void {
  let wasFull = false
  let lastMs = Number.NEGATIVE_INFINITY
  const mend = (why: 'damaged' | 'was full') => {
    if (nowMs() - lastMs < RENEW_EVERY_MS) return
    lastMs = nowMs()
    wasFull = false
    renew(why)
  }
  return ({ kind, failure }) => {
    if (failure === 'FACTS_DISK_FULL') wasFull = true
    if (failure === 'FACTS_DAMAGED') mend('damaged')
    // What was written shows that there is space again.
    if (failure === null && kind !== 'query' && wasFull) mend('was full')
  }
}
