import type { Language, Text } from '@tomoshibi/contract/text'

/** Password managers and systems by the id of their kind of authenticator (AAGUID), as they publish it. */
const makers: Readonly<Record<string, string>> = {
  'fbfc3007-154e-4ecc-8c0b-6e020557d7bd': 'Apple Passwords',
  'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4': 'Google Password Manager',
  'adce0002-35bc-c60a-648b-0b25f1f05503': 'Chrome on macOS',
  '08987058-cadc-4b81-b6e1-30de50dcbe96': 'Windows Hello',
  '9ddd1817-af5a-4672-a2b9-3e3dd95000a9': 'Windows Hello',
  '6028b017-b1d4-4c02-b4b3-afcdafc96bb2': 'Windows Hello',
  'bada5566-a7aa-401f-bd96-45619a55120d': '1Password',
  'd548826e-79b4-db40-a3d8-11116f7e8349': 'Bitwarden',
  '531126d6-e717-415c-9320-3d9aa6981239': 'Dashlane',
  'fdb141b2-5d84-443e-8a35-4698c205a502': 'KeePassXC',
  '50726f74-6f6e-5061-7373-50726f746f6e': 'Proton Pass',
  '53414d53-554e-4700-0000-000000000000': 'Samsung Pass',
}

/** The first that is found counts: Edge calls itself Chrome as well, and Chrome Safari. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Headless)?(Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMacintosh\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
]
const securityKey: Text = { en: 'Security key', ja: 'セキュリティキー' }
const unknown: Text = { en: 'Passkey', ja: 'パスキー' }

const firstOf = (list: readonly (readonly [RegExp, string])[], text: string) =>
  list.find(([pattern]) => pattern.test(text))?.[1]

export interface Made {
  readonly aaguid: string
  readonly transports: readonly string[]
  readonly userAgent: string | null
}

/** What a passkey is called until its person says otherwise: who keeps it, or where it was made. */
export function defaultName(
  { aaguid, transports, userAgent }: Made,
  language: Language = 'en',
): string {
  const maker = makers[aaguid]
  if (maker !== undefined) return maker
  const isApart = transports.some((one) => one === 'usb' || one === 'nfc' || one === 'ble')
  if (isApart && !transports.includes('internal')) return securityKey[language]
  const browser = firstOf(browsers, userAgent ?? '')
  const system = firstOf(systems, userAgent ?? '')
  return [browser, system].filter((one) => one !== undefined).join(', ') || unknown[language]
}
