import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ports } from '../../call/context.ts'
import { evaluateLamps } from './evaluate.ts'
import { evaluateArrived } from './evaluate-arrived.ts'
import { lampHistory, listLamps } from './service.ts'
import { lockLamps } from './store.ts'
import { startLampStores, type TestWorkspace, tokyo } from './testing.ts'

let stores: Awaited<ReturnType<typeof startLampStores>>
beforeAll(async () => {
  stores = await startLampStores()
})
afterAll(() => stores.stop())

/** An account that pays, with an invoice that is due on 2026-02-01 and paid when it says. */
async function invoiced(w: TestWorkspace, id: string, paidAt: string | null = null) {
  const invoice = { issued: tokyo('2026-01-05'), due: tokyo('2026-02-01') }
  if (paidAt === null) {
    await w.facts.account(id, { name: `Company ${id}`, owner: 'sato' }, tokyo('2026-01-01'))
    await w.facts.line(id, `${id}-line`, { from: tokyo('2026-01-01') })
    await w.facts.invoice(id, `${id}-invoice`, invoice)
  } else {
    await w.facts.invoice(id, `${id}-invoice`, { ...invoice, paid: paidAt, known: paidAt })
  }
}

const moves = async (ports: Ports, account: string) =>
  (await lampHistory(ports, account))
    .filter(({ lamp }) => lamp === 'overdue_invoice')
    .map(({ on, from, to }) => `${on} ${from} → ${to}`)
    .reverse()

describe('lamps of accounts with new facts', () => {
  it('go out for those accounts, and for no other', async () => {
    const w = stores.workspace()
    for (const id of ['a', 'b']) await invoiced(w, id)
    await evaluateLamps(w.at('2026-02-20T03:00:00Z'))
    const paidAt = '2026-02-20T04:00:00Z'
    for (const id of ['a', 'b']) await invoiced(w, id, paidAt)
    expect(await evaluateArrived(w.at('2026-02-20T04:00:01Z'), new Set(['a']))).toBe('evaluated')
    expect(await moves(w.ports(), 'a')).toEqual(['2026-02-14 off → lit', '2026-02-20 lit → off'])
    expect(await moves(w.ports(), 'b')).toEqual(['2026-02-14 off → lit'])
    expect(await evaluateArrived(w.ports(), 'all')).toBe('evaluated')
    expect(await moves(w.ports(), 'b')).toEqual(['2026-02-14 off → lit', '2026-02-20 lit → off'])
  })

  it('light with their reason and their task', async () => {
    const w = stores.workspace()
    await invoiced(w, 'a')
    await evaluateLamps(w.at('2026-02-03T03:00:00Z'))
    await w.facts.answer('a', 'mori', '2026-02-03T04:00:00Z', 2)
    await evaluateArrived(w.at('2026-02-03T04:00:01Z'), new Set(['a']))
    const [lamp, ...others] = await listLamps(w.ports(), { lit: true })
    expect(others).toEqual([])
    expect(lamp).toMatchObject({
      account: 'a',
      lamp: 'detractor',
      litOn: '2026-02-03',
      task: { owner: 'sato', state: 'open' },
    })
    expect(lamp?.why?.en).toMatch(/\d/)
  })

  it('are not told where a day before was not evaluated yet', async () => {
    const w = stores.workspace()
    await invoiced(w, 'a')
    await evaluateLamps(w.at('2026-02-12T03:00:00Z'))
    expect(await evaluateArrived(w.at('2026-02-14T03:00:00Z'), new Set(['a']))).toBe('behind')
    expect(await moves(w.ports(), 'a')).toEqual([])
  })

  it('wait for whoever else changes lamps, without keeping a connection', async () => {
    const w = stores.workspace()
    await invoiced(w, 'a')
    const ports = w.at('2026-02-20T03:00:00Z')
    await evaluateLamps(ports)
    await ports.state.transaction(async (tx) => {
      await lockLamps(tx, w.id)
      expect(await evaluateArrived(ports, new Set(['a']))).toBe('busy')
    })
    expect(await evaluateArrived(ports, new Set(['a']))).toBe('evaluated')
  })

  it('are what an evaluation of all would have made of them', async () => {
    const account = fc.constantFrom('a', 'b', 'c')
    const fact = fc.record({ account, kind: fc.constantFrom('paid', 'detractor', 'use', 'left') })
    await fc.assert(
      fc.asyncProperty(fc.array(fact, { minLength: 1, maxLength: 6 }), async (facts) => {
        const w = stores.workspace()
        for (const id of ['a', 'b', 'c']) await invoiced(w, id)
        await evaluateLamps(w.at('2026-02-20T03:00:00Z'))
        for (const [k, { account, kind }] of facts.entries()) {
          const at = `2026-02-20T04:00:0${k}Z`
          if (kind === 'paid') await invoiced(w, account, at)
          if (kind === 'detractor') await w.facts.answer(account, `mori${k}`, at, k)
          if (kind === 'use') await w.facts.use(account, at, ['mori', 'ito'])
          if (kind === 'left') {
            const line = { from: tokyo('2026-01-01'), to: at, known: at }
            await w.facts.line(account, `${account}-line`, line)
          }
        }
        const ports = w.at('2026-02-20T05:00:00Z')
        await evaluateArrived(ports, new Set(facts.map(({ account }) => account)))
        const before = await listLamps(ports)
        const after = await evaluateLamps(ports)
        expect(after).toMatchObject({ lit: 0, cleared: 0, tasksCreated: 0 })
        expect(await listLamps(ports)).toEqual(before)
      }),
      { numRuns: 8 },
    )
  })
})
