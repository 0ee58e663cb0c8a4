/** Unchanged lines around a change that are shown with it. */
const around = 2

/**
 * The lines that differ, as `- old` and `+ new`, with a few unchanged ones around them and `…` for those left
 * out. Empty where the texts are the same.
 */
export function lineDiff(before: string, after: string): string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  // length[i][j]: the longest run of lines that both have in this order, from old[i] and fresh[j] on.
  const length = Array.from({ length: old.length + 1 }, () =>
    new Array<number>(fresh.length + 1).fill(0),
  )
  const at = (i: number, j: number): number => length[i]?.[j] ?? 0
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      const row = length[i]
      if (row === undefined) continue
      row[j] = old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const all: { readonly mark: ' ' | '-' | '+'; readonly text: string }[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      all.push({ mark: ' ', text: old[i] ?? '' })
      i += 1
      j += 1
    } else if (i < old.length && (j >= fresh.length || at(i + 1, j) >= at(i, j + 1))) {
      all.push({ mark: '-', text: old[i] ?? '' })
      i += 1
    } else {
      all.push({ mark: '+', text: fresh[j] ?? '' })
      j += 1
    }
  }
  const isNear = (k: number): boolean =>
    all.slice(Math.max(0, k - around), k + around + 1).some(({ mark }) => mark !== ' ')
  const shown: string[] = []
  let left = false
  all.forEach(({ mark, text }, k) => {
    if (!isNear(k)) {
      left = true
      return
    }
    if (left) shown.push('…')
    left = false
    shown.push(`${mark} ${text}`.trimEnd())
  })
  if (left && shown.length > 0) shown.push('…')
  return shown
}

const linesOf = (text: string): string[] => {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
