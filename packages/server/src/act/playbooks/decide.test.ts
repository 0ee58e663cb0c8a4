import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { type Answers, decide } from './decide.ts'
import { type PlaybookDefinition, playbookDefinitionSchema } from './definition.ts'

const text = { en: 'x', ja: 'x' }
const playbook = (more: object = {}): PlaybookDefinition =>
  playbookDefinitionSchema.parse({
    key: 'p',
    version: 1,
    name: text,
    begin: { lamp: 'l' },
    steps: [
      { id: 'call', task: { title: text, body: text, dueDays: 3 } },
      { id: 'pause', wait: { days: 2 } },
      { id: 'listen', wait: { until: 'used', atMost: { days: 10 } } },
      { id: 'fork', branch: { if: 'big', goTo: 'mail', else: 'end' } },
      { id: 'visit', task: { title: text, body: text, dueDays: 3 } },
      { id: 'mail', email: { to: 'owner', subject: text, body: text }, next: 'end' },
    ],
    ...more,
  })
const calendar = { timeZone: 'Asia/Tokyo', holidays: 'japan', extraHolidays: [] } as const
const at = (iso: string) => Temporal.Instant.from(iso)
const now = at('2026-11-20T03:00:00Z')
const so = (...conditions: string[]): Answers => ({
  isAccountThere: true,
  isLampOut: false,
  isTrue: (condition) => conditions.includes(condition),
})
const asked = (
  stepId: string | null,
  answers: Answers = so(),
  { since = null, more = {} }: { since?: string | null; more?: object } = {},
) => {
  const waitingSince = since === null ? null : at(since)
  const decision = decide(playbook(more), { stepId, waitingSince }, now, answers, calendar)
  if (decision.kind === 'end') return decision.ending
  if (decision.kind === 'wait') return `until ${decision.nextAt}`
  return `${decision.step.id}: ${decision.how}, then ${decision.next ?? 'end'}`
}

describe('a step', () => {
  test.each([
    ['call', so(), 'call: effect, then pause'],
    ['mail', so(), 'mail: effect, then end'],
    ['visit', so(), 'visit: effect, then mail'],
    ['fork', so('big'), 'fork: goTo, then mail'],
    ['fork', so(), 'fork: else, then end'],
    [null, so(), 'finished'],
  ] as const)('%s, where %o is so', (stepId, answers, decision) => {
    expect(asked(stepId, answers)).toBe(decision)
  })

  test('that its version has not is a fault', () => {
    expect(() => asked('none')).toThrow('p has no step none')
  })
})

describe('a wait', () => {
  test.each([
    // Looked at every hour, since the lamp may go out meanwhile.
    ['pause', null, so(), 'until 2026-11-20T04:00:00Z'],
    ['pause', '2026-11-18T03:30:00Z', so(), 'until 2026-11-20T03:30:00Z'],
    ['pause', '2026-11-18T03:00:00Z', so(), 'pause: over, then listen'],
    ['pause', '2026-11-01T00:00:00Z', so(), 'pause: over, then listen'],
    ['listen', null, so('used'), 'listen: met, then fork'],
    ['listen', '2026-11-19T03:00:00Z', so(), 'until 2026-11-20T04:00:00Z'],
    ['listen', '2026-11-10T03:00:00Z', so(), 'listen: over, then fork'],
  ] as const)('%s since %s', (stepId, since, answers, decision) => {
    expect(asked(stepId, answers, { since })).toBe(decision)
  })
})

describe('what ends a run comes before any step', () => {
  const out: Answers = { ...so(), isLampOut: true }
  test.each([
    ['its lamp is out', out, {}, 'lamp_cleared'],
    [
      'its lamp is out, which does not matter',
      out,
      { stopWhenCleared: false },
      'call: effect, then pause',
    ],
    ['what it was for is so', so('well'), { exit: 'well' }, 'exit'],
    ['what it was for is not so', so(), { exit: 'well' }, 'call: effect, then pause'],
    ['its account is gone', { ...out, isAccountThere: false }, {}, 'account_gone'],
  ] as const)('%s', (_, answers, more, decision) => {
    expect(asked('call', answers, { more })).toBe(decision)
  })
})
