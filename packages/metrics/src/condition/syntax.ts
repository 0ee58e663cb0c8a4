import type { NameEntry } from './scope.ts'

/** Offsets into the condition's text, [from, to). */
export interface Place {
  readonly from: number
  readonly to: number
}

export type CompareOperator = '<' | '<=' | '>' | '>=' | '==' | '!='
export type ArithmeticOperator = '+' | '-' | '*' | '/'
export type TextMethod = 'startsWith' | 'endsWith' | 'contains'

export type NumberExpr =
  /** `text` is the literal as a plain decimal where it has at most 8 decimals, for exact money. */
  | { kind: 'number'; type: 'number'; value: number; text: string | null }
  | {
      kind: 'arithmetic'
      type: 'number'
      op: ArithmeticOperator
      left: NumberExpr
      right: NumberExpr
    }
  | { kind: 'negate'; type: 'number'; of: NumberExpr }
  | NameExpr<'number'>
  | ChoiceExpr<'number', NumberExpr>

export type StringExpr =
  | { kind: 'string'; type: 'string'; value: string }
  | NameExpr<'string'>
  | ChoiceExpr<'string', StringExpr>

export type DateExpr =
  /** An ISO date. */
  { kind: 'date'; type: 'date'; value: string } | NameExpr<'date'> | ChoiceExpr<'date', DateExpr>

export type BoolExpr =
  | { kind: 'bool'; type: 'bool'; value: boolean }
  | { kind: 'not'; type: 'bool'; of: BoolExpr }
  | { kind: 'and' | 'or'; type: 'bool'; left: BoolExpr; right: BoolExpr }
  | { kind: 'compare'; type: 'bool'; op: CompareOperator; left: Expr; right: Expr }
  | { kind: 'in'; type: 'bool'; item: Expr; list: readonly LiteralExpr[] }
  | { kind: 'match'; type: 'bool'; method: TextMethod; text: StringExpr; part: StringExpr }
  | { kind: 'has'; type: 'bool'; name: string; entry: NameEntry }
  | NameExpr<'bool'>
  | ChoiceExpr<'bool', BoolExpr>

export interface NameExpr<T> {
  readonly kind: 'name'
  readonly type: T
  readonly name: string
  readonly entry: NameEntry
}

export interface ChoiceExpr<T, E> {
  readonly kind: 'choice'
  readonly type: T
  readonly when: BoolExpr
  readonly then: E
  readonly otherwise: E
}

export type Expr = NumberExpr | StringExpr | DateExpr | BoolExpr
export type LiteralExpr = Extract<Expr, { kind: 'number' | 'string' | 'bool' | 'date' }>

/** A condition whose names and types were checked. */
export interface TypedCondition {
  readonly text: string
  readonly expr: BoolExpr
}

/** A calculation of a number whose names and types were checked. */
export interface TypedFormula {
  readonly text: string
  readonly expr: NumberExpr
}

/** Whether an expression is a literal. */
export function isLiteral(e: Expr): e is LiteralExpr {
  return e.kind === 'number' || e.kind === 'string' || e.kind === 'bool' || e.kind === 'date'
}

/** The expressions directly inside of one. */
export function partsOf(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case 'not':
    case 'negate':
      return [e.of]
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
      return [e.left, e.right]
    case 'in':
      return [e.item, ...e.list]
    case 'match':
      return [e.text, e.part]
    case 'choice':
      return [e.when, e.then, e.otherwise]
    default:
      return []
  }
}

/** All that one 'and' or 'or' joins, however many: `a && b && c` is one of three. */
export function joined(e: BoolExpr, kind: 'and' | 'or'): readonly BoolExpr[] {
  return e.kind === kind ? [...joined(e.left, kind), ...joined(e.right, kind)] : [e]
}

/** How many expressions stand within one another. */
export function depthIn(e: Expr): number {
  const parts = e.kind === 'and' || e.kind === 'or' ? joined(e, e.kind) : partsOf(e)
  return 1 + parts.reduce((deepest, part) => Math.max(deepest, depthIn(part)), 0)
}

/** How many names, literals and operators there are. */
export function sizeIn(e: Expr): number {
  return partsOf(e).reduce((sum, part) => sum + sizeIn(part), 1)
}

/** The names that a condition or formula uses, each once, in the order of their first use. */
export function namesIn(c: TypedCondition | TypedFormula): string[] {
  const found = new Set<string>()
  const visit = (e: Expr): void => {
    if (e.kind === 'name' || e.kind === 'has') found.add(e.name)
    for (const part of partsOf(e)) visit(part)
  }
  visit(c.expr)
  return [...found]
}
