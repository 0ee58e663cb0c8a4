import { afterAll, beforeAll, expect, it } from 'vitest'
import { evaluateLamps } from './evaluate.ts'
import { lampHistory } from './service.ts'
import { startLampStores, tokyo } from './testing.ts'

let stores: Awaited<ReturnType<typeof startLampStores>>
beforeAll(async () => {
  stores = await startLampStores()
})
afterAll(() => stores.stop())

it('a customer that never used the product lights before its renewal, and does not fall', async () => {
  const w = stores.workspace()
  for (const id of ['never', 'other']) {
    await w.facts.account(id, { name: id }, tokyo('2026-02-20'))
    await w.facts.line(id, `${id}-line`, {
      from: tokyo('2025-06-01'),
      known: tokyo('2026-02-20'),
    })
  }
  const call = w.at('2026-03-05T03:00:00Z')
  const litBy = async (account: string) =>
    (await lampHistory(call, account))
      .filter(({ to }) => to === 'lit')
      .map(({ lamp, on }) => `${lamp} ${on}`)

  // Nobody's use is recorded: that it is low is not known.
  await evaluateLamps(call)
  expect([await litBy('never'), await litBy('other')]).toEqual([[], []])

  const everyone = Array.from({ length: 10 }, (_, k) => `user ${k}`)
  for (const day of ['2026-01-20', '2026-02-10', '2026-03-01']) {
    await w.facts.use('other', `${day}T09:00:00+09:00`, everyone)
  }
  w.at('2026-03-20T03:00:00Z')
  await evaluateLamps(call, { replay: true })
  // Two weeks after the 90th day before the first of June.
  expect(await litBy('never')).toEqual(['low_use_before_renewal 2026-03-16'])
  expect(await litBy('other')).toEqual([])
})
