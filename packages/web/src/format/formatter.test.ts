import { describe, expect, it } from 'vitest'
import { createFormatter } from './formatter.ts'

const ja = createFormatter('ja', 'Asia/Tokyo')
const en = createFormatter('en', 'Asia/Tokyo')

describe('figures for people', () => {
  it('writes money in its currency, without cents where there are none or they are noise', () => {
    expect(ja.money('1234567', 'JPY')).toBe('￥1,234,567')
    expect(en.money('83333.33333333', 'USD')).toBe('$83,333')
    expect(en.money('12.5', 'USD')).toBe('$12.50')
  })

  it('keeps every digit when asked, beyond what a float can hold', () => {
    expect(en.money('9007199254740993.12345678', 'USD', { exact: true })).toBe(
      '$9,007,199,254,740,993.12345678',
    )
  })

  it('shortens money for axes in the way of the language', () => {
    expect(ja.money('123000000', 'JPY', { compact: true })).toBe('￥1.23億')
    expect(en.money('123000000', 'USD', { compact: true })).toBe('$123M')
  })

  it('writes each unit', () => {
    expect(ja.unit(0.256, 'percent', null)).toBe('25.6%')
    expect(ja.unit(12, 'days', null)).toBe('12 日')
    expect(en.unit(1, 'days', null)).toBe('1 day')
    expect(en.unit(2.5, 'hours', null)).toBe('2.5 hours')
    expect(en.unit(0.4836, 'ratio', null)).toBe('0.48')
    expect(en.unit('1250', 'money', 'USD')).toBe('$1,250')
  })

  it('shows no minus zero', () => {
    expect(en.number(-0)).toBe('0')
    expect(en.percent(-0)).toBe('0.0%')
  })

  it('puts instants in the zone of the workspace and leaves days where they are', () => {
    expect(en.instant('2026-03-31T15:30:00Z')).toBe('Apr 1, 2026, 00:30')
    expect(ja.day('2026-04-01')).toBe('2026年4月1日')
    expect(en.month('2026-04', 'long')).toBe('April 2026')
    expect(ja.month('2026-04', 'long')).toBe('2026年4月')
  })
})
