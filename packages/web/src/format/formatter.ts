import type { MetricUnit } from '@tomoshibi/contract/metrics'
import type { Language } from '@tomoshibi/contract/text'
import { dayMs, monthStart } from './calendar.ts'
import { isDecimal } from './decimal.ts'

/** A figure as the contract carries it: exact text for money, a number for the rest. */
export type Amount = string | number

export interface MoneyStyle {
  /** Every digit that is held, for tooltips and sums that must be seen to add up. */
  readonly exact?: boolean
  /** Short form for axes and narrow tiles, such as 1.2億 or $1.2M. */
  readonly compact?: boolean
}

export interface Formatter {
  readonly language: Language
  /** Money in its currency; cents only where the currency has them. */
  money(amount: Amount, currency: string, style?: MoneyStyle): string
  /** A plain number with grouping. */
  number(value: Amount, places?: number): string
  /** 0.25 as 25.0 %. */
  percent(value: number, places?: number): string
  /** A figure in its metric's unit. `currency` is needed for money only. */
  unit(value: Amount, unit: MetricUnit, currency: string | null, style?: MoneyStyle): string
  /** With an explicit + or −, for changes. */
  signed(value: Amount, places?: number): string
  /** A calendar day such as 2026-04-01. */
  day(day: string, style?: 'short' | 'long'): string
  /** A month such as 2026-04. */
  month(month: string, style?: 'short' | 'long'): string
  /** An instant, in the workspace's zone. */
  instant(instant: string, style?: 'day' | 'minute'): string
}

const locales: Readonly<Record<Language, string>> = { ja: 'ja-JP', en: 'en-US' }

/** What Intl formats exactly: a decimal text stays text. -0 becomes 0. */
function exactInput(value: Amount): `${number}` | number {
  if (typeof value === 'number') return value === 0 ? 0 : value
  return isDecimal(value) ? value : Number.NaN
}

/**
 * Formats figures, money, days and instants for a language and a workspace's time zone.
 * Rounding happens here and nowhere before.
 */
export function createFormatter(language: Language, timeZone: string): Formatter {
  const locale = locales[language]
  const numberFormats = new Map<string, Intl.NumberFormat>()
  const numbers = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options)
    const known = numberFormats.get(key)
    if (known !== undefined) return known
    const made = new Intl.NumberFormat(locale, options)
    numberFormats.set(key, made)
    return made
  }
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat(locale, options)
    return (ms: number) => made.format(ms)
  }
  const dayShort = dates({ timeZone: 'UTC', year: 'numeric', month: 'short', day: 'numeric' })
  const dayLong = dates({
    timeZone: 'UTC',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    weekday: 'short',
  })
  const monthShort = dates({ timeZone: 'UTC', year: '2-digit', month: 'short' })
  const monthLong = dates({ timeZone: 'UTC', year: 'numeric', month: 'long' })
  const instantDay = dates({ timeZone, year: 'numeric', month: 'short', day: 'numeric' })
  const instantMinute = dates({
    timeZone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })

  const money: Formatter['money'] = (amount, currency, style = {}) => {
    const options: Intl.NumberFormatOptions = {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
    }
    if (style.compact) {
      Object.assign(options, {
        notation: 'compact',
        maximumSignificantDigits: 3,
        useGrouping: true,
      })
    } else if (style.exact) {
      Object.assign(options, { minimumFractionDigits: 0, maximumFractionDigits: 20 })
    } else if (Math.abs(Number(amount)) >= 1000) {
      // Cents in the thousands are noise in a list; the exact amount is one hover away.
      Object.assign(options, { maximumFractionDigits: 0 })
    }
    return numbers(options).format(exactInput(amount))
  }
  const number: Formatter['number'] = (value, places = 1) =>
    numbers({ maximumFractionDigits: places }).format(exactInput(value))
  const percent: Formatter['percent'] = (value, places = 1) =>
    numbers({
      style: 'percent',
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    }).format(exactInput(value))
  const inUnit = (value: Amount, unit: 'day' | 'hour') =>
    numbers({ style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 }).format(
      exactInput(value),
    )

  return {
    language,
    money,
    number,
    percent,
    unit(value, unit, currency, style = {}) {
      switch (unit) {
        case 'money':
          return currency === null ? number(value, 2) : money(value, currency, style)
        case 'percent':
          return percent(Number(value), style.exact ? 2 : 1)
        case 'days':
          return inUnit(value, 'day')
        case 'hours':
          return inUnit(value, 'hour')
        case 'ratio':
          return number(value, style.exact ? 6 : 2)
        case 'count':
        case 'score':
          return number(value, style.exact ? 6 : 1)
      }
    },
    signed: (value, places = 1) =>
      numbers({ signDisplay: 'exceptZero', maximumFractionDigits: places }).format(
        exactInput(value),
      ),
    day: (day, style = 'short') => (style === 'long' ? dayLong : dayShort)(dayMs(day)),
    month: (month, style = 'short') =>
      (style === 'long' ? monthLong : monthShort)(dayMs(monthStart(month))),
    instant: (instant, style = 'minute') =>
      (style === 'day' ? instantDay : instantMinute)(Date.parse(instant)),
  }
}
