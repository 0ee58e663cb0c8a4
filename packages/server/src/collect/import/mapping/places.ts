import { type Document, isMap, isPair, isScalar, isSeq, type LineCounter } from 'yaml'

export type Path = readonly PropertyKey[]

export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * Where in the YAML text something stands: the key of the last step of the path, its value when
 * `value` is asked for, or the nearest thing above it that is there.
 */
export function placeOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: Path,
  part: 'key' | 'value' = 'value',
): Place {
  let node: unknown = document.contents
  let offset = offsetOf(node) ?? 0
  for (const [i, step] of path.entries()) {
    const last = i === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && keyText(item.key) === String(step))
      if (pair === undefined) break
      offset = offsetOf(pair.key) ?? offset
      node = pair.value
      if (last && part === 'value') offset = offsetOf(node) ?? offset
    } else if (isSeq(node)) {
      node = node.items[Number(step)]
      if (node === undefined) break
      offset = offsetOf(node) ?? offset
    } else break
  }
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key)
}

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  const { range } = node
  const start: unknown = Array.isArray(range) ? range[0] : undefined
  return typeof start === 'number' ? start : undefined
}
