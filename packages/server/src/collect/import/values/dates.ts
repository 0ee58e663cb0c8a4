import { type Parsed, valueProblem } from './problem.ts'
import { halfWidth } from './text.ts'
import type { ZoneDays } from './zone.ts'

/** An instant in epoch milliseconds. */
export type EpochMs = number

// DateTime64(3) holds 1900-01-01 to 2299-12-31.
const earliestMs = Date.UTC(1900, 0, 1)
const latestMs = Date.UTC(2299, 11, 31, 23, 59, 59, 999)

export type DateReader = (text: string) => Parsed<EpochMs>

const fraction = String.raw`(?:[.,](\d{1,9}))?`
const offset = String.raw`\s*(Z|z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?`
const usual = new RegExp(
  String.raw`^(\d{4})([-/.年])(\d{1,2})(?:\2|月)(\d{1,2})日?` +
    String.raw`(?:[T\s]\s*(\d{1,2})[:時](\d{1,2})(?:[:分](?:(\d{1,2})${fraction}秒?)?)?${offset})?$`,
)
const compact = /^(\d{4})(\d{2})(\d{2})$/
const epoch = /^-?\d{10}(?:\d{3}|\.\d{1,9})?$/

/**
 * Reads dates as they come: ISO 8601, `2024/1/5`, `2024.1.5`, `2024年1月5日`, `20240105`,
 * `2023-07-28 3:00`, epoch seconds (10 digits) and milliseconds (13). Day-first and month-first
 * dates are not guessed; they need a format.
 *
 * @param zone for dates without an offset of their own
 */
export function usualDates(zone: ZoneDays): DateReader {
  return (given) => {
    const text = halfWidth(given).trim()
    const m = usual.exec(text)
    if (m !== null) {
      // 2024年1/5 and the like are typing errors, not dates.
      if ((m[2] === '年') !== text.includes('月')) return valueProblem('DATE_UNREADABLE')
      return build(zone, {
        year: Number(m[1]),
        month: Number(m[3]),
        day: Number(m[4]),
        hour: Number(m[5] ?? 0),
        minute: Number(m[6] ?? 0),
        second: Number(m[7] ?? 0),
        ms: milliseconds(m[8]),
        offset: m[9],
      })
    }
    const c = compact.exec(text)
    if (c !== null) {
      return build(zone, { year: Number(c[1]), month: Number(c[2]), day: Number(c[3]) })
    }
    if (epoch.test(text)) {
      const digits = text.replace('-', '').split('.')[0]?.length
      return inRange(Math.trunc(digits === 13 ? Number(text) : Number(text) * 1000))
    }
    return valueProblem('DATE_UNREADABLE')
  }
}

const tokens: Readonly<Record<string, string>> = {
  yyyy: String.raw`(?<year>\d{4})`,
  MM: String.raw`(?<month>\d{1,2})`,
  dd: String.raw`(?<day>\d{1,2})`,
  HH: String.raw`(?<hour>\d{1,2})`,
  mm: String.raw`(?<minute>\d{1,2})`,
  ss: String.raw`(?<second>\d{1,2})`,
  SSS: String.raw`(?<ms>\d{1,9})`,
  XXX: String.raw`(?<offset>Z|[+-]\d{2}:?\d{2})`,
}
const token = /yyyy|SSS|XXX|MM|dd|HH|mm|ss/g
const named: Readonly<Record<string, 'seconds' | 'milliseconds'>> = {
  epoch: 'seconds',
  epochMs: 'milliseconds',
}

/** What a format may contain, for messages. */
export const formatTokens = 'yyyy MM dd HH mm ss SSS XXX, or epoch, epochMs'

/** Says what is wrong with a format; null when nothing is. */
export function formatFault(format: string): 'NO_DATE' | 'REPEATED' | 'LETTERS' | null {
  if (format in named) return null
  const found: readonly string[] = format.match(token) ?? []
  if (new Set(found).size !== found.length) return 'REPEATED'
  if (!found.includes('yyyy') || !found.includes('MM') || !found.includes('dd')) return 'NO_DATE'
  return /[A-SU-Za-z]/.test(format.replace(token, '')) ? 'LETTERS' : null
}

/**
 * Reads dates in one of the given formats and in no other.
 * Tokens: `yyyy MM dd HH mm ss SSS XXX` (offset); `epoch` and `epochMs` for numbers. A leading zero
 * may be missing in the file; everything else stands for itself.
 *
 * @throws Error when a format has a fault; ask `formatFault` first
 */
export function datesInFormats(formats: readonly string[], zone: ZoneDays): DateReader {
  const readers = formats.map((format) => oneFormat(format, zone))
  const said = formats.join(', ')
  return (given) => {
    const text = halfWidth(given).trim()
    for (const read of readers) {
      const at = read(text)
      if (at !== undefined) return at
    }
    return valueProblem('DATE_FORMAT', said)
  }
}

function oneFormat(format: string, zone: ZoneDays): (text: string) => Parsed<EpochMs> | undefined {
  const unit = named[format]
  if (unit !== undefined) {
    return (text) => {
      if (!/^-?\d{1,16}(\.\d+)?$/.test(text)) return undefined
      return inRange(Math.trunc(unit === 'seconds' ? Number(text) * 1000 : Number(text)))
    }
  }
  const fault = formatFault(format)
  if (fault !== null) throw new Error(`date format '${format}': ${fault}`)
  let pattern = ''
  let from = 0
  for (const found of halfWidth(format).matchAll(token)) {
    pattern += literal(format.slice(from, found.index)) + (tokens[found[0]] ?? '')
    from = found.index + found[0].length
  }
  const regex = new RegExp(`^${pattern}${literal(format.slice(from))}$`)
  return (text) => {
    const g = regex.exec(text)?.groups
    if (g === undefined) return undefined
    return build(zone, {
      year: Number(g.year),
      month: Number(g.month),
      day: Number(g.day),
      hour: Number(g.hour ?? 0),
      minute: Number(g.minute ?? 0),
      second: Number(g.second ?? 0),
      ms: milliseconds(g.ms),
      offset: g.offset,
    })
  }
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`).replace(/ +/g, String.raw`\s+`)
}

interface Parts {
  year: number
  month: number
  day: number
  hour?: number
  minute?: number
  second?: number
  ms?: number
  offset?: string | undefined
}

function build(zone: ZoneDays, p: Parts): Parsed<EpochMs> {
  const { hour = 0, minute = 0, second = 0, ms = 0 } = p
  if (hour > 23 || minute > 59 || second > 59) return valueProblem('DATE_INVALID')
  const msOfDay = ((hour * 60 + minute) * 60 + second) * 1000 + ms
  const at = zone.instant(p.year, p.month, p.day, p.offset === undefined ? msOfDay : 0)
  if (at === null) return valueProblem('DATE_INVALID')
  if (p.offset === undefined) return inRange(at)
  const behindMs = offsetMs(p.offset)
  if (behindMs === null) return valueProblem('DATE_INVALID')
  return inRange(Date.UTC(p.year, p.month - 1, p.day) + msOfDay - behindMs)
}

function offsetMs(text: string): number | null {
  if (/^(z|utc)$/i.test(text)) return 0
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replace(/\D/g, '')
  const hours = Number(digits.slice(0, 2))
  const minutes = Number(digits.slice(2) || 0)
  return hours > 18 || minutes > 59 ? null : sign * (hours * 60 + minutes) * 60_000
}

/** Digits of a fraction of a second; what is finer than a millisecond is cut off. */
function milliseconds(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.slice(0, 3).padEnd(3, '0'))
}

function inRange(ms: number): Parsed<EpochMs> {
  return ms >= earliestMs && ms <= latestMs ? ms : valueProblem('DATE_OUT_OF_RANGE')
}
