import { readFileSync } from 'node:fs'
import { Webhook } from 'standardwebhooks'
import { Temporal } from 'temporal-polyfill'
import { afterEach, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { signedHeaders } from './send.ts'

const vector = z
  .object({
    secret: z.string(),
    msg_id: z.string(),
    timestamp: z.number(),
    payload: z.string(),
    signature: z.string(),
  })
  .parse(
    JSON.parse(
      readFileSync(
        new URL(
          '../../../../../shared/data/conformance/standard_webhooks_vectors.json',
          import.meta.url,
        ),
        'utf8',
      ),
    ),
  )
const at = Temporal.Instant.fromEpochMilliseconds(vector.timestamp * 1000)
const message = { id: vector.msg_id, body: vector.payload }
const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
afterEach(() => vi.useRealTimers())

test('a message is signed as Standard Webhooks has it', () => {
  expect(signedHeaders(message, at, [vector.secret])).toEqual({
    'webhook-id': vector.msg_id,
    'webhook-timestamp': String(vector.timestamp),
    'webhook-signature': vector.signature,
  })
})

test('a message that is signed with a new and an old secret is good for who has either, and no one else', () => {
  vi.useFakeTimers({ now: vector.timestamp * 1000 })
  const headers = signedHeaders(message, at, [other, vector.secret])
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2)
  for (const secret of [other, vector.secret]) {
    expect(new Webhook(secret).verify(vector.payload, headers)).toEqual(JSON.parse(vector.payload))
  }
  const third = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
  expect(() => new Webhook(third).verify(vector.payload, headers)).toThrow()
  expect(() => new Webhook(other).verify(`${vector.payload} `, headers)).toThrow()
})
