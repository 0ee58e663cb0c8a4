import { Tooltip } from '@mantine/core'
import { useFormat } from '../i18n/hooks.ts'
import { NoValue } from './no-value.tsx'

/** An amount of money, with every digit of it in the tooltip where it was rounded for reading. */
export function Money({
  amount,
  currency,
  reason,
}: {
  amount: string | null
  currency: string
  reason?: string | null
}) {
  const format = useFormat()
  if (amount === null) return <NoValue reason={reason ?? null} />
  const shown = format.money(amount, currency)
  const exact = format.money(amount, currency, { exact: true })
  if (shown === exact) return <span className="num">{shown}</span>
  return (
    <Tooltip label={exact}>
      <span className="num">{shown}</span>
    </Tooltip>
  )
}
