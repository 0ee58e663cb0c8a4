/** Several runs of one thing, in milliseconds. */
export interface Timing {
  readonly median: number
  readonly least: number
  readonly greatest: number
  readonly runs: number
}

export const timingOf = (runsMs: readonly number[]): Timing => {
  const sorted = runsMs.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(0),
    greatest: at(sorted.length - 1),
    runs: sorted.length,
  }
}

/**
 * Runs each contender once in turn, as many times as asked, so that a load of the machine that comes and
 * goes falls on all of them; the first round warms up and is not counted.
 *
 * @returns the timing of each, and what its last run gave
 */
export const inTurn = async <T>(
  contenders: readonly (() => Promise<T>)[],
  runs: number,
): Promise<{ readonly timing: Timing; readonly result: T }[]> => {
  const all: { times: number[]; last: T }[] = []
  for (let round = 0; round <= runs; round += 1) {
    for (const [k, contender] of contenders.entries()) {
      const startedMs = performance.now()
      const last = await contender()
      const took = performance.now() - startedMs
      const known = all[k]
      if (known === undefined) all[k] = { times: [], last }
      else {
        known.times.push(took)
        known.last = last
      }
    }
  }
  return all.map(({ times, last }) => ({ timing: timingOf(times), result: last }))
}
