import { Tooltip } from '@mantine/core'
import type { MetricValue } from '@tomoshibi/contract/metrics'
import { scoreShown } from '../format/score-shown.ts'
import { useFormat } from '../i18n/hooks.ts'
import { NoValue } from './no-value.tsx'

const healthScores: ReadonlySet<string> = new Set(['health_score', 'health_score_computed'])

/** One metric value in its unit; every digit in the tooltip, a dash with its reason where there is none. */
export function MetricFigure({
  value,
  compact = false,
}: {
  value: MetricValue
  compact?: boolean
}) {
  const format = useFormat()
  if (value.value === null) return <NoValue reason={value.reason} />
  // As its band is shown: a rounded score could stand in a band that it has not reached.
  const rounded = healthScores.has(value.metric) ? scoreShown(Number(value.value)) : value.value
  const shown = format.unit(rounded, value.unit, value.currency, { compact })
  const exact = format.unit(value.value, value.unit, value.currency, { exact: true })
  if (shown === exact) return <span className="num">{shown}</span>
  return (
    <Tooltip label={exact}>
      <span className="num">{shown}</span>
    </Tooltip>
  )
}
