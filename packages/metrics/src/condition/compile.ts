import type { NameEntry, ValueType } from './scope.ts'
import {
  type BoolExpr,
  type Expr,
  joined,
  type LiteralExpr,
  type NumberExpr,
  type TypedCondition,
} from './syntax.ts'

/** A SQL expression with its parameters. */
export interface CompiledCondition {
  /** Nullable(UInt8): 1 = holds, 0 = does not, NULL = unknown because a value is missing. */
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * Compiles a condition to ClickHouse SQL. Whatever the author wrote becomes a bound parameter; only
 * the columns of the scope, which are ours, stand in the text.
 *
 * Three-valued as in SQL and in CEL: `false && unknown` is false, `true || unknown` is true, any
 * comparison with a missing value is unknown. A calculation without a finite result (division by
 * zero, overflow) is unknown.
 *
 * @param prefix begins the names of its parameters and aliases; give each condition of a query its own.
 */
export function compileCondition(c: TypedCondition, prefix = 'c'): CompiledCondition {
  const compiler = new ConditionCompiler(prefix)
  const sql = `CAST(${compiler.bool(c.expr)} AS Nullable(UInt8))`
  return { sql, params: compiler.params }
}

const parameterTypes: Readonly<Record<ValueType, string>> = {
  number: 'Float64',
  string: 'String',
  bool: 'Bool',
  date: 'Date32',
}

const sqlOperators = { '==': '=', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const

/** Makes SQL of typed expressions; every literal becomes a parameter of its own. */
export class ConditionCompiler {
  readonly params: Record<string, unknown> = {}
  readonly #prefix: string
  #count = 0

  constructor(prefix: string) {
    if (!/^[a-z][a-z0-9_]*$/.test(prefix)) throw new RangeError(`not a parameter prefix: ${prefix}`)
    this.#prefix = prefix
  }

  /** Nullable(Float64) */
  number(e: NumberExpr): string {
    return this.#any(e)
  }

  bool(e: BoolExpr): string {
    switch (e.kind) {
      case 'bool':
        return e.value ? 'true' : 'false'
      case 'not':
        return `not(${this.bool(e.of)})`
      case 'and':
        return `(${joined(e, e.kind)
          .map((part) => this.bool(part))
          .join(' AND ')})`
      case 'or':
        return `(${joined(e, e.kind)
          .map((part) => this.bool(part))
          .join(' OR ')})`
      case 'has':
        return e.entry.type === 'number' && !e.entry.exact
          ? `isNotNull(${finiteColumn(e.entry)})`
          : `isNotNull(${e.entry.column})`
      case 'compare':
        return this.#exactComparison(e) ?? this.#comparison(e)
      case 'in': {
        const list = this.bind(
          `Array(${parameterTypes[e.item.type]})`,
          e.list.map((x) => x.value),
        )
        return this.once(this.#any(e.item), (x) => `if(isNull(${x}), NULL, has(${list}, ${x}))`)
      }
      case 'match': {
        const text = this.#any(e.text)
        const part = this.#any(e.part)
        return e.method === 'contains'
          ? `(position(${text}, ${part}) > 0)`
          : `${e.method}(${text}, ${part})`
      }
      default:
        return this.#any(e)
    }
  }

  #any(e: Expr): string {
    switch (e.kind) {
      case 'number':
      case 'string':
      case 'date':
        return this.#literal(e)
      case 'name':
        return e.type === 'number' ? finiteColumn(e.entry) : e.entry.column
      case 'arithmetic': {
        const left = this.#any(e.left)
        const right = this.#any(e.right)
        const sum = e.op === '/' ? `${left} / nullIf(${right}, 0)` : `${left} ${e.op} ${right}`
        return this.once(sum, (x) => `if(isFinite(${x}), ${x}, NULL)`)
      }
      case 'negate':
        return `negate(${this.#any(e.of)})`
      case 'choice': {
        // if() takes an unknown condition for false, so that has to be asked first.
        const [then, otherwise] = [this.#any(e.then), this.#any(e.otherwise)]
        return this.once(
          this.bool(e.when),
          (x) => `multiIf(isNull(${x}), NULL, ${x}, ${then}, ${otherwise})`,
        )
      }
      default:
        return this.bool(e)
    }
  }

  #comparison(e: Extract<BoolExpr, { kind: 'compare' }>): string {
    return `(${this.#any(e.left)} ${sqlOperators[e.op]} ${this.#any(e.right)})`
  }

  /** Money against a written number: compared as decimals, so that no rounding can decide. */
  #exactComparison(e: Extract<BoolExpr, { kind: 'compare' }>): string | null {
    const left = this.#decimal(e.left)
    const right = left === null ? null : this.#decimal(e.right)
    if (left === null || right === null) return null
    return `(${left()} ${sqlOperators[e.op]} ${right()})`
  }

  #decimal(e: Expr): (() => string) | null {
    if (e.kind === 'name' && e.entry.exact) return () => e.entry.column
    if (e.kind === 'number' && e.text !== null) return () => this.bind('Decimal(38, 8)', e.text)
    return null
  }

  #literal(e: LiteralExpr): string {
    return this.bind(parameterTypes[e.type], e.value)
  }

  bind(type: string, value: unknown): string {
    const name = `${this.#prefix}_p${this.#count++}`
    this.params[name] = value
    return `{${name}:${type}}`
  }

  /**
   * An expression used more than once in another. The engine copies what an alias stands for into each
   * of its uses, which within one another costs time exponential in their depth; what a lambda is
   * applied to is there once.
   */
  once(sql: string, use: (name: string) => string): string {
    const name = `${this.#prefix}_x${this.#count++}`
    return `arrayMap(${name} -> ${use(name)}, [${sql}])[1]`
  }
}

/** A number column as a float; what is not finite counts as missing. */
function finiteColumn(entry: NameEntry): string {
  if (entry.finite) return entry.column
  const float = `toFloat64(${entry.column})`
  return entry.exact ? float : `if(isFinite(${float}), ${float}, NULL)`
}
