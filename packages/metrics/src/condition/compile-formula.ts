import { MONEY } from '../sql/money.ts'
import { dimensionOf } from './amount.ts'
import { type CompiledCondition, ConditionCompiler } from './compile.ts'
import type { NumberExpr, TypedFormula } from './syntax.ts'

/** Amounts stay below this, so that no step of a calculation leaves the decimals of the engine. */
const GREATEST = "toDecimal256('1000000000000000000000000000', 20)"

/**
 * Compiles a formula to SQL: Nullable(Decimal(38, 8)) where it is money, calculated exactly and
 * rounded half away from zero after each multiplication and division, else Nullable(Float64). Without
 * a value where a name without one decides, and where a calculation has no finite result.
 *
 * @param prefix begins the names of its parameters and aliases
 */
export function compileFormula(
  { expr }: TypedFormula,
  prefix: string,
  money: boolean,
): CompiledCondition {
  const compiler = new FormulaCompiler(prefix)
  const sql = money
    ? `CAST(${compiler.amount(expr)} AS Nullable(${MONEY}))`
    : `CAST(${compiler.float(expr)} AS Nullable(Float64))`
  return { sql, params: compiler.params }
}

class FormulaCompiler {
  readonly #conditions: ConditionCompiler

  constructor(prefix: string) {
    this.#conditions = new ConditionCompiler(prefix)
  }

  get params(): Readonly<Record<string, unknown>> {
    return this.#conditions.params
  }

  /** A number as a float; the amounts in it are calculated as amounts. */
  float(e: NumberExpr): string {
    if (e.kind !== 'name' && dimensionOf(e) === 'money') return `toFloat64(${this.amount(e)})`
    switch (e.kind) {
      case 'negate':
        return `negate(${this.float(e.of)})`
      case 'choice':
        return this.#choice(e, (side) => this.float(side))
      case 'arithmetic': {
        const [left, right] = [this.float(e.left), this.float(e.right)]
        const sum = e.op === '/' ? `${left} / nullIf(${right}, 0)` : `${left} ${e.op} ${right}`
        return this.#conditions.once(sum, (x) => `if(isFinite(${x}), ${x}, NULL)`)
      }
      default:
        return this.#conditions.number(e)
    }
  }

  /** An amount of money, Nullable(Decimal(38, 8)). */
  amount(e: NumberExpr): string {
    switch (e.kind) {
      case 'number':
        return this.#conditions.bind(MONEY, e.text ?? '0')
      case 'name':
        return e.entry.exact ? e.entry.column : this.#narrow(this.#factor(e))
      case 'negate':
        return `negate(${this.amount(e.of)})`
      case 'choice':
        return this.#choice(e, (side) => this.amount(side))
      case 'arithmetic': {
        if (e.op === '+' || e.op === '-') {
          const wide = (side: NumberExpr) => `toDecimal256(${this.amount(side)}, 20)`
          return this.#narrow(`${wide(e.left)} ${e.op} ${wide(e.right)}`)
        }
        if (e.op === '*') {
          const [money, factor] =
            dimensionOf(e.right) === 'money' ? [e.right, e.left] : [e.left, e.right]
          return this.#narrow(`toDecimal256(${this.amount(money)}, 8) * ${this.#factor(factor)}`)
        }
        const money = `toDecimal256(${this.amount(e.left)}, 20)`
        // The engine divides under a NULL as well, so the divisor is never 0.
        return this.#narrow(
          this.#conditions.once(
            this.#factor(e.right),
            (x) =>
              `if(ifNull(${x} = 0, true), NULL, divideDecimal(${money}, if(ifNull(${x} = 0, true), toDecimal256(1, 12), assumeNotNull(${x})), 9))`,
          ),
        )
      }
    }
  }

  #choice(e: Extract<NumberExpr, { kind: 'choice' }>, side: (e: NumberExpr) => string): string {
    const [then, otherwise] = [side(e.then), side(e.otherwise)]
    return this.#conditions.once(
      this.#conditions.bool(e.when),
      (x) => `multiIf(isNull(${x}), NULL, ${x}, ${then}, ${otherwise})`,
    )
  }

  /** A plain number as a decimal of scale 12: as it is written, not as the float beneath it. */
  #factor(e: NumberExpr): string {
    if (e.kind === 'number' && e.text !== null) {
      return `toDecimal256(${this.#conditions.bind(MONEY, e.text)}, 12)`
    }
    return this.#conditions.once(
      this.float(e),
      (x) => `toDecimal256OrNull(toString(if(abs(${x}) < 1e18, ${x}, NULL)), 12)`,
    )
  }

  /** Rounds to the scale of money; what is out of reach has no value. */
  #narrow(wide: string): string {
    return this.#conditions.once(
      wide,
      (x) => `toDecimal128(round(if(abs(${x}) < ${GREATEST}, ${x}, NULL), 8), 8)`,
    )
  }
}
