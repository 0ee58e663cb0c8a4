import type { FactWriter } from '../light/testing.ts'

const owners = { mine: 'Mei', zzother: 'Someone Else' } as const
const names = { mine: 'Mine Co', zzother: 'ZZOther Co' } as const

/**
 * Two accounts of Mei (`mine-1`, `mine-2`) and two of somebody else (`zzother-1`, `zzother-2`), with facts
 * of every kind that make figures and light lamps.
 */
export async function writeTwoOwners(facts: FactWriter, only?: keyof typeof owners) {
  const sides = only === undefined ? (['mine', 'zzother'] as const) : [only]
  for (const side of sides) {
    for (const n of [1, 2]) {
      const id = `${side}-${n}`
      const attributes = {
        name: `${names[side]} ${n}`,
        owner: owners[side],
        plan: n === 1 ? 'pro' : 'basic',
        segment: 'smb',
        ...(side === 'zzother' ? { zzsecret: `zzother ${n}` } : {}),
      }
      await facts.account(id, attributes, '2025-06-01T00:00:00Z')
      await facts.line(id, `${id}:l1`, {
        from: '2025-06-01T00:00:00Z',
        to: '2026-12-20T00:00:00Z',
        amount: side === 'mine' ? `${n}00000` : '7777777',
        plan: attributes.plan,
      })
      for (let month = 1; month <= 10; month += 1) {
        const at = `2026-${String(month).padStart(2, '0')}-10T01:00:00Z`
        await facts.use(id, at, [`${id}-u1`, ...(n === 1 ? [`${id}-u2`] : [])])
      }
      await facts.answer(id, `${id}-u1`, '2026-10-01T00:00:00Z', 3)
      await facts.invoice(id, `${id}:i1`, {
        issued: '2026-09-01T00:00:00Z',
        due: '2026-09-30T00:00:00Z',
      })
    }
  }
}
