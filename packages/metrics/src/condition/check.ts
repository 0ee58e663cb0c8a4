import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'
import { distance } from 'fastest-levenshtein'
import { Temporal } from 'temporal-polyfill'
import type { Text } from '../text.ts'
import { nearNames } from './near-names.ts'
import { type ConditionProblem, howToWrite, problemAt, typeWords } from './problem.ts'
import type { NameScope, ValueType } from './scope.ts'
import {
  type BoolExpr,
  type CompareOperator,
  type Expr,
  isLiteral,
  type LiteralExpr,
  type NumberExpr,
  type Place,
  type TextMethod,
  type TypedCondition,
  type TypedFormula,
} from './syntax.ts'
import { syntaxProblem } from './syntax-problem.ts'

/** Longer ones are no condition that a person wrote. */
const maxLength = 10_000

// Parsing only: evaluation is SQL. The depth is bounded because parser and compiler recurse.
const parser = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 2_000, maxDepth: 60, maxListElements: 1_000 },
})

const textMethods: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains'])
const isTextMethod = (name: string): name is TextMethod => textMethods.has(name)

export type CheckedCondition =
  | { readonly ok: true; readonly condition: TypedCondition }
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] }

/** What a text is called in what is said about it. */
interface Kind {
  readonly name: Text
  readonly plural: Text
}

const condition: Kind = {
  name: { en: 'condition', ja: '条件式' },
  plural: { en: 'Conditions', ja: '条件式' },
}
const formula: Kind = {
  name: { en: 'formula', ja: '計算式' },
  plural: { en: 'Formulas', ja: '計算式' },
}

/**
 * Parses a condition in CEL and checks its names and types. Every problem is returned, not only the
 * first (a syntax error ends the search, as nothing after it can be understood). Numbers are one
 * type: `5 / 2` is 2.5, where plain CEL would divide integers.
 */
export function checkCondition(text: string, scope: NameScope): CheckedCondition {
  const checked = parsed(text, scope, condition, (checker, ast) => checker.boolean(ast))
  return checked.ok ? { ok: true, condition: { text, expr: checked.expr } } : checked
}

export type CheckedFormula =
  | { readonly ok: true; readonly formula: TypedFormula }
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] }

/** Parses and checks a formula as `checkCondition` does a condition; its value is a number. */
export function checkFormula(text: string, scope: NameScope): CheckedFormula {
  const checked = parsed(text, scope, formula, (checker, ast) => checker.number(ast))
  return checked.ok ? { ok: true, formula: { text, expr: checked.expr } } : checked
}

function parsed<E>(
  text: string,
  scope: NameScope,
  kind: Kind,
  read: (checker: Checker, ast: ASTNode) => E | null,
): { readonly ok: true; readonly expr: E } | ReturnType<typeof failed> {
  const whole = { from: 0, to: text.length }
  const { en, ja } = kind.name
  if (text.trim() === '') {
    return failed(
      problemAt(text, whole, 'EMPTY', { en: `The ${en} is empty.`, ja: `${ja}が空です。` }),
    )
  }
  if (text.length > maxLength) {
    return failed(
      problemAt(text, whole, 'TOO_LONG', {
        en: `The ${en} has more than ${maxLength} characters.`,
        ja: `${ja}が ${maxLength} 文字を超えています。`,
      }),
    )
  }
  let ast: ASTNode
  try {
    ast = parser.parse(text).ast
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return failed(syntaxProblem(text, error))
  }
  const checker = new Checker(text, scope, kind)
  const expr = read(checker, ast)
  if (checker.problems.length > 0 || expr === null) {
    return { ok: false, problems: checker.problems }
  }
  return { ok: true, expr }
}

function failed(problem: ConditionProblem): {
  readonly ok: false
  readonly problems: readonly ConditionProblem[]
} {
  return { ok: false, problems: [problem] }
}

/** Walks the parser's tree once. A method returns null where it has noted a problem. */
class Checker {
  readonly problems: ConditionProblem[] = []
  readonly #source: string
  readonly #scope: NameScope
  readonly #kind: Kind

  constructor(source: string, scope: NameScope, kind: Kind) {
    this.#source = source
    this.#scope = scope
    this.#kind = kind
  }

  /** An expression that must be a number. */
  number(node: ASTNode): NumberExpr | null {
    const e = this.#typed(node, 'number')
    return e?.type === 'number' ? e : null
  }

  /** An expression that must be a yes or no. */
  boolean(node: ASTNode): BoolExpr | null {
    const e = this.#expr(node)
    if (e === null) return null
    if (e.type === 'bool') return e
    return this.#wrong(node, {
      en: `${this.#piece(node)} is ${typeWords[e.type].en}; here a yes or no is needed, such as a comparison.`,
      ja: `${this.#piece(node)} は${typeWords[e.type].ja}です。ここには比較などの真偽値が必要です。`,
    })
  }

  #expr(node: ASTNode): Expr | null {
    switch (node.op) {
      case 'value':
        return this.#literal(node, node.args)
      case 'id':
        return this.#name(node, node.args)
      case '!_': {
        const of = this.boolean(node.args)
        return of && { kind: 'not', type: 'bool', of }
      }
      case '&&':
      case '||': {
        const left = this.boolean(node.args[0])
        const right = this.boolean(node.args[1])
        if (left === null || right === null) return null
        return { kind: node.op === '&&' ? 'and' : 'or', type: 'bool', left, right }
      }
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#compare(node, node.op, node.args)
      case '+':
      case '-':
      case '*':
      case '/': {
        const left = this.#typed(node.args[0], 'number')
        const right = this.#typed(node.args[1], 'number')
        if (left?.type !== 'number' || right?.type !== 'number') return null
        return { kind: 'arithmetic', type: 'number', op: node.op, left, right }
      }
      case '-_': {
        const of = this.#typed(node.args, 'number')
        if (of?.type !== 'number') return null
        if (of.kind !== 'number') return { kind: 'negate', type: 'number', of }
        const text =
          of.text === null ? null : of.text.startsWith('-') ? of.text.slice(1) : `-${of.text}`
        return { kind: 'number', type: 'number', value: -of.value, text }
      }
      case 'in':
        return this.#in(node.args)
      case '?:':
        return this.#choice(node, node.args)
      case 'call':
        return this.#call(node, node.args)
      case 'rcall':
        return this.#method(node, node.args)
      case '%':
        return this.#unsupported(node, "the operator '%'", '演算子「%」')
      case 'list':
        return this.#unsupported(
          node,
          "a list outside of 'name in [..]'",
          '「名前 in [..]」以外の場所のリスト',
        )
      case 'map':
        return this.#unsupported(node, 'a map', 'マップ')
      default:
        return this.#unsupported(
          node,
          `${this.#piece(node)} (a name has no parts)`,
          `${this.#piece(node)}(名前に部分要素はありません)`,
        )
    }
  }

  #literal(node: ASTNode, value: unknown): LiteralExpr | null {
    const source = this.#source.slice(node.start, node.end)
    if (typeof value === 'boolean') return { kind: 'bool', type: 'bool', value }
    if (typeof value === 'string') {
      if (/\p{Surrogate}/u.test(value)) {
        return this.#problem(node, 'BAD_TEXT', {
          en: 'The text contains half a character.',
          ja: '文字列に不完全な文字が含まれています。',
        })
      }
      return { kind: 'string', type: 'string', value }
    }
    if (typeof value === 'bigint' || typeof value === 'number') {
      const number = Number(value)
      if (!Number.isFinite(number) || (typeof value === 'bigint' && BigInt(number) !== value)) {
        return this.#problem(node, 'BAD_NUMBER', {
          en: `${source} is too large to be compared exactly.`,
          ja: `${source} は大きすぎて正確に比較できません。`,
        })
      }
      const text = /^\d{1,29}(\.\d{1,8})?$/.test(source) ? source : null
      return { kind: 'number', type: 'number', value: number, text }
    }
    if (value === null) {
      return this.#unsupported(
        node,
        "'null' (write has(name) to ask whether there is a value)",
        '「null」(値の有無は has(名前) で確認してください)',
      )
    }
    return this.#unsupported(node, `the value ${source}`, `値 ${source}`)
  }

  #name(node: ASTNode, name: string): Expr | null {
    const entry = this.#scope.names.get(name)
    if (entry) return { kind: 'name', type: entry.type, name, entry }
    const near = nearNames(name, this.#scope)
    const hint = near.join(', ')
    return this.#problem(
      node,
      'UNKNOWN_NAME',
      {
        en: `There is no metric or attribute '${name}'.${near.length > 0 ? ` Did you mean ${hint}?` : ''}`,
        ja: `「${name}」という指標や属性はありません。${near.length > 0 ? `${hint} のことでしょうか。` : ''}`,
      },
      near,
    )
  }

  #compare(node: ASTNode, op: CompareOperator, [l, r]: [ASTNode, ASTNode]): Expr | null {
    const left = this.#expr(l)
    const right = this.#expr(r)
    if (left === null || right === null) return null
    if (left.type !== right.type) return this.#mismatch(left, l, right, r)
    if (op !== '==' && op !== '!=' && (left.type === 'string' || left.type === 'bool')) {
      return this.#wrong(node, {
        en: `'${op}' compares numbers and dates; ${this.#piece(l)} is ${typeWords[left.type].en}, compare it with '==' or '!='.`,
        ja: `「${op}」は数値と日付に使います。${this.#piece(l)} は${typeWords[left.type].ja}なので「==」か「!=」で比較してください。`,
      })
    }
    return { kind: 'compare', type: 'bool', op, left, right }
  }

  /** Blames the literal side, as the name's type is what it is. */
  #mismatch(left: Expr, l: ASTNode, right: Expr, r: ASTNode): null {
    const [known, knownNode, other] =
      isLiteral(left) && !isLiteral(right) ? [right, r, l] : [left, l, r]
    return this.#wrong(other, {
      en: `${this.#piece(knownNode)} is ${typeWords[known.type].en}; compare it with ${howToWrite[known.type].en}.`,
      ja: `${this.#piece(knownNode)} は${typeWords[known.type].ja}です。${howToWrite[known.type].ja}と比較してください。`,
    })
  }

  /** An expression that must have one type. */
  #typed(node: ASTNode, type: ValueType): Expr | null {
    const e = this.#expr(node)
    if (e === null || e.type === type) return e
    return this.#wrong(node, {
      en: `${this.#piece(node)} is ${typeWords[e.type].en}; here ${howToWrite[type].en} is needed.`,
      ja: `${this.#piece(node)} は${typeWords[e.type].ja}です。ここには${howToWrite[type].ja}が必要です。`,
    })
  }

  #in([itemNode, listNode]: [ASTNode, ASTNode]): Expr | null {
    const item = this.#expr(itemNode)
    if (listNode.op !== 'list') {
      return this.#unsupported(
        listNode,
        'anything but a list after \'in\', as in plan in ["pro", "enterprise"]',
        '「in」の後のリスト以外のもの(例: plan in ["pro", "enterprise"])',
      )
    }
    const list: LiteralExpr[] = []
    let fine = item !== null
    for (const element of listNode.args) {
      const e = this.#expr(element)
      if (e === null) {
        fine = false
      } else if (!isLiteral(e)) {
        this.#unsupported(element, 'a name or calculation inside of a list', 'リスト内の名前や計算')
        fine = false
      } else if (item !== null && e.type !== item.type) {
        this.#mismatch(item, itemNode, e, element)
        fine = false
      } else {
        list.push(e)
      }
    }
    return fine && item !== null ? { kind: 'in', type: 'bool', item, list } : null
  }

  #choice(node: ASTNode, [w, t, o]: [ASTNode, ASTNode, ASTNode]): Expr | null {
    const when = this.boolean(w)
    const then = this.#expr(t)
    const otherwise = this.#expr(o)
    if (when === null || then === null || otherwise === null) return null
    return (
      choiceOf(when, then, otherwise) ??
      this.#wrong(node, {
        en: `Both outcomes of '? :' must be of one kind; here they are ${typeWords[then.type].en} and ${typeWords[otherwise.type].en}.`,
        ja: `「? :」の二つの結果は同じ種類にしてください。ここでは${typeWords[then.type].ja}と${typeWords[otherwise.type].ja}です。`,
      })
    )
  }

  #call(node: ASTNode, [name, args]: [string, ASTNode[]]): Expr | null {
    const [argument, ...more] = args
    if (name === 'has') {
      if (argument?.op !== 'id' || more.length > 0) {
        return this.#unsupported(
          node,
          'has(..) of anything but one name',
          '名前一つ以外に対する has(..)',
        )
      }
      const e = this.#name(argument, argument.args)
      if (e?.kind !== 'name') return null
      return { kind: 'has', type: 'bool', name: e.name, entry: e.entry }
    }
    if (name === 'date') {
      const value = argument?.op === 'value' && more.length === 0 ? argument.args : null
      if (typeof value === 'string' && isDay(value)) return { kind: 'date', type: 'date', value }
      return this.#problem(node, 'BAD_DATE', {
        en: 'A date is written as date("2026-04-01"), between 1900 and 2299.',
        ja: '日付は date("2026-04-01") のように、1900年から2299年の範囲で書いてください。',
      })
    }
    if (name === 'default') return this.#default(node, args)
    const near = ['has', 'date', 'default'].filter((known) => distance(name, known) <= 2)
    return this.#unsupported(node, `the function '${name}'`, `関数「${name}」`, near)
  }

  /** `default(nps, 0)`: the value of a name, or what stands in where it has none. */
  #default(node: ASTNode, [of, instead, ...more]: ASTNode[]): Expr | null {
    if (of?.op !== 'id' || instead === undefined || more.length > 0) {
      return this.#unsupported(
        node,
        'default(..) of anything but a name and what stands in for it, as in default(nps, 0)',
        'default(nps, 0) のように名前と代わりの値を並べたもの以外の default(..)',
      )
    }
    const then = this.#name(of, of.args)
    const otherwise = this.#expr(instead)
    if (then?.kind !== 'name' || otherwise === null) return null
    const when: BoolExpr = { kind: 'has', type: 'bool', name: then.name, entry: then.entry }
    return choiceOf(when, then, otherwise) ?? this.#mismatch(then, of, otherwise, instead)
  }

  #method(node: ASTNode, [name, receiver, args]: [string, ASTNode, ASTNode[]]): Expr | null {
    if (!isTextMethod(name)) {
      const near = [...textMethods].filter((known) => distance(name, known) <= 3)
      return this.#unsupported(node, `the method '${name}'`, `メソッド「${name}」`, near)
    }
    const text = this.#typed(receiver, 'string')
    const [only, ...more] = args
    if (only === undefined || more.length > 0) {
      return this.#wrong(node, {
        en: `'${name}' takes one text in quotes.`,
        ja: `「${name}」には引用符で囲んだ文字列を一つ渡してください。`,
      })
    }
    const part = this.#typed(only, 'string')
    if (text?.type !== 'string' || part?.type !== 'string') return null
    return { kind: 'match', type: 'bool', method: name, text, part }
  }

  #piece(node: ASTNode): string {
    const piece = this.#source.slice(node.start, node.end)
    return piece.length > 60 ? `${piece.slice(0, 57)}...` : piece
  }

  #wrong(node: ASTNode, text: Text): null {
    return this.#problem(node, 'WRONG_TYPE', text)
  }

  #unsupported(node: ASTNode, en: string, ja: string, suggestions: string[] = []): null {
    const hint = suggestions.join(', ')
    return this.#problem(
      node,
      'UNSUPPORTED',
      {
        en: `${this.#kind.plural.en} don't have ${en}.${hint ? ` Did you mean ${hint}?` : ''}`,
        ja: `${this.#kind.plural.ja}では${ja}を使えません。${hint ? `${hint} のことでしょうか。` : ''}`,
      },
      suggestions,
    )
  }

  #problem(
    node: ASTNode,
    code: ConditionProblem['code'],
    text: Text,
    suggestions: readonly string[] = [],
  ): null {
    const place: Place = { from: node.start, to: node.end }
    this.problems.push(problemAt(this.#source, place, code, text, suggestions))
    return null
  }
}

/** One of two outcomes of one type; null where they are of two. */
function choiceOf(when: BoolExpr, then: Expr, otherwise: Expr): Expr | null {
  if (then.type === 'number' && otherwise.type === 'number') {
    return { kind: 'choice', type: 'number', when, then, otherwise }
  }
  if (then.type === 'string' && otherwise.type === 'string') {
    return { kind: 'choice', type: 'string', when, then, otherwise }
  }
  if (then.type === 'date' && otherwise.type === 'date') {
    return { kind: 'choice', type: 'date', when, then, otherwise }
  }
  if (then.type === 'bool' && otherwise.type === 'bool') {
    return { kind: 'choice', type: 'bool', when, then, otherwise }
  }
  return null
}

function isDay(text: string): boolean {
  if (!/^(19|2[012])\d\d-\d\d-\d\d$/.test(text)) return false
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' })
    return true
  } catch {
    return false
  }
}
