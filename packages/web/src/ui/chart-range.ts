/**
 * The span of a chart's value axis. Amounts that are near 0 at their least start there, so that a small
 * change does not look like a fall; figures far from 0, such as retention near 100 %, fill the height.
 */
export function valueRange(least: number, most: number): [number, number] {
  if (!Number.isFinite(least) || !Number.isFinite(most)) return [0, 1]
  if (least === most) {
    if (least === 0) return [0, 1]
    const pad = Math.abs(least) * 0.1
    return [least - pad, most + pad]
  }
  const span = most - least
  const low = least >= 0 && least < span * 2 ? 0 : least - span * 0.12
  const high = most <= 0 && -most < span * 2 ? 0 : most + span * 0.12
  return [low, high]
}

/** What a line draws: finished periods in full, the way to an unfinished one dashed. */
export function splitUnfinished(
  points: readonly { readonly value: number | null; readonly complete: boolean }[],
): { finished: (number | null)[]; unfinished: (number | null)[] } {
  const finished = points.map((point) => (point.complete ? point.value : null))
  const unfinished = points.map((point, i) =>
    !point.complete || points[i + 1]?.complete === false ? point.value : null,
  )
  return { finished, unfinished }
}

/** The points of a small line drawing, as an SVG path; gaps where there is no value. */
export function sparkPath(
  values: readonly (number | null)[],
  width: number,
  height: number,
  inset = 2,
): string {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return ''
  const [low, high] = valueRange(Math.min(...known), Math.max(...known))
  const stepX = values.length > 1 ? (width - 2 * inset) / (values.length - 1) : 0
  let pen = 'M'
  let path = ''
  values.forEach((value, i) => {
    if (value === null) {
      pen = 'M'
      return
    }
    const x = inset + i * stepX
    const y = inset + (1 - (value - low) / (high - low)) * (height - 2 * inset)
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`
    pen = 'L'
  })
  return path
}
