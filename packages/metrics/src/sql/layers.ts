import { type Words, withWords } from './words.ts'

const nested = (inner: string, expressions: readonly string[]): string =>
  `SELECT\n  *,\n  ${expressions.join(',\n  ')}\nFROM (\n${inner
    .trim()
    .split('\n')
    .map((text) => `  ${text}`)
    .join('\n')}\n)`

/**
 * A SELECT whose expressions come in layers: those of a layer may use the names of the layers before.
 * The engine's analysis copies an aliased expression into every place that names it, so a chain of
 * names within one SELECT costs time exponential in its length; from a subquery a name is a column.
 *
 * @param source SELECT that gives the first names
 * @param layers expressions with their names, added to what is there
 */
export const layered = (source: string, ...layers: readonly (readonly string[])[]): string =>
  layers.reduce(nested, source)

/** The name under which a SELECT gives an expression. */
export const nameOf = (expression: string): string => expression.match(/\w+$/)?.[0] ?? ''

/** The expressions of a SELECT list whose names are read. */
export const thoseRead = (read: Words, expressions: readonly string[]): string[] =>
  expressions.filter((expression) => read.has(nameOf(expression)))

/**
 * As `layered`, with those expressions only that are read, by whoever reads the SELECT or by a layer
 * that is itself kept. A layer of which nothing is left falls away.
 *
 * @param read what is read of the SELECT
 * @param source makes the innermost SELECT, told what is read of it
 */
export const layeredAsRead = (
  read: Words,
  source: (read: Words) => string,
  ...layers: readonly (readonly string[])[]
): string => {
  let words = read
  const kept: string[][] = []
  for (const layer of layers.toReversed()) {
    const used = thoseRead(words, layer)
    if (used.length === 0) continue
    kept.unshift(used)
    words = withWords(words, used.join(' '))
  }
  return layered(source(words), ...kept)
}
