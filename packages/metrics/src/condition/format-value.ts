import type { Text } from '../text.ts'
import type { NameEntry, NameValue } from './scope.ts'

/** How a number of a name is to be written. */
export type NumberStyle = Pick<NameEntry, 'unit' | 'currency'>

/** Making a formatter takes a hundred times as long as using it. */
const formatters = new Map<string, Intl.NumberFormat>()

function formatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${options.currency ?? ''} ${options.maximumFractionDigits ?? ''}`
  const found = formatters.get(key) ?? new Intl.NumberFormat(locale, options)
  formatters.set(key, found)
  return found
}

const plain = (locale: string, x: number, digits: number) =>
  formatter(locale, { maximumFractionDigits: digits }).format(x === 0 ? 0 : x)

/**
 * A number with its unit, for people: 0.5 with unit percent is '50%', 42 with days '42 days' and
 * 「42日」. `digits` is the most decimals shown (for percent, of the percentage).
 */
export function formatNumber(x: number, style: NumberStyle, digits = 2): Text {
  switch (style.unit) {
    case 'percent': {
      const shown = `${plain('en-US', x * 100, Math.max(0, digits - 1))}%`
      return { en: shown, ja: shown }
    }
    case 'money': {
      const { currency } = style
      if (currency === undefined || !/^[A-Z]{3}$/.test(currency)) break
      const money = (locale: string) =>
        formatter(locale, { style: 'currency', currency }).format(x === 0 ? 0 : x)
      return {
        en: money('en-US'),
        ja: currency === 'JPY' ? `${plain('ja-JP', Math.round(x), 0)}円` : money('ja-JP'),
      }
    }
    case 'days':
    case 'hours': {
      const shown = plain('en-US', x, digits)
      const one = style.unit === 'days' ? 'day' : 'hour'
      const ja = style.unit === 'days' ? '日' : '時間'
      return { en: `${shown} ${one}${shown === '1' ? '' : 's'}`, ja: `${shown}${ja}` }
    }
  }
  const shown = plain('en-US', x, digits)
  return { en: shown, ja: shown }
}

/** A threshold as it was written: with all of its decimals. */
export function formatThreshold(x: number, style: NumberStyle): Text {
  return formatNumber(x, style, 10)
}

/** A value of a name, for people. No value is a dash. */
export function formatValue(value: NameValue | undefined, entry: NameEntry): Text {
  if (value === null || value === undefined) return { en: '—', ja: '—' }
  if (entry.type === 'number') {
    const x = Number(value)
    return Number.isFinite(x) ? formatNumber(x, entry) : { en: '—', ja: '—' }
  }
  if (typeof value === 'boolean') {
    return value ? { en: 'yes', ja: 'はい' } : { en: 'no', ja: 'いいえ' }
  }
  return { en: String(value), ja: String(value) }
}
