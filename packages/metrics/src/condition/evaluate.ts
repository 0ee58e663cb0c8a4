import type { NameValue } from './scope.ts'
import type { ArithmeticOperator, BoolExpr, CompareOperator, Expr, TextMethod } from './syntax.ts'

/** The values of one case, by name; a name that is not there has no value. */
export type NameValues = Readonly<Record<string, NameValue | undefined>>

/**
 * What a condition (or a part of it) is for one case: true, false, or null = unknown. It follows the
 * same rules as the compiled SQL and serves to explain a case; deciding about accounts is the SQL's.
 */
export function holds(e: BoolExpr, values: NameValues): boolean | null {
  const value = valueIn(e, values)
  return typeof value === 'boolean' ? value : null
}

/** The value of an expression for one case; null = missing or unknown. */
export function valueIn(e: Expr, values: NameValues): NameValue {
  switch (e.kind) {
    case 'bool':
    case 'number':
    case 'string':
    case 'date':
      return e.value
    case 'name': {
      const value = Object.hasOwn(values, e.name) ? (values[e.name] ?? null) : null
      return e.type === 'number' && value !== null ? finite(Number(value)) : value
    }
    case 'has':
      return (Object.hasOwn(values, e.name) ? (values[e.name] ?? null) : null) !== null
    case 'not': {
      const of = holds(e.of, values)
      return of === null ? null : !of
    }
    case 'and':
    case 'or': {
      const left = holds(e.left, values)
      const right = holds(e.right, values)
      const decides = e.kind === 'or'
      if (left === decides || right === decides) return decides
      return left === null || right === null ? null : !decides
    }
    case 'compare':
      return compared(e.op, valueIn(e.left, values), valueIn(e.right, values))
    case 'in': {
      const item = valueIn(e.item, values)
      return item === null ? null : e.list.some((x) => x.value === item)
    }
    case 'match':
      return matched(e.method, valueIn(e.text, values), valueIn(e.part, values))
    case 'arithmetic':
      return calculated(e.op, valueIn(e.left, values), valueIn(e.right, values))
    case 'negate': {
      const of = valueIn(e.of, values)
      return typeof of === 'number' ? -of : null
    }
    case 'choice': {
      const when = holds(e.when, values)
      return when === null ? null : valueIn(when ? e.then : e.otherwise, values)
    }
  }
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null)

function compared(op: CompareOperator, left: NameValue, right: NameValue): boolean | null {
  if (left === null || right === null) return null
  switch (op) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

function matched(method: TextMethod, text: NameValue, part: NameValue): boolean | null {
  if (typeof text !== 'string' || typeof part !== 'string') return null
  if (method === 'startsWith') return text.startsWith(part)
  return method === 'endsWith' ? text.endsWith(part) : text.includes(part)
}

function calculated(op: ArithmeticOperator, left: NameValue, right: NameValue): number | null {
  if (typeof left !== 'number' || typeof right !== 'number') return null
  switch (op) {
    case '+':
      return finite(left + right)
    case '-':
      return finite(left - right)
    case '*':
      return finite(left * right)
    case '/':
      return finite(left / right)
  }
}
