import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { datesInFormats, formatFault, usualDates } from './dates.ts'
import { type DecimalMark, readDecimal, readNumber } from './numbers.ts'
import { ValueProblem } from './problem.ts'
import { oneOfWords, readBoolean, readCurrency } from './words.ts'
import { ZoneDays } from './zone.ts'

const tokyo = new ZoneDays('Asia/Tokyo')
const newYork = new ZoneDays('America/New_York')
const iso = (value: number | ValueProblem): string =>
  value instanceof ValueProblem ? value.code : new Date(value).toISOString()

describe('a date', () => {
  it.each([
    ['2024-01-05', '2024-01-04T15:00:00.000Z'],
    ['2024/1/5', '2024-01-04T15:00:00.000Z'],
    ['2024.1.5', '2024-01-04T15:00:00.000Z'],
    ['2024年1月5日', '2024-01-04T15:00:00.000Z'],
    ['２０２４年１月５日', '2024-01-04T15:00:00.000Z'],
    ['2024年1月5日 9時30分', '2024-01-05T00:30:00.000Z'],
    ['20240105', '2024-01-04T15:00:00.000Z'],
    ['2023-07-28 3:00', '2023-07-27T18:00:00.000Z'],
    ['2023-07-28 03:00:10.25', '2023-07-27T18:00:10.250Z'],
    ['2023-07-28T03:00:00Z', '2023-07-28T03:00:00.000Z'],
    ['2023-07-28T03:00:00.123456Z', '2023-07-28T03:00:00.123Z'],
    ['2023-07-28 03:00:00 UTC', '2023-07-28T03:00:00.000Z'],
    ['2023-07-28T03:00+09:00', '2023-07-27T18:00:00.000Z'],
    ['2023-07-28T03:00:00-0330', '2023-07-28T06:30:00.000Z'],
    ['1700000000', '2023-11-14T22:13:20.000Z'],
    ['1700000000123', '2023-11-14T22:13:20.123Z'],
    ['2024-02-29', '2024-02-28T15:00:00.000Z'],
    ['9999-99-99', 'DATE_INVALID'],
    ['2023-02-29', 'DATE_INVALID'],
    ['2024-01-05 24:00', 'DATE_INVALID'],
    ['9999-12-31', 'DATE_OUT_OF_RANGE'],
    ['0001-01-01', 'DATE_OUT_OF_RANGE'],
    ['05/01/2024', 'DATE_UNREADABLE'],
    ['2024年1/5', 'DATE_UNREADABLE'],
    ['2024-1/5', 'DATE_UNREADABLE'],
    ['tomorrow', 'DATE_UNREADABLE'],
    ['', 'DATE_UNREADABLE'],
  ])('%s is %s in Tokyo', (text, expected) => {
    expect(iso(usualDates(tokyo)(text))).toBe(expected)
  })

  it.each([
    ['dd/MM/yyyy', '05/01/2024', '2024-01-04T15:00:00.000Z'],
    ['MM/dd/yyyy HH:mm', '1/5/2024 9:00', '2024-01-05T00:00:00.000Z'],
    ['yyyyMMddHHmmss', '20240105090000', '2024-01-05T00:00:00.000Z'],
    ['yyyy年MM月dd日', '2024年1月5日', '2024-01-04T15:00:00.000Z'],
    ['yyyy-MM-ddTHH:mm:ssXXX', '2024-01-05T00:00:00+01:00', '2024-01-04T23:00:00.000Z'],
    ['epoch', '1700000000', '2023-11-14T22:13:20.000Z'],
    ['epochMs', '1700000000123', '2023-11-14T22:13:20.123Z'],
    ['yyyy-MM-dd', '2024/01/05', 'DATE_FORMAT'],
    ['yyyy-MM-dd', '2024-13-01', 'DATE_INVALID'],
  ])('in the format %s: %s is %s', (format, text, expected) => {
    expect(iso(datesInFormats([format], tokyo)(text))).toBe(expected)
  })

  it('may have several formats; the first that fits counts', () => {
    const read = datesInFormats(['yyyy-MM-dd', 'dd.MM.yyyy'], tokyo)
    expect(iso(read('05.01.2024'))).toBe('2024-01-04T15:00:00.000Z')
  })

  it('has a format that names year, month and day once each', () => {
    expect(formatFault('yyyy-MM-dd')).toBeNull()
    expect(formatFault('yyyy-mm-dd')).toBe('NO_DATE')
    expect(formatFault('yyyy-MM-dd yyyy')).toBe('REPEATED')
    expect(formatFault('DD yyyy-MM-dd')).toBe('LETTERS')
  })

  it('in the hour that clocks skip moves forward, and of two equal hours is the earlier', () => {
    const read = usualDates(newYork)
    expect(iso(read('2024-03-10 02:30'))).toBe('2024-03-10T07:30:00.000Z')
    expect(iso(read('2024-11-03 01:30'))).toBe('2024-11-03T05:30:00.000Z')
    expect(iso(read('2024-11-03 03:00'))).toBe('2024-11-03T08:00:00.000Z')
  })

  it('begins when the day does, where midnight is skipped', () => {
    expect(iso(usualDates(new ZoneDays('America/Sao_Paulo'))('2018-11-04'))).toBe(
      '2018-11-04T03:00:00.000Z',
    )
  })
})

describe('an amount', () => {
  const money = { scale: 8, whole: 30 }
  const read = (text: string, mark?: DecimalMark) => {
    const value = readDecimal(text, money, mark)
    return value instanceof ValueProblem ? value.code : value
  }

  it.each([
    ['1234.56', '1234.56'],
    ['1,234.56', '1234.56'],
    ['1,234', '1234'],
    ['12,345,678', '12345678'],
    ['￥1,234', '1234'],
    ['¥1,234', '1234'],
    [String.raw`\1,234`, '1234'],
    ['1,234円', '1234'],
    ['$1,234.50', '1234.50'],
    ['USD 12', '12'],
    ['12 EUR', '12'],
    ['１２３', '123'],
    ['￥１，２３４', '1234'],
    ['(1,234)', '-1234'],
    ['(￥1,234)', '-1234'],
    ['△1,234', '-1234'],
    ['-￥1,234', '-1234'],
    ['1,234-', '-1234'],
    ['1 234.5', '1234.5'],
    ['007', '7'],
    ['-0', '0'],
    ['(0.00)', '0.00'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1.5E-2', '0.015'],
    ['0.1234567890', 'NUMBER_TOO_PRECISE'],
    ['1.1000000000000', '1.1'],
    ['123456789012345678901234567890.12345678', '123456789012345678901234567890.12345678'],
    ['1234567890123456789012345678901', 'NUMBER_TOO_LARGE'],
    ['1.234,56', 'NUMBER_AMBIGUOUS'],
    ['1,5', 'NUMBER_AMBIGUOUS'],
    ['1,23,456', 'NUMBER_UNREADABLE'],
    ['1.2.3', 'NUMBER_UNREADABLE'],
    ['--1', 'NUMBER_UNREADABLE'],
    ['(-1)', 'NUMBER_UNREADABLE'],
    ['abc', 'NUMBER_UNREADABLE'],
    ['', 'NUMBER_UNREADABLE'],
    ['NaN', 'NUMBER_UNREADABLE'],
    ['Infinity', 'NUMBER_UNREADABLE'],
  ])('%s is %s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it.each([
    ['1.234,56', '1234.56'],
    ['1234,5', '1234.5'],
    ['1.234', '1234'],
    ['1,234.56', 'NUMBER_UNREADABLE'],
  ])('%s is %s where the comma is the decimal mark', (text, expected) => {
    expect(read(text, 'comma')).toBe(expected)
  })

  it('keeps every digit, however it is grouped', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 29n }), fc.nat(99_999_999), (whole, part) => {
        const decimals = String(part).padStart(8, '0')
        const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
        expect(read(`${grouped}.${decimals}`)).toBe(`${whole}.${decimals}`)
        expect(read(`${grouped.replaceAll(',', '.')},${decimals}`, 'comma')).toBe(
          `${whole}.${decimals}`,
        )
      }),
    )
  })
})

describe('a number', () => {
  it('has to be in its range and whole where that is asked for', () => {
    const code = (text: string) => {
      const value = readNumber(text, { min: 0, max: 65_535, whole: true })
      return value instanceof ValueProblem ? value.code : value
    }
    expect(code('1,000')).toBe(1000)
    expect(code('1.5')).toBe('NUMBER_NOT_WHOLE')
    expect(code('-1')).toBe('NUMBER_OUT_OF_RANGE')
    expect(code('70000')).toBe('NUMBER_OUT_OF_RANGE')
  })
})

describe('a word', () => {
  it.each([
    ...['TRUE', 'true', '1', 'はい', '○', 'Yes', '１'].map((text) => [text, true] as const),
    ...['FALSE', '0', 'いいえ', '×', 'no'].map((text) => [text, false] as const),
  ])('%s is %s', (text, expected) => {
    expect(readBoolean(text)).toBe(expected)
  })

  it('that is neither yes nor no is refused', () => {
    expect(readBoolean('maybe')).toMatchObject({ code: 'BOOLEAN_UNREADABLE' })
  })

  it('of a list may have any case and separator', () => {
    const read = oneOfWords(['active', 'past_due'])
    expect(read('Past Due')).toBe('past_due')
    expect(read('past-due')).toBe('past_due')
    expect(read('gone')).toMatchObject({ code: 'WORD_UNKNOWN' })
  })

  it('is a currency when ISO 4217 has it', () => {
    expect(readCurrency('jpy')).toBe('JPY')
    expect(readCurrency('XXQ')).toMatchObject({ code: 'CURRENCY_UNKNOWN' })
  })
})
