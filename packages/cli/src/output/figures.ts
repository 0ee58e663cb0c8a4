import type { MetricUnit } from '@tomoshibi/contract/metrics'
import { noValueReason } from '@tomoshibi/contract/reasons'
import type { Text } from '@tomoshibi/contract/text'
import type { Terminal } from './terminal.ts'

/** Intl takes exact decimals as text; its types name the form. */
const isDecimal = (text: string): text is `${number}` => /^-?\d+(\.\d+)?$/.test(text)

function number(value: string | number, locale: string, options: Intl.NumberFormatOptions): string {
  const format = new Intl.NumberFormat(locale, options)
  if (typeof value === 'number') return format.format(value)
  return isDecimal(value) ? format.format(value) : value
}

/** Exact money in the currency's own digits, such as ¥1,200,000 or $83,333.33. */
export function money(value: string | number, currency: string, terminal: Terminal): string {
  return number(value, terminal.locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  })
}

/** A number with at most so many places. */
export function decimal(value: number, { locale }: Terminal, places: number): string {
  return number(value, locale, { maximumFractionDigits: places })
}

const unitWords: Readonly<Record<'days' | 'hours', Text>> = {
  days: { en: ' days', ja: '日' },
  hours: { en: ' h', ja: '時間' },
}

interface Figure {
  readonly value: string | number | null
  readonly unit: MetricUnit
  readonly currency?: string | null
  readonly reason?: string | null
}

/** A figure as people read it; a dash with its reason where there is no value. */
export function figure({ value, unit, currency, reason }: Figure, terminal: Terminal): string {
  const { locale } = terminal
  if (value === null) return reason ? `– (${terminal.say(noValueReason(reason))})` : '–'
  switch (unit) {
    case 'money':
      return currency ? money(value, currency, terminal) : number(value, locale, {})
    case 'percent':
      return number(value, locale, { style: 'percent', maximumFractionDigits: 1 })
    case 'days':
    case 'hours':
      return number(value, locale, { maximumFractionDigits: 1 }) + terminal.say(unitWords[unit])
    case 'ratio':
      return number(value, locale, { maximumFractionDigits: 2 })
    case 'count':
    case 'score':
      return number(value, locale, { maximumFractionDigits: 1 })
  }
}
