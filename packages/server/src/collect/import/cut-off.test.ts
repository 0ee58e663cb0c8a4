import type { FactStore } from '@tomoshibi/facts/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ImportWorld, startImportWorld } from './testing/world.ts'

let world: ImportWorld
beforeAll(async () => {
  world = await startImportWorld()
})
afterAll(() => world.stop())

const mapping = `version: 1
currency: JPY
files:
  - file: accounts.csv
    target: accounts
    account: account
    attributes: { name: name }
  - file: lines.csv
    target: contract_lines
    id: id
    account: account
    knownAt: start
    fields:
      amount: amount
      billingUnit: { value: month }
      effectiveFrom: start
      effectiveTo: { column: end, knownAt: end }
`
const before = {
  'accounts.csv': 'account,name\nA,あ\nB,い\n',
  'lines.csv': 'id,account,amount,start,end\nL1,A,1,2024-01-01,\nL2,A,2,2024-01-01,\n',
}
// A new name, a line that changed, one that moved to another account, and new ones.
const after = {
  'accounts.csv': 'account,name\nA,あ\nB,う\nC,え\n',
  'lines.csv':
    'id,account,amount,start,end\nL1,A,3,2024-01-01,2024-02-01\nL2,B,2,2024-01-01,\nL3,C,4,2024-03-01,2024-04-01\n',
}

class CutOff extends Error {}

/** A store whose process dies right after its n-th write, before anybody is told that it was done. */
function dyingAfter(store: FactStore, n: number): FactStore {
  let writes = 0
  const dying =
    <A extends unknown[]>(write: (...args: A) => Promise<void>) =>
    async (...args: A): Promise<void> => {
      writes += 1
      if (writes > n) throw new CutOff()
      await write(...args)
      if (writes === n) throw new CutOff()
    }
  return {
    ...store,
    insert: dying(store.insert),
    insertLines: dying(store.insertLines),
    command: dying(store.command),
    everywhere: dying(store.everywhere),
  }
}

describe('an import that is cut off after any of its writes, and is run again', () => {
  it('ends in the state of an undisturbed one', async () => {
    await world.run('undisturbed', before, mapping)
    await world.run('undisturbed', after, mapping)
    const expected = await world.stored('undisturbed')
    let cuts = 0
    for (;;) {
      const workspace = `cut-${cuts + 1}`
      await world.run(workspace, before, mapping)
      const facts = dyingAfter(world.facts, cuts + 1)
      const finished = await world.run(workspace, after, mapping, { facts }).catch(cutOff)
      if (finished !== null) break
      cuts += 1
      await world.run(workspace, after, mapping)
      expect(await world.stored(workspace)).toEqual(expected)
    }
    expect(cuts).toBeGreaterThan(10)
  })

  it('leaves nothing staged', async () => {
    const facts = dyingAfter(world.facts, 2)
    expect(await world.run('staged', after, mapping, { facts }).catch(cutOff)).toBeNull()
    const next = await world.run('staged', after, mapping)
    expect(next.files).toMatchObject([{ stored: 3 }, { stored: 3 }])
  })
})

function cutOff(error: unknown): null {
  if (error instanceof CutOff) return null
  throw error
}
