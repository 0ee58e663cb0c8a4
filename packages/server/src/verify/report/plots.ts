import { type Html, html } from './html.ts'

const width = 420
const height = 260
const edge = { left: 52, right: 14, top: 12, bottom: 40 }

export interface PlotText {
  /** What the picture shows, for those who cannot see it. */
  readonly says: string
  readonly x: string
  readonly y: string
}

interface Range {
  readonly from: number
  readonly to: number
}

interface Axes {
  readonly x: Range
  readonly y: Range
  readonly xTicks: readonly { at: number; label: string }[]
  readonly yTicks: readonly { at: number; label: string }[]
}

const place = ({ from, to }: Range, value: number, low: number, high: number) =>
  to > from ? low + ((value - from) / (to - from)) * (high - low) : (low + high) / 2
const at = (axes: Axes, x: number, y: number) => ({
  x: place(axes.x, x, edge.left, width - edge.right).toFixed(1),
  y: place(axes.y, y, height - edge.bottom, edge.top).toFixed(1),
})

function frame(axes: Axes, text: PlotText, inside: readonly Html[]): Html {
  const floor = height - edge.bottom
  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${text.says}">
${axes.yTicks.map(({ at: value, label }) => {
  const { y } = at(axes, axes.x.from, value)
  return html`<line class="grid" x1="${edge.left}" x2="${width - edge.right}" y1="${y}" y2="${y}"/><text x="${edge.left - 6}" y="${y}" class="tick y">${label}</text>`
})}${axes.xTicks.map(({ at: value, label }) => {
  const { x } = at(axes, value, axes.y.from)
  return html`<text x="${x}" y="${floor + 14}" class="tick x">${label}</text>`
})}<line class="axis" x1="${edge.left}" x2="${width - edge.right}" y1="${floor}" y2="${floor}"/>
${inside}<text x="${(edge.left + width - edge.right) / 2}" y="${height - 6}" class="name">${text.x}</text>
<text transform="translate(12 ${(edge.top + floor) / 2}) rotate(-90)" class="name">${text.y}</text>
</svg></figure>`
}

const percent = (share: number) => `${Number((100 * share).toPrecision(3))}%`

/** Ticks for shares from 0 to at least `most`. */
function shareAxis(most: number): { range: Range; ticks: { at: number; label: string }[] } {
  const steps = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25]
  const step = steps.find((one) => most / one <= 5) ?? 0.25
  const count = Math.max(1, Math.ceil(most / step - 1e-9))
  const ticks = Array.from({ length: count + 1 }, (_, i) => ({
    at: i * step,
    label: percent(i * step),
  }))
  return { range: { from: 0, to: count * step }, ticks }
}

const bars = (
  axes: Axes,
  points: readonly { x: number; low: number | null; high: number | null }[],
) =>
  points.flatMap(({ x, low, high }) => {
    if (low === null || high === null) return []
    const top = at(axes, x, high)
    const bottom = at(axes, x, low)
    return [html`<line class="bar" x1="${top.x}" x2="${bottom.x}" y1="${top.y}" y2="${bottom.y}"/>`]
  })

const dots = (axes: Axes, points: readonly { x: number; y: number }[]) =>
  points.map(({ x, y }) => {
    const spot = at(axes, x, y)
    return html`<circle class="dot" cx="${spot.x}" cy="${spot.y}" r="3.5"/>`
  })

const path = (axes: Axes, points: readonly { x: number; y: number }[], kind: string): Html => {
  const steps = points.map(({ x, y }, i) => {
    const spot = at(axes, x, y)
    return `${i === 0 ? 'M' : 'L'}${spot.x} ${spot.y}`
  })
  return html`<path class="${kind}" d="${steps.join('')}"/>`
}

/** Rates with intervals by groups in their order, such as lift by fifths or rates by value. */
export function ratePlot(
  points: readonly { label: string; rate: number; low: number | null; high: number | null }[],
  base: number | null,
  text: PlotText,
): Html {
  const most = Math.max(base ?? 0, 0.001, ...points.map(({ rate, high }) => high ?? rate))
  const { range, ticks } = shareAxis(most)
  const axes: Axes = {
    x: { from: 0.5, to: points.length + 0.5 },
    y: range,
    xTicks: points.map(({ label }, i) => ({ at: i + 1, label })),
    yTicks: ticks,
  }
  const line =
    base === null
      ? []
      : [
          path(
            axes,
            [0.5, points.length + 0.5].map((x) => ({ x, y: base })),
            'base',
          ),
        ]
  const columns = points.map(({ rate }, i) => {
    const top = at(axes, i + 0.68, rate)
    const right = at(axes, i + 1.32, 0)
    return html`<rect class="column" x="${top.x}" y="${top.y}" width="${(Number(right.x) - Number(top.x)).toFixed(1)}" height="${(Number(right.y) - Number(top.y)).toFixed(1)}"/>`
  })
  const spread = bars(
    axes,
    points.map(({ low, high }, i) => ({ x: i + 1, low, high })),
  )
  return frame(axes, text, [...columns, ...spread, ...line])
}

/** What happened against what was predicted; on the diagonal, predictions are right. */
export function reliabilityPlot(
  bins: readonly { predicted: number; rate: number; low: number; high: number }[],
  text: PlotText,
): Html {
  const most = Math.max(0.001, ...bins.map(({ predicted, high }) => Math.max(predicted, high)))
  const { range, ticks } = shareAxis(most)
  const axes: Axes = { x: range, y: range, xTicks: ticks, yTicks: ticks }
  const ends = [0, range.to].map((v) => ({ x: v, y: v }))
  return frame(axes, text, [
    path(axes, ends, 'base'),
    ...bars(
      axes,
      bins.map(({ predicted, low, high }) => ({ x: predicted, low, high })),
    ),
    ...dots(
      axes,
      bins.map(({ predicted, rate }) => ({ x: predicted, y: rate })),
    ),
  ])
}

/** Areas by days before the outcome; 0.5 is chance. */
export function leadPlot(
  points: readonly { days: number; auc: number; low: number | null; high: number | null }[],
  text: PlotText,
): Html {
  const last = Math.max(1, ...points.map(({ days }) => days))
  const lowest = Math.min(0.4, ...points.map(({ auc, low }) => low ?? auc))
  const axes: Axes = {
    // Time runs to the outcome on the right.
    x: { from: -last * 1.05, to: 0 },
    y: { from: Math.floor(lowest * 10) / 10, to: 1 },
    xTicks: points.map(({ days }) => ({ at: -days, label: String(days) })),
    yTicks: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
      .filter((tick) => tick >= Math.floor(lowest * 10) / 10)
      .map((tick) => ({ at: tick, label: tick.toFixed(1) })),
  }
  const spots = points.map(({ days, auc }) => ({ x: -days, y: auc }))
  return frame(axes, text, [
    path(
      axes,
      [-last * 1.05, 0].map((x) => ({ x, y: 0.5 })),
      'base',
    ),
    ...bars(
      axes,
      points.map(({ days, low, high }) => ({ x: -days, low, high })),
    ),
    path(axes, spots, 'line'),
    ...dots(axes, spots),
  ])
}

/** A Kaplan–Meier curve in steps, with its band. */
export function survivalPlot(
  steps: readonly { time: number; survival: number; low: number | null; high: number | null }[],
  text: PlotText,
): Html {
  const last = Math.max(1, steps.at(-1)?.time ?? 1)
  const every = last > 1460 ? 365 : last > 500 ? 182 : 91
  const axes: Axes = {
    x: { from: 0, to: last },
    y: { from: 0, to: 1 },
    xTicks: Array.from({ length: Math.floor(last / every) + 1 }, (_, i) => ({
      at: i * every,
      label: String(i * every),
    })),
    yTicks: [0, 0.25, 0.5, 0.75, 1].map((tick) => ({ at: tick, label: percent(tick) })),
  }
  const stairs = (of: (step: (typeof steps)[number]) => number | null) => {
    const points = [{ x: 0, y: 1 }]
    for (const step of steps) {
      const before = points.at(-1)?.y ?? 1
      points.push({ x: step.time, y: before }, { x: step.time, y: of(step) ?? before })
    }
    return points
  }
  return frame(axes, text, [
    path(
      axes,
      stairs(({ low }) => low),
      'band',
    ),
    path(
      axes,
      stairs(({ high }) => high),
      'band',
    ),
    path(
      axes,
      stairs(({ survival }) => survival),
      'line',
    ),
  ])
}
