import { checkFormula } from '../condition/check.ts'
import type { NumberExpr } from '../condition/syntax.ts'
import type { MetricDefinition } from '../definition.ts'
import { formulaScope } from '../plan/figure-set.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>

/** Finds additions of two counts that may count the same thing; each metric is looked at once. */
class DistinctCounts {
  readonly #catalogue: Catalogue
  readonly #known = new Map<string, ReadonlySet<string>>()
  twice: string | null = null

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue
  }

  /** What an expression counts once each. */
  in(e: NumberExpr): ReadonlySet<string> {
    switch (e.kind) {
      case 'number':
        return new Set()
      case 'name':
        return this.#of(e.name)
      case 'negate':
        return this.in(e.of)
      case 'choice':
        return new Set([...this.in(e.then), ...this.in(e.otherwise)])
      case 'arithmetic': {
        const [left, right] = [this.in(e.left), this.in(e.right)]
        if (e.op === '+') this.twice ??= [...left].find((each) => right.has(each)) ?? null
        return e.op === '/' ? new Set() : new Set([...left, ...right])
      }
    }
  }

  #of(key: string): ReadonlySet<string> {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const found = new Set(this.#counted(this.#catalogue.get(key)?.measure))
    this.#known.set(key, found)
    return found
  }

  #counted(recipe: MetricDefinition['measure'] | undefined): Iterable<string> {
    if (recipe?.kind === 'fact' && recipe.of.statistic === 'distinct') {
      return [`${recipe.of.fact}.${recipe.of.column ?? ''}`]
    }
    if (recipe?.kind === 'sum' && recipe.of.some((path) => path.startsWith('usage.users'))) {
      return ['usage_events.user_id']
    }
    if (recipe?.kind !== 'formula') return []
    const checked = checkFormula(recipe.cel, { names: formulaScope(this.#catalogue.values()) })
    return checked.ok ? this.in(checked.formula.expr) : []
  }
}

/** Of what a formula adds two counts that may count the same one, if it does. */
export const countedTwice = (e: NumberExpr, catalogue: Catalogue): string | null => {
  const counts = new DistinctCounts(catalogue)
  counts.in(e)
  return counts.twice
}
