import { sparkPath, splitUnfinished } from './chart-range.ts'

const WIDTH = 120
const HEIGHT = 30

/** A small line for a tile. Its values stand in the tile and in the detail behind it. */
export function Sparkline({
  points,
}: {
  points: readonly { readonly value: number | null; readonly complete: boolean }[]
}) {
  const values = points.map((point) => point.value)
  const { unfinished } = splitUnfinished(points)
  const dashed = points.some((point) => !point.complete)
  // Both lines share the scale of all values: what one leaves out is still measured.
  const path = sparkPath(values, WIDTH, HEIGHT)
  const cut = dashed ? unfinished.findIndex((value) => value !== null) : -1
  const x = (i: number) => 2 + (i * (WIDTH - 4)) / Math.max(1, points.length - 1)
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
    >
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.75"
        strokeLinejoin="round"
        style={cut > 0 ? { clipPath: `inset(-4px ${WIDTH - x(cut)}px -4px 0)` } : {}}
      />
      {cut > 0 && (
        <path
          d={path}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.75"
          strokeDasharray="3 3"
          style={{ clipPath: `inset(-4px 0 -4px ${x(cut)}px)` }}
        />
      )}
    </svg>
  )
}
