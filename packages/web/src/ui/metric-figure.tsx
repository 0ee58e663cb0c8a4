import { Tooltip } from '@mantine/core'
import type { MetricValue } from '@tomoshibi/contract/metrics'
import { useFormat } from '../i18n/hooks.ts'
import { NoValue } from './no-value.tsx'

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
  const shown = format.unit(value.value, value.unit, value.currency, { compact })
  const exact = format.unit(value.value, value.unit, value.currency, { exact: true })
  if (shown === exact) return <span className="num">{shown}</span>
  return (
    <Tooltip label={exact}>
      <span className="num">{shown}</span>
    </Tooltip>
  )
}
