import { expect, test } from 'vitest'
import { badgesTable } from './badges.ts'

test('a check has its day in the zone of the workspace', () => {
  const badge = {
    subject: 'lamp' as const,
    key: 'silence',
    version: 1,
    name: { en: 'Silence', ja: '音信不通' },
    outcome: 'churn' as const,
    state: 'holds' as const,
    // Half past one in the night in Tokyo, when the server checks.
    checkedAt: '2026-11-30T16:30:00Z',
    isOld: false,
    says: { en: 'It does.', ja: '予兆です。' },
  }
  const shown = (zone: string) => badgesTable([badge], zone, { say: ({ en }) => en })
  expect(shown('Asia/Tokyo')).toContain('2026-12-01')
  expect(shown('UTC')).toContain('2026-11-30')
})
