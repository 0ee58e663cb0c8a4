import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Ports } from '../../call/context.ts'
import { arrived } from '../../collect/arrivals.ts'
import { evaluateLamps } from './evaluate.ts'
import { listLamps } from './service.ts'
import { lockLamps } from './store.ts'
import { startLampStores, type TestWorkspace, tokyo } from './testing.ts'
import { LampWatch } from './watch.ts'

let stores: Awaited<ReturnType<typeof startLampStores>>
let watch: LampWatch | null = null
beforeAll(async () => {
  stores = await startLampStores()
})
afterEach(async () => {
  await watch?.close()
  watch = null
})
afterAll(() => stores.stop())

class Tally {
  evaluations = 0
  failures = 0
  readonly evaluated = () => {
    this.evaluations += 1
  }
  readonly failed = () => {
    this.failures += 1
  }
}

function startWatch(ports: Ports): Tally {
  const tally = new Tally()
  watch = LampWatch.start(ports, { gatherMs: 0, observer: tally })
  return tally
}

/** A paying customer whose lamps were evaluated, and then a bad answer of theirs. */
async function customerWithDetractor(w: TestWorkspace, evaluate = true): Promise<Ports> {
  await w.facts.account('a', { name: 'Company a', owner: 'sato' }, tokyo('2026-01-01'))
  await w.facts.line('a', 'line', { from: tokyo('2026-01-01') })
  if (evaluate) await evaluateLamps(w.at('2026-02-03T03:00:00Z'))
  await w.facts.answer('a', 'mori', '2026-02-03T04:00:00Z', 2)
  return w.at('2026-02-03T04:00:01Z')
}

const litOf = async (ports: Ports) =>
  (await listLamps(ports, { lit: true })).map(({ account, lamp }) => `${account} ${lamp}`)

const tell = ({ facts, workspaceId }: Ports) =>
  arrived(facts, { workspaceId, accounts: new Set(['a']) })

describe('the watch over lamps', () => {
  it('lights a lamp when its facts arrive, and says meanwhile that they are on their way', async () => {
    const w = stores.workspace()
    const ports = await customerWithDetractor(w)
    const tally = startWatch(ports)
    expect(watch?.waitingSinceMs(w.id)).toBeNull()
    tell(ports)
    expect(watch?.waitingSinceMs(w.id)).toBe(ports.clock.now().epochMilliseconds)
    await watch?.idle()
    expect(watch?.waitingSinceMs(w.id)).toBeNull()
    expect(await litOf(ports)).toEqual(['a detractor'])
    expect(tally).toMatchObject({ evaluations: 1, failures: 0 })
  })

  it('goes through the days first where they were never evaluated', async () => {
    const w = stores.workspace()
    const ports = await customerWithDetractor(w, false)
    startWatch(ports)
    tell(ports)
    await watch?.idle()
    expect(await litOf(ports)).toEqual(['a detractor'])
  })

  it('looks at the accounts of many arrivals together', async () => {
    const w = stores.workspace()
    const ports = await customerWithDetractor(w)
    const tally = startWatch(ports)
    for (let n = 0; n < 50; n++) tell(ports)
    await watch?.idle()
    expect(tally.evaluations).toBe(1)
  })

  it('waits while somebody else changes lamps', async () => {
    const w = stores.workspace()
    const ports = await customerWithDetractor(w)
    startWatch(ports)
    await ports.state.transaction(async (tx) => {
      await lockLamps(tx, w.id)
      tell(ports)
      await sleep(300)
      expect(watch?.waitingSinceMs(w.id)).not.toBeNull()
    })
    await watch?.idle()
    expect(await litOf(ports)).toEqual(['a detractor'])
  })

  it('tries again when a store failed', async () => {
    const w = stores.workspace()
    await customerWithDetractor(w)
    const ports = w.failingAt(1)
    const tally = startWatch(ports)
    tell(ports)
    await watch?.idle()
    expect(tally).toMatchObject({ evaluations: 1, failures: 1 })
    expect(await litOf(w.ports())).toEqual(['a detractor'])
  })

  it('hears nothing more once it is closed, and keeps nobody waiting', async () => {
    const w = stores.workspace()
    const ports = await customerWithDetractor(w)
    startWatch(ports)
    await watch?.close()
    tell(ports)
    await watch?.idle()
    expect(await litOf(ports)).toEqual([])
  })
})
