import { checkCondition } from './condition/check.ts'
import type { ConditionProblem } from './condition/problem.ts'
import type { NameEntry } from './condition/scope.ts'
import { type Expr, namesIn, partsOf, type TypedCondition } from './condition/syntax.ts'
import type { MetricDefinition } from './definition.ts'
import { madeOfConditions } from './made-of-conditions.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>

/** A condition on an account, as a setting of the workspace holds it. */
export interface AccountCondition {
  readonly condition: TypedCondition
  /** The metrics that it names. */
  readonly metrics: readonly MetricDefinition[]
  /** The other names: account attributes, whose values are texts. */
  readonly attributes: readonly string[]
  /** Names without which it can't be decided: those that it does not ask `has(..)` of. */
  readonly needed: readonly string[]
}

const hasAsked = (condition: TypedCondition): ReadonlySet<string> => {
  const asked = new Set<string>()
  const visit = (e: Expr): void => {
    if (e.kind === 'has') asked.add(e.name)
    for (const part of partsOf(e)) visit(part)
  }
  visit(condition.expr)
  return asked
}

/**
 * Checks a condition on an account at the end of a day. It may name metrics that are asked at an instant
 * and have a value for one account; any other name is an account attribute, compared as a text.
 *
 * @param columnOf the SQL in which the value of a name is found
 */
export const checkAccountCondition = (
  text: string,
  catalogue: Catalogue,
  columnOf: (name: string) => string = (name) => name,
):
  | { readonly ok: true; readonly condition: AccountCondition }
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] } => {
  const metrics = new Map(
    [...catalogue.values()]
      .filter(
        (definition) =>
          definition.time === 'instant' &&
          definition.grains.includes('account') &&
          !madeOfConditions(definition, catalogue),
      )
      .map((definition) => [definition.key, definition]),
  )
  const names = new Map<string, NameEntry>(
    [...metrics.values()].map(({ key, name, unit }) => [
      key,
      {
        type: 'number',
        column: columnOf(key),
        label: name,
        unit,
        ...(unit === 'money' ? { exact: true } : {}),
      },
    ]),
  )
  const first = checkCondition(text, { names })
  const attributes = first.ok
    ? []
    : first.problems
        .filter(({ code }) => code === 'UNKNOWN_NAME')
        .map(({ from, to }) => text.slice(from, to))
  for (const name of attributes) {
    names.set(name, { type: 'string', column: columnOf(name), label: { en: name, ja: name } })
  }
  const checked = checkCondition(text, { names })
  // What is wrong with an attribute is most likely that it was meant to be a metric.
  if (!checked.ok) return first.ok ? checked : first
  const { condition } = checked
  const used = namesIn(condition)
  const asked = hasAsked(condition)
  return {
    ok: true,
    condition: {
      condition,
      metrics: used.flatMap((name) => metrics.get(name) ?? []),
      attributes: used.filter((name) => !metrics.has(name)),
      needed: used.filter((name) => !asked.has(name)),
    },
  }
}
