import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayAfter } from './days.ts'
import { acted, type LampRules, type LampState, offState, step } from './lamps.ts'

/** Y holds, n does not, ? unknown; c may go out though it holds (only with an off condition). */
const signs = {
  Y: { holds: true, clears: false },
  n: { holds: false, clears: true },
  '?': { holds: null, clears: null },
  // The condition is not met any more, and the off condition not yet: between the two lines.
  '-': { holds: false, clears: false },
  c: { holds: true, clears: true },
} as const
type Sign = keyof typeof signs
const isSign = (s: string): s is Sign => s in signs

function days(count: number): string[] {
  const found = ['2026-01-01']
  while (found.length < count) found.push(dayAfter(found.at(-1) ?? ''))
  return found
}

/** The position after each day: . off, L lit, A acting, Z snoozed. */
function course(text: string, rules: Partial<LampRules> = {}, from: LampState = offState): string {
  let state = from
  return [...text]
    .map((sign, i) => {
      if (!isSign(sign)) throw new Error(`no sign: ${sign}`)
      const seen = { on: days(text.length)[i] ?? '', ...signs[sign] }
      state = step(state, { holdDays: 0, clearDays: 0, ...rules }, seen).state
      return { off: '.', lit: 'L', acting: 'A', snoozed: 'Z' }[state.position]
    })
    .join('')
}

const lit: LampState = { ...offState, position: 'lit', litOn: '2025-12-01' }

describe('a lamp', () => {
  it.each<[string, string, string, Partial<LampRules>]>([
    ['lights and goes out with its condition', 'nYYnY', '.LL.L', {}],
    ['is not lit by unknown', '???', '...', {}],
    ['stays lit while unknown', 'Y??n', 'LLL.', {}],
    ['stays lit between the condition and the off condition', 'Y--n', 'LLL.', {}],
    ['does not light when it may go out', 'ccY', '..L', {}],
    ['goes out when its off condition is true, whatever else', 'Yc', 'L.', {}],
    ['waits until the condition has held for the hold time', 'YYYY', '..LL', { holdDays: 2 }],
    ['begins to wait anew after a day without', 'YYnYYY', '.....L', { holdDays: 2 }],
    ['begins to wait anew after an unknown day', 'YY?YYY', '.....L', { holdDays: 2 }],
    ['goes out only when clear for the clear time', 'Ynnnn', 'LLL..', { clearDays: 2 }],
    ['begins to wait anew after a day on which it holds', 'YnnYnnn', 'LLLLLL.', { clearDays: 2 }],
    ['begins to wait anew after an unknown day, too', 'Ynn?nnn', 'LLLLLL.', { clearDays: 2 }],
    ['may light on the day after it went out', 'YnY', 'L.L', {}],
    ['waits again when it lights again', 'YYnYY', '.L..L', { holdDays: 1 }],
  ])('%s: %s → %s', (_, seen, positions, rules) => {
    expect(course(seen, rules)).toBe(positions)
  })

  it('keeps acting while it holds, and goes out by the data alone', () => {
    expect(course('Y?-n', {}, { ...lit, position: 'acting' })).toBe('AAA.')
  })

  it('is lit again on the day until which it was snoozed', () => {
    const snoozed: LampState = {
      ...lit,
      position: 'snoozed',
      snoozedUntil: '2026-01-03',
      snoozeReason: 'after their year end',
    }
    expect(course('YYYY', {}, snoozed)).toBe('ZZLL')
    expect(course('Y?????', {}, snoozed)).toBe('ZZLLLL')
    expect(course('YnYY', {}, snoozed)).toBe('Z.LL')
    // Clear on that very day: out, not lit.
    expect(course('YYn', {}, snoozed)).toBe('ZZ.')
    const woken = step(snoozed, { holdDays: 0, clearDays: 0 }, { on: '2026-01-09', ...signs.Y })
    expect(woken.state).toEqual({ ...lit, snoozedUntil: null, snoozeReason: null })
    expect(woken.move).toEqual({ from: 'snoozed', to: 'lit' })
  })

  it('keeps the day on which it was lit', () => {
    const first = step(offState, { holdDays: 0, clearDays: 0 }, { on: '2026-02-01', ...signs.Y })
    const next = step(first.state, { holdDays: 0, clearDays: 0 }, { on: '2026-02-02', ...signs.Y })
    expect(next).toEqual({ state: first.state, move: null })
    expect(next.state.litOn).toBe('2026-02-01')
  })
})

describe('what a person does', () => {
  it.each<[LampState['position'], string, string]>([
    ['lit', 'start', 'acting'],
    ['lit', 'done', 'acting'],
    ['acting', 'done', 'acting'],
    ['snoozed', 'start', 'acting'],
  ])('%s, %s → %s', (position, kind, to) => {
    const act = kind === 'start' ? ({ kind: 'start' } as const) : ({ kind: 'done' } as const)
    const snooze = position === 'snoozed' ? '2026-02-01' : null
    const after = acted({ ...lit, position, snoozedUntil: snooze }, act)
    expect(after).toEqual({ ...lit, position: to })
  })

  it('snoozes with a reason until a day', () => {
    const act = { kind: 'snooze', until: '2026-03-01', reason: 'on holiday' } as const
    expect(acted({ ...lit, position: 'acting' }, act)).toEqual({
      ...lit,
      position: 'snoozed',
      snoozedUntil: '2026-03-01',
      snoozeReason: 'on holiday',
    })
  })

  it('is not possible while the lamp is off', () => {
    expect(acted(offState, { kind: 'start' })).toBeNull()
    expect(acted({ ...offState, conditionSince: '2026-01-01' }, { kind: 'done' })).toBeNull()
  })
})

const anyCourse = fc
  .array(fc.constantFrom<Sign>('Y', 'n', '?', '-', 'c'), { minLength: 1, maxLength: 40 })
  .map((list) => list.join(''))
const anyRules = fc.record({ holdDays: fc.nat(4), clearDays: fc.nat(4) })

it('changes nothing when a day is repeated', () => {
  fc.assert(
    fc.property(anyCourse, anyRules, (text, rules) => {
      let state = offState
      ;[...text].forEach((sign, i) => {
        if (!isSign(sign)) return
        const seen = { on: days(text.length)[i] ?? '', ...signs[sign] }
        state = step(state, rules, seen).state
        expect(step(state, rules, seen)).toEqual({ state, move: null })
      })
    }),
  )
})

it('lights exactly on days that end a run long enough, and goes out likewise', () => {
  fc.assert(
    fc.property(anyCourse, anyRules, (text, rules) => {
      const positions = course(text, rules)
      ;[...positions].forEach((position, i) => {
        const before = positions[i - 1] ?? '.'
        const run = text.slice(0, i + 1)
        const litNow = before === '.' && position === 'L'
        const outNow = before === 'L' && position === '.'
        if (litNow) expect(run).toMatch(new RegExp(`Y{${rules.holdDays + 1}}$`))
        if (outNow) expect(run).toMatch(new RegExp(`[nc]{${rules.clearDays + 1}}$`))
      })
    }),
  )
})
