import type { LampLoad } from '@tomoshibi/contract/light'

/** A lighting of a lamp, with the CSM whom it asks. */
export interface Asked {
  readonly lamp: string
  readonly owner: string | null
}

/**
 * Lamps lit per week and CSM, with the ones there are and with one more, the fullest weeks first.
 *
 * @param weeks over which they lit; above 0
 */
export function loadOf(
  there: readonly Asked[],
  added: readonly Asked[],
  weeks: number,
  budget: number,
): LampLoad[] {
  const perWeek = (some: readonly Asked[], owner: string | null): number =>
    some.filter((each) => each.owner === owner).length / weeks
  const owners = [...new Set([...there, ...added].map(({ owner }) => owner))]
  return owners
    .map((owner): LampLoad => {
      const before = perWeek(there, owner)
      const more = perWeek(added, owner)
      return {
        owner,
        before,
        added: more,
        after: before + more,
        budget,
        isOver: before + more > budget,
      }
    })
    .toSorted((a, b) => b.after - a.after || ((a.owner ?? '') < (b.owner ?? '') ? -1 : 1))
}

export interface Judged {
  readonly lamp: string
  /** Share that was right; null where it cannot be told. */
  readonly precision: number | null
  readonly baseRate: number | null
}

/**
 * The lamps to do without where a week is too full, the worst evidence first: those that are no better than
 * chance, by how little they are; then those of which nothing can be told. One that tells accounts apart
 * is never among them.
 */
export function toDoWithout(
  lamps: readonly Judged[],
  there: readonly Asked[],
  load: readonly LampLoad[],
): string[] {
  const full = new Set(load.flatMap(({ owner, isOver }) => (isOver ? [owner] : [])))
  const asks = new Set(there.flatMap(({ lamp, owner }) => (full.has(owner) ? [lamp] : [])))
  const lift = ({ precision, baseRate }: Judged): number =>
    precision === null || baseRate === null || baseRate === 0 ? 1 : precision / baseRate
  return lamps
    .filter((lamp) => asks.has(lamp.lamp) && lift(lamp) <= 1.2)
    .toSorted((a, b) => lift(a) - lift(b) || (a.lamp < b.lamp ? -1 : 1))
    .map(({ lamp }) => lamp)
}
