/** Months of an instant: as the roll-up counts them in a time zone, and as the engine does in UTC. */
export const monthsIn = (timeZone: string): ((atMs: number) => { local: number; utc: number }) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    year: 'numeric',
    month: 'numeric',
  })
  const known = new Map<number, number>()
  const local = (atMs: number): number => {
    // No zone is off by less than a quarter of an hour.
    const quarter = Math.floor(atMs / QUARTER_HOUR_MS)
    const before = known.get(quarter)
    if (before !== undefined) return before
    const part = Object.fromEntries(
      format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]),
    )
    const month = (part.year ?? 0) * 12 + (part.month ?? 1) - 1
    known.set(quarter, month)
    return month
  }
  return (atMs) => {
    const utc = new Date(atMs)
    return { local: local(atMs), utc: utc.getUTCFullYear() * 100 + utc.getUTCMonth() + 1 }
  }
}
const QUARTER_HOUR_MS = 900_000
