import type { Text } from '../text.ts'
import { holds, type NameValues, valueIn } from './evaluate.ts'
import { formatNumber, formatThreshold, formatValue, type NumberStyle } from './format-value.ts'
import type { NameEntry } from './scope.ts'
import {
  type BoolExpr,
  type CompareOperator,
  type Expr,
  isLiteral,
  type LiteralExpr,
  type TypedCondition,
} from './syntax.ts'

/**
 * A condition in words: 'Login trend is below 0.5 and days to renewal are at most 90',
 * 「ログイン傾向が0.5未満、かつ契約更新までの日数が90日以下」.
 */
export function explainCondition(c: TypedCondition): Text {
  const { en, ja } = wordsOf(c.expr, false)
  return { en: capital(en), ja }
}

/**
 * Why a condition holds in one case, with its numbers: 'Login trend is 0.31 (below 0.5) and …'.
 * Only the parts that make it hold are named. Where it does not hold, the condition in words.
 */
export function explainWithValues(c: TypedCondition, values: NameValues): Text {
  if (holds(c.expr, values) !== true) return explainCondition(c)
  const seen = new Set<string>()
  const reasons = reasonsOf(c.expr, false, values).filter(({ en }) => {
    const fresh = !seen.has(en)
    seen.add(en)
    return fresh
  })
  if (reasons.length === 0) return explainCondition(c)
  const last = reasons.at(-1)?.en ?? ''
  const first = reasons.slice(0, -1).map((r) => r.en)
  return {
    en: `${capital(first.length > 0 ? `${first.join(', ')} and ${last}` : last)}.`,
    ja: `${reasons.map((r) => r.ja).join('、')}。`,
  }
}

const opposite: Readonly<Record<CompareOperator, CompareOperator>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
}
/** The same comparison read from its right side. */
const mirrored: Readonly<Record<CompareOperator, CompareOperator>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
}

/** `negated` carries a 'not' inwards to the comparisons, where it has plain words. */
function wordsOf(e: BoolExpr, negated: boolean): Text {
  switch (e.kind) {
    case 'bool':
      return e.value !== negated
        ? { en: 'always', ja: '常に成立' }
        : { en: 'never', ja: '成立しない' }
    case 'not':
      return wordsOf(e.of, !negated)
    case 'and':
    case 'or': {
      const or = (e.kind === 'or') !== negated
      const left = inBrackets(e.left, wordsOf(e.left, negated), or, negated)
      const right = inBrackets(e.right, wordsOf(e.right, negated), or, negated)
      return or
        ? { en: `${left.en} or ${right.en}`, ja: `${left.ja}、または${right.ja}` }
        : { en: `${left.en} and ${right.en}`, ja: `${left.ja}、かつ${right.ja}` }
    }
    case 'has': {
      const label = nameWords(e.entry)
      return negated
        ? { en: `${label.en} has no value`, ja: `${label.ja}に値がない` }
        : { en: `${label.en} has a value`, ja: `${label.ja}に値がある` }
    }
    case 'compare': {
      const { left, op, right } = nameFirst(e)
      const subject = phraseOf(left, styleOf(right))
      const relation = relationWords(
        negated ? opposite[op] : op,
        left,
        phraseOf(right, styleOf(left)),
      )
      return { en: `${subject.en} ${be(left)} ${relation.en}`, ja: `${subject.ja}が${relation.ja}` }
    }
    case 'in': {
      const subject = phraseOf(e.item, {})
      const relation = listWords(e.list, styleOf(e.item), negated)
      return {
        en: `${subject.en} ${be(e.item)} ${relation.en}`,
        ja: `${subject.ja}が${relation.ja}`,
      }
    }
    case 'match': {
      const subject = phraseOf(e.text, {})
      const relation = matchWords(e, negated)
      return { en: `${subject.en} ${relation.en}`, ja: `${subject.ja}が${relation.ja}` }
    }
    case 'name': {
      const label = nameWords(e.entry)
      return negated
        ? { en: `${label.en} is no`, ja: `${label.ja}が「いいえ」` }
        : { en: `${label.en} is yes`, ja: `${label.ja}が「はい」` }
    }
    case 'choice': {
      const when = wordsOf(e.when, false)
      const then = wordsOf(e.then, negated)
      const otherwise = wordsOf(e.otherwise, negated)
      return {
        en: `(if ${when.en}: ${then.en}; otherwise: ${otherwise.en})`,
        ja: `(${when.ja}の場合は${then.ja}、それ以外は${otherwise.ja})`,
      }
    }
  }
}

/** An 'or' inside of an 'and', or the other way round, needs brackets to be read rightly. */
function inBrackets(e: BoolExpr, words: Text, outerOr: boolean, negated: boolean): Text {
  let inner = e
  let flipped = negated
  while (inner.kind === 'not') {
    inner = inner.of
    flipped = !flipped
  }
  if (inner.kind !== 'and' && inner.kind !== 'or') return words
  const innerOr = (inner.kind === 'or') !== flipped
  return innerOr === outerOr ? words : { en: `(${words.en})`, ja: `(${words.ja})` }
}

/** The comparisons that make `e` true (or false, where negated), each with its numbers. */
function reasonsOf(e: BoolExpr, negated: boolean, values: NameValues): Text[] {
  switch (e.kind) {
    case 'bool':
      return []
    case 'not':
      return reasonsOf(e.of, !negated, values)
    case 'and':
    case 'or':
      return [e.left, e.right]
        .filter((part) => holds(part, values) === !negated)
        .flatMap((part) => reasonsOf(part, negated, values))
    case 'choice': {
      const when = holds(e.when, values)
      return [
        ...reasonsOf(e.when, when === false, values),
        ...reasonsOf(when ? e.then : e.otherwise, negated, values),
      ]
    }
    case 'compare':
      return [comparisonReason(e, negated, values)]
    case 'in':
    case 'match': {
      const item = e.kind === 'in' ? e.item : e.text
      const relation =
        e.kind === 'in' ? listWords(e.list, styleOf(item), negated) : matchWords(e, negated)
      if (item.kind !== 'name' || item.type !== 'number')
        return [wordsWithValue(item, relation, values)]
      return [withRelation(item, numberText(item, values, null), relation)]
    }
    default:
      return [wordsOf(e, negated)]
  }
}

function comparisonReason(
  e: Extract<BoolExpr, { kind: 'compare' }>,
  negated: boolean,
  values: NameValues,
): Text {
  const { left, op, right } = nameFirst(e)
  const said = negated ? opposite[op] : op
  const style = styleOf(left)
  if (left.type !== 'number' || right.type !== 'number') {
    return wordsWithValue(left, relationWords(said, left, phraseOf(right, style)), values)
  }
  const threshold = valueIn(right, values)
  const limit = typeof threshold === 'number' ? threshold : null
  const shown = numberText(left, values, limit)
  if (isLiteral(right)) {
    // 'is 3 (3)' says nothing twice.
    if (said === '==')
      return {
        en: `${phraseOf(left, {}).en} ${be(left)} ${shown.en}`,
        ja: `${phraseOf(left, {}).ja}は${shown.ja}`,
      }
    return withRelation(left, shown, relationWords(said, left, phraseOf(right, style)))
  }
  const limitText = limit === null ? null : formatNumber(limit, styleOf(right))
  const against = phraseOf(right, style)
  return withRelation(
    left,
    shown,
    relationWords(said, left, {
      en: limitText ? `${against.en}, ${limitText.en}` : against.en,
      ja: limitText ? `${against.ja}の${limitText.ja}` : against.ja,
    }),
  )
}

function withRelation(subject: Expr, shown: Text, relation: Text): Text {
  const words = phraseOf(subject, {})
  return {
    en: `${words.en} ${be(subject)} ${shown.en} (${relation.en})`,
    ja: `${words.ja}は${shown.ja}(${relation.ja})`,
  }
}

/** For texts, dates and yes-or-no the value itself is the news. */
function wordsWithValue(subject: Expr, relation: Text, values: NameValues): Text {
  const words = phraseOf(subject, {})
  const value = valueIn(subject, values)
  if (subject.kind !== 'name' || value === null) {
    return { en: `${words.en} ${relation.en}`, ja: `${words.ja}が${relation.ja}` }
  }
  const shown = formatValue(value, subject.entry)
  return subject.type === 'string'
    ? { en: `${words.en} is “${shown.en}”`, ja: `${words.ja}は「${shown.ja}」` }
    : { en: `${words.en} is ${shown.en}`, ja: `${words.ja}は${shown.ja}` }
}

/** A number of the case, with as many digits as show on which side of the limit it is. */
function numberText(e: Expr, values: NameValues, limit: number | null): Text {
  const value = valueIn(e, values)
  if (typeof value !== 'number') return { en: '—', ja: '—' }
  const style = styleOf(e)
  for (let digits = 2; digits < 8; digits++) {
    const shown = formatNumber(value, style, digits)
    if (limit === null || value === limit) return shown
    if (shown.en !== formatNumber(limit, style, digits).en) return shown
  }
  return formatThreshold(value, style)
}

/** Writes a comparison with the literal on the right, whichever way it was typed. */
function nameFirst(e: Extract<BoolExpr, { kind: 'compare' }>): {
  left: Expr
  op: CompareOperator
  right: Expr
} {
  return isLiteral(e.left) && !isLiteral(e.right)
    ? { left: e.right, op: mirrored[e.op], right: e.left }
    : { left: e.left, op: e.op, right: e.right }
}

function relationWords(op: CompareOperator, subject: Expr, v: Text): Text {
  const date = subject.type === 'date'
  switch (op) {
    case '==':
      return v
    case '!=':
      return { en: `not ${v.en}`, ja: `${v.ja}以外` }
    case '<':
      return date
        ? { en: `before ${v.en}`, ja: `${v.ja}より前` }
        : { en: `below ${v.en}`, ja: `${v.ja}未満` }
    case '<=':
      return date
        ? { en: `on or before ${v.en}`, ja: `${v.ja}以前` }
        : { en: `at most ${v.en}`, ja: `${v.ja}以下` }
    case '>':
      return date
        ? { en: `after ${v.en}`, ja: `${v.ja}より後` }
        : { en: `above ${v.en}`, ja: `${v.ja}超` }
    case '>=':
      return date
        ? { en: `on or after ${v.en}`, ja: `${v.ja}以後` }
        : { en: `at least ${v.en}`, ja: `${v.ja}以上` }
  }
}

function listWords(list: readonly LiteralExpr[], style: NumberStyle, negated: boolean): Text {
  const items = list.map((x) => phraseOf(x, style))
  const en = items.map((x) => x.en).join(', ')
  const ja = items.map((x) => x.ja).join('、')
  return negated
    ? { en: `none of ${en}`, ja: `${ja}のいずれでもない` }
    : { en: `one of ${en}`, ja: `${ja}のいずれか` }
}

function matchWords(e: Extract<BoolExpr, { kind: 'match' }>, negated: boolean): Text {
  const part = phraseOf(e.part, {})
  const [verb, plainVerb, ja, notJa] = {
    startsWith: ['starts with', 'start with', 'で始まる', 'で始まらない'],
    endsWith: ['ends with', 'end with', 'で終わる', 'で終わらない'],
    contains: ['contains', 'contain', 'を含む', 'を含まない'],
  }[e.method]
  return negated
    ? { en: `does not ${plainVerb} ${part.en}`, ja: `${part.ja}${notJa}` }
    : { en: `${verb} ${part.en}`, ja: `${part.ja}${ja}` }
}

/** A value or calculation in words; `style` is how a bare number beside it is written. */
function phraseOf(e: Expr, style: NumberStyle): Text {
  switch (e.kind) {
    case 'number':
      return formatThreshold(e.value, style)
    case 'string':
      return { en: `“${e.value}”`, ja: `「${e.value}」` }
    case 'date':
      return { en: e.value, ja: e.value }
    case 'bool':
      return e.value ? { en: 'yes', ja: '「はい」' } : { en: 'no', ja: '「いいえ」' }
    case 'name':
      return nameWords(e.entry)
    case 'negate': {
      const of = phraseOf(e.of, {})
      return { en: `−(${of.en})`, ja: `−(${of.ja})` }
    }
    case 'arithmetic': {
      const sign = { '+': '+', '-': '−', '*': '×', '/': '÷' }[e.op]
      const [l, r] = [e.left, e.right].map((part) => {
        const words = phraseOf(part, {})
        return part.kind === 'arithmetic' ? { en: `(${words.en})`, ja: `(${words.ja})` } : words
      })
      return { en: `${l?.en} ${sign} ${r?.en}`, ja: `${l?.ja} ${sign} ${r?.ja}` }
    }
    case 'choice': {
      const when = wordsOf(e.when, false)
      const then = phraseOf(e.then, style)
      const otherwise = phraseOf(e.otherwise, style)
      return {
        en: `(${then.en} if ${when.en}, else ${otherwise.en})`,
        ja: `(${when.ja}なら${then.ja}、それ以外は${otherwise.ja})`,
      }
    }
    default: {
      const words = wordsOf(e, false)
      return { en: `(${words.en})`, ja: `(${words.ja})` }
    }
  }
}

function styleOf(e: Expr): NumberStyle {
  return e.kind === 'name' ? { unit: e.entry.unit, currency: e.entry.currency } : {}
}

/** 'is' or 'are': by the last word of the label before its preposition ('Days to renewal'). */
function be(e: Expr): 'is' | 'are' {
  if (e.kind !== 'name' || e.type !== 'number') return 'is'
  const head = e.entry.label.en.split(/ (?:to|of|since|in|with|at|for|on|per)\b| \(/)[0] ?? ''
  return /[^su]s$/.test(head) ? 'are' : 'is'
}

/**
 * A label inside of a sentence: small first letter, unless it is an abbreviation, and without the
 * bracket that spells an abbreviation out.
 */
function nameWords(entry: NameEntry): Text {
  const { en, ja } = entry.label
  const small = /^[A-Z](?![A-Z])/.test(en) ? en.charAt(0).toLowerCase() + en.slice(1) : en
  return { en: small, ja: ja.replace(/^([A-Z]+)[(（].*[)）]$/, '$1') }
}

const capital = (s: string) => s.charAt(0).toUpperCase() + s.slice(1)
