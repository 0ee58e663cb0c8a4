import { checkFormula } from '../condition/check.ts'
import type { NumberExpr } from '../condition/syntax.ts'
import type { MetricDefinition } from '../definition.ts'
import { formulaScope } from '../plan/figure-set.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>

/** What an expression counts once each, by whether it is added or taken off. */
interface Counted {
  readonly added: ReadonlySet<string>
  readonly takenOff: ReadonlySet<string>
}

const NOTHING: Counted = { added: new Set(), takenOff: new Set() }
const opposite = ({ added, takenOff }: Counted): Counted => ({ added: takenOff, takenOff: added })
const together = (a: Counted, b: Counted): Counted => ({
  added: new Set([...a.added, ...b.added]),
  takenOff: new Set([...a.takenOff, ...b.takenOff]),
})
const shared = (a: ReadonlySet<string>, b: ReadonlySet<string>): string | null =>
  [...a].find((each) => b.has(each)) ?? null

/** Whether an expression without a metric is below 0; null where it has one. */
const isBelowZero = (e: NumberExpr): boolean | null => {
  switch (e.kind) {
    case 'number':
      return e.value < 0
    case 'negate': {
      const below = isBelowZero(e.of)
      return below === null ? null : !below
    }
    case 'arithmetic': {
      const [left, right] = [isBelowZero(e.left), isBelowZero(e.right)]
      // Of sums of numbers the size decides; they are rare, and taken to be above 0.
      return left === null || right === null ? null : '*/'.includes(e.op) && left !== right
    }
    default:
      return null
  }
}

/** Finds additions of two counts that may count the same thing; each metric is looked at once. */
class DistinctCounts {
  readonly #catalogue: Catalogue
  readonly #known = new Map<string, Counted>()
  twice: string | null = null

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue
  }

  in(e: NumberExpr): Counted {
    switch (e.kind) {
      case 'number':
        return NOTHING
      case 'name':
        return this.#of(e.name)
      case 'negate':
        return opposite(this.in(e.of))
      case 'choice':
        return together(this.in(e.then), this.in(e.otherwise))
      case 'arithmetic': {
        const [left, right] = [this.in(e.left), this.in(e.right)]
        if (e.op === '+') return this.#sum(left, right)
        if (e.op === '-') return this.#sum(left, opposite(right))
        // A number makes a count larger or smaller; over another figure it is a share.
        const [ofLeft, ofRight] = [isBelowZero(e.left), isBelowZero(e.right)]
        if (e.op === '/' && ofRight === null) return NOTHING
        const both = together(left, right)
        return ofLeft === true || ofRight === true ? opposite(both) : both
      }
    }
  }

  #sum(left: Counted, right: Counted): Counted {
    this.twice ??= shared(left.added, right.added) ?? shared(left.takenOff, right.takenOff)
    return together(left, right)
  }

  #of(key: string): Counted {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const found = this.#counted(this.#catalogue.get(key)?.measure)
    this.#known.set(key, found)
    return found
  }

  #counted(recipe: MetricDefinition['measure'] | undefined): Counted {
    const once = (of: string): Counted => ({ added: new Set([of]), takenOff: new Set() })
    if (recipe?.kind === 'fact' && recipe.of.statistic === 'distinct') {
      return once(`${recipe.of.fact}.${recipe.of.column ?? ''}`)
    }
    if (recipe?.kind === 'sum' && recipe.of.some((path) => path.startsWith('usage.users'))) {
      return once('usage_events.user_id')
    }
    if (recipe?.kind !== 'formula') return NOTHING
    const checked = checkFormula(recipe.cel, { names: formulaScope(this.#catalogue.values()) })
    return checked.ok ? this.in(checked.formula.expr) : NOTHING
  }
}

/** Of what a formula adds two counts that may count the same one, if it does. */
export const countedTwice = (e: NumberExpr, catalogue: Catalogue): string | null => {
  const counts = new DistinctCounts(catalogue)
  counts.in(e)
  return counts.twice
}
