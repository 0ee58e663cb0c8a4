import type { LookupFunction } from 'node:net'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../call/failure.ts'
import { checkAddress, mayReach } from './reach.ts'
import { send } from './send.ts'
import { startReceiver } from './testing.ts'

const nothingPrivate = { privateAddresses: [] }
const problemWith = (url: string, privateAddresses: readonly string[] = []) => {
  try {
    checkAddress(url, { privateAddresses })
    return null
  } catch (error) {
    return failureOf(error)?.details.problem
  }
}
/** A name that stands for these addresses, one after the other. */
function nameFor(...addresses: string[]): LookupFunction {
  let asked = 0
  return (_name, _options, done) => {
    const address = addresses[Math.min(asked++, addresses.length - 1)] ?? ''
    done(null, [{ address, family: address.includes(':') ? 6 : 4 }])
  }
}
const message = { id: 'a', body: '{}' }

describe('the address of a webhook', () => {
  test.each([
    'https://example.com/hook?key=1',
    'https://8.8.8.8:8443/',
    'https://[2606:4700:4700::1111]/',
  ])('may be %s', (url) => {
    expect(problemWith(url)).toBeNull()
  })

  test.each([
    ['not an address', 'no https'],
    ['ftp://example.com', 'no https'],
    ['file:///etc/passwd', 'no https'],
    ['http://example.com', 'not https'],
    ['https://user:password@example.com', 'user or password'],
    ['https://127.0.0.1', 'private'],
    ['https://2130706433', 'private'],
    ['https://0x7f.1', 'private'],
    ['https://0.0.0.0', 'private'],
    ['https://10.1.2.3', 'private'],
    ['https://172.16.0.1', 'private'],
    ['https://192.168.1.1', 'private'],
    ['https://100.64.0.1', 'private'],
    ['https://169.254.169.254/latest/meta-data', 'private'],
    ['https://224.0.0.1', 'private'],
    ['https://255.255.255.255', 'private'],
    ['https://[::1]', 'private'],
    ['https://[::]', 'private'],
    ['https://[fe80::1]', 'private'],
    ['https://[fd00::1]', 'private'],
    ['https://[::ffff:127.0.0.1]', 'private'],
    ['https://[64:ff9b::7f00:1]', 'private'],
    ['https://[2002:7f00:1::]', 'private'],
  ])('may not be %s', (url, why) => {
    expect(problemWith(url)).toContain(why)
  })

  test('may be one of a private network that was allowed, and no other, over plain HTTP too', () => {
    const allowed = ['10.1.0.0/16', 'fd00::/8', '127.0.0.1']
    for (const url of ['http://10.1.2.3', 'https://10.1.2.3', 'http://[fd12::1]']) {
      expect(problemWith(url, allowed), url).toBeNull()
    }
    for (const url of ['https://10.2.0.1', 'http://127.0.0.2', 'http://8.8.8.8']) {
      expect(problemWith(url, allowed), url).toContain('private')
    }
    expect(mayReach('::ffff:127.0.0.1', true, { privateAddresses: allowed })).toBe(true)
  })
})

describe('a name', () => {
  test.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'fe80::1'])(
    'that stands for %s is not connected to',
    async (address) => {
      const reach = { ...nothingPrivate, lookup: nameFor(address) }
      const outcome = await send('https://example.com', message, {}, reach)
      expect(outcome).toMatchObject({ taken: false, problem: expect.stringContaining('private') })
    },
  )

  test('of which one address is private is not connected to, whichever comes first', async () => {
    const both = ['8.8.8.8', '127.0.0.1'].map((address) => ({ address, family: 4 }))
    for (const addresses of [both, both.toReversed()]) {
      const lookup: LookupFunction = (_name, _options, done) => done(null, addresses)
      const outcome = await send('https://example.com', message, {}, { ...nothingPrivate, lookup })
      expect(outcome).toMatchObject({ problem: expect.stringContaining('private') })
    }
  })

  test('that stands for another address than before is looked at with each connection', async () => {
    const receiver = await startReceiver()
    try {
      const url = `http://hook.example:${receiver.port}/`
      const lookup = nameFor('127.0.0.1', '127.0.0.2')
      const reach = { privateAddresses: ['127.0.0.1'], lookup }
      expect(await send(url, message, {}, reach)).toMatchObject({ taken: true })
      expect(await send(url, message, {}, reach)).toMatchObject({
        problem: expect.stringContaining('private'),
      })
      expect(receiver.take()).toHaveLength(1)
    } finally {
      await receiver.close()
    }
  })
})

test('a redirect is not followed, and what the receiver says is not told', async () => {
  const [receiver, inner] = await Promise.all([startReceiver(), startReceiver()])
  try {
    receiver.answerWith(307, { location: inner.url })
    const reach = { privateAddresses: ['127.0.0.1'] }
    expect(await send(receiver.url, message, {}, reach)).toEqual({
      taken: false,
      problem: 'redirect 307',
      kind: 'refused',
      retryAfter: null,
    })
    expect(inner.take()).toEqual([])
  } finally {
    await Promise.all([receiver.close(), inner.close()])
  }
})
