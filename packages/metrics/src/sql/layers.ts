/**
 * A SELECT whose expressions come in layers: those of a layer may use the names of the layers before.
 * The engine's analysis copies an aliased expression into every place that names it, so a chain of
 * names within one SELECT costs time exponential in its length; from a subquery a name is a column.
 *
 * @param source SELECT that gives the first names
 * @param layers expressions with their names, added to what is there
 */
export const layered = (source: string, ...layers: readonly (readonly string[])[]): string =>
  layers.reduce(
    (inner, expressions) =>
      `SELECT\n  *,\n  ${expressions.join(',\n  ')}\nFROM (\n${inner
        .trim()
        .split('\n')
        .map((text) => `  ${text}`)
        .join('\n')}\n)`,
    source,
  )
