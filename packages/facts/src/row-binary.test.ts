import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { encoded, RowBinary } from './row-binary.ts'
import { startTestFacts } from './testing/engine.ts'

let facts: Awaited<ReturnType<typeof startTestFacts>>
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

/** Whole instants that the engine's tables hold: from 1900 to 2299. */
const instants = fc.integer({ min: -2_208_988_800_000, max: 10_413_791_999_999 })
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  // Around the lengths at which the number of bytes of a length changes.
  fc.constantFrom(41, 42, 43, 126, 127, 128, 129, 16_383, 16_384).map((n) => 'x'.repeat(n)),
  fc.constantFrom(42, 43, 44, 128).map((n) => '灯'.repeat(n)),
)
const row = fc.record({
  record: texts,
  known: instants,
  version: fc.maxSafeNat(),
  quantity: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
})

const stored = z.object({
  record: z.string(),
  known: z.coerce.number(),
  version: z.string(),
  quantity: z.number(),
})

describe('rows in the engine’s own format', () => {
  it('are read by the engine as they were written', async () => {
    let count = 0
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
        count += 1
        const workspace = `w${count}`
        const written = new RowBinary(16)
        for (const [k, { record, known, version, quantity }] of rows.entries()) {
          written.encoded(encoded(workspace))
          written.string(`a${k}`)
          written.string(record)
          written.instant(known)
          written.uint64(version)
          written.uint32(quantity)
        }
        const columns = [
          'workspace_id',
          'account_id',
          'record_id',
          'known_at',
          'version',
          'quantity',
        ]
        await facts.store.insertBinary('usage_events', columns, written.bytes)
        const found = await facts.store.query(
          {
            sql: `
SELECT record_id AS record, toUnixTimestamp64Milli(known_at) AS known,
  toString(version) AS version, quantity
FROM usage_events WHERE workspace_id = {workspace_id:String}
ORDER BY toUInt32(substring(account_id, 2))`,
            params: { workspace_id: workspace },
          },
          stored,
        )
        expect(found).toEqual(rows.map((each) => ({ ...each, version: String(each.version) })))
      }),
      { numRuns: 40 },
    )
  })

  it('hold a number of 128 bits as its digits say', async () => {
    const written = new RowBinary()
    written.string('wide')
    written.uint128('0123456789abcdeffedcba9876543210')
    written.uint64(7)
    await facts.store.insertBinary('event_ids', ['workspace_id', 'id', 'seq'], written.bytes)
    const found = await facts.store.query(
      {
        sql: 'SELECT toString(id) AS id FROM event_ids WHERE workspace_id = {w:String}',
        params: { w: 'wide' },
      },
      z.object({ id: z.string() }),
    )
    expect(found).toEqual([{ id: BigInt('0x0123456789abcdeffedcba9876543210').toString() }])
  })

  it.each([
    ['a fraction', (rows: RowBinary) => rows.uint64(1.5)],
    ['a negative version', (rows: RowBinary) => rows.uint64(-1)],
    ['no instant', (rows: RowBinary) => rows.instant(Number.NaN)],
    ['a short number of 128 bits', (rows: RowBinary) => rows.uint128('ff')],
    ['digits that are none', (rows: RowBinary) => rows.uint128('g'.repeat(32))],
  ])('are refused with %s', (_, write) => {
    expect(() => write(new RowBinary())).toThrow(RangeError)
  })
})
