import { expect, test } from 'vitest'
import { defaultName } from './default-name.ts'
import { relyingPartyOf } from './relying-party.ts'

test.each([
  ['https://cs.example.com', 'cs.example.com'],
  ['https://cs.example.com:8443', 'cs.example.com'],
  ['http://localhost:4747', 'localhost'],
  ['https://localhost', 'localhost'],
  ['http://cs.example.com', null],
  ['http://127.0.0.1:4747', null],
  ['https://192.0.2.7', null],
  ['https://[2001:db8::7]:4747', null],
])('passkeys at %s are for the host %s', (origin, id) => {
  expect(relyingPartyOf(origin)).toEqual(id === null ? null : { id, origin })
})

const chromeOnWindows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'
const edge = `${chromeOnWindows} Edg/150.0.0.0`
const safariOnPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1'
const unknownMaker = '00000000-0000-0000-0000-000000000000'

test.each([
  ['the password manager', 'bada5566-a7aa-401f-bd96-45619a55120d', ['internal'], edge, '1Password'],
  ['a key that is plugged in', unknownMaker, ['usb', 'nfc'], edge, 'セキュリティキー'],
  ['browser and system', unknownMaker, ['internal'], edge, 'Edge, Windows'],
  ['Chrome, which says Safari too', unknownMaker, ['internal'], chromeOnWindows, 'Chrome, Windows'],
  ['a telephone', unknownMaker, ['internal', 'hybrid'], safariOnPhone, 'Safari, iPhone'],
  ['nothing that is known', unknownMaker, [], 'curl/8', 'パスキー'],
])('a passkey is called by %s', (_, aaguid, transports, userAgent, name) => {
  expect(defaultName({ aaguid, transports, userAgent }, 'ja')).toBe(name)
})
