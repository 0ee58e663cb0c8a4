import { Button, useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { splitUnfinished, valueRange } from './chart-range.ts'
import './chart.css'

/** One value of a trend. `value` places it; `shown` is what people read, exact. */
export interface TrendPoint {
  readonly label: string
  readonly axisLabel: string
  readonly value: number | null
  readonly shown: string
  /** On how many cases it rests, in words; null where that is not said. */
  readonly n: string | null
  readonly complete: boolean
}

/**
 * A line over periods. Each value can be read by pointing, by the arrow keys, and in a table that takes
 * the chart's place.
 */
export function TrendChart({
  name,
  points,
  axisValue,
  height = 180,
  at,
}: {
  name: string
  points: readonly TrendPoint[]
  /** Words of the value axis, short. */
  axisValue: (value: number) => string
  height?: number
  /** Which value is read while none is pointed at; default: the last. */
  at?: number | undefined
}) {
  const { t } = useTranslation()
  const scheme = useComputedColorScheme('light')
  const [asTable, setAsTable] = useState(false)
  const [pointed, setPointed] = useState<number | null>(null)
  const index = Math.min(pointed ?? at ?? points.length - 1, points.length - 1)
  const point = points[index]
  const words = (one: TrendPoint) =>
    one.complete ? one.label : t('chart.unfinished', { period: one.label })
  const withN = points.some((one) => one.n !== null)
  const headingId = useId()
  return (
    <figure className="chart" aria-labelledby={headingId}>
      <figcaption>
        <h3 id={headingId}>{name}</h3>
        {point !== undefined && !asTable && (
          <p className="chart-read">
            <span className="dim small">{words(point)}</span>{' '}
            <strong className="num">{point.shown}</strong>{' '}
            {point.n !== null && <span className="dim small num">{point.n}</span>}
          </p>
        )}
        <Button
          size="compact-xs"
          variant="subtle"
          className="chart-toggle"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? t('chart.chart') : t('chart.table')}
        </Button>
      </figcaption>
      {asTable ? (
        <table className="data">
          <thead>
            <tr>
              <th scope="col">{t('chart.period')}</th>
              <th scope="col" className="num">
                {t('chart.value')}
              </th>
              {withN && (
                <th scope="col" className="num">
                  {t('chart.n')}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {points.map((one) => (
              <tr key={one.label}>
                <th scope="row">{words(one)}</th>
                <td className="num">{one.shown}</td>
                {withN && <td className="num">{one.n ?? '–'}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      ) : points.every((one) => one.value === null) ? (
        <p className="chart-empty small" style={{ height }}>
          {t('chart.empty')}
        </p>
      ) : (
        <Plot
          // A canvas holds its colours: another theme draws it anew.
          key={scheme}
          name={name}
          points={points}
          axisValue={axisValue}
          height={height}
          index={index}
          onPoint={setPointed}
          words={words}
        />
      )}
    </figure>
  )
}

function Plot({
  name,
  points,
  axisValue,
  height,
  index,
  onPoint,
  words,
}: {
  name: string
  points: readonly TrendPoint[]
  axisValue: (value: number) => string
  height: number
  index: number
  onPoint: (index: number | null) => void
  words: (point: TrendPoint) => string
}) {
  const { t } = useTranslation()
  const { ref: sizeRef, width } = useElementSize()
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  // The plot is made anew for new data or width only; callbacks are read when they are used.
  const latest = useRef({ onPoint, axisValue })
  useEffect(() => {
    latest.current = { onPoint, axisValue }
  })

  useEffect(() => {
    const target = place.current
    if (target === null || width < 40) return undefined
    const css = getComputedStyle(document.documentElement)
    const colour = (variable: string) => css.getPropertyValue(variable).trim()
    const { finished, unfinished } = splitUnfinished(points)
    const everyLabel = Math.max(1, Math.ceil((points.length * 62) / width))
    const line = { stroke: colour('--series-1'), width: 2 }
    const axis = {
      stroke: colour('--ink-2'),
      font: `12px ${css.getPropertyValue('--mantine-font-family')}`,
      ticks: { show: false },
      grid: { stroke: colour('--line'), width: 1 },
    }
    const made = new uPlot(
      {
        width,
        height,
        padding: [8, 22, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 9, width: 2 } },
        scales: {
          x: { time: false, range: [-0.3, points.length - 0.7] },
          y: { range: (_, least, most) => valueRange(least, most) },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            splits: () =>
              points.map((_, i) => i).filter((i) => (points.length - 1 - i) % everyLabel === 0),
            values: (_, splits) => splits.map((i) => points[i]?.axisLabel ?? ''),
            gap: 9,
            size: 34,
          },
          {
            ...axis,
            size: 64,
            gap: 6,
            space: 34,
            values: (_, splits) => splits.map((value) => latest.current.axisValue(value)),
          },
        ],
        series: [
          {},
          { ...line, points: { show: true, size: 5, fill: line.stroke } },
          {
            ...line,
            dash: [4, 4],
            points: {
              show: true,
              size: 7,
              fill: colour('--surface'),
              filter: () => points.flatMap((one, i) => (one.complete ? [] : [i])),
            },
          },
        ],
        hooks: {
          setCursor: [(self) => latest.current.onPoint(self.cursor.idx ?? null)],
        },
      },
      [points.map((_, i) => i), finished, unfinished],
      target,
    )
    plot.current = made
    return () => {
      made.destroy()
      plot.current = null
    }
  }, [points, width, height])

  const onKeyDown = (event: KeyboardEvent) => {
    const last = points.length - 1
    const next =
      event.key === 'ArrowRight'
        ? index + 1
        : event.key === 'ArrowLeft'
          ? index - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? last
              : null
    if (next === null) return
    event.preventDefault()
    const to = Math.max(0, Math.min(last, next))
    onPoint(to)
    const at = plot.current
    at?.setCursor({ left: at.valToPos(to, 'x'), top: 10 }, false)
  }

  const point = points[index]
  return (
    <div ref={sizeRef} style={{ minHeight: height }}>
      <div
        ref={place}
        className="chart-plot"
        role="slider"
        tabIndex={0}
        aria-label={t('chart.read', { name })}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, points.length - 1)}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={point === undefined ? '' : `${words(point)}: ${point.shown}`}
        onKeyDown={onKeyDown}
      />
    </div>
  )
}
