import { hash as digest, randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { Temporal } from 'temporal-polyfill'

/** As every app for it takes them: SHA-1, six digits, half a minute. */
const periodSeconds = 30
const digits = 6
/** Clocks may differ by so many half minutes. */
const stepsAround = 1
const secretBytes = 20

export const newSecret = (): string => new Secret({ size: secretBytes }).base32

const totpOf = (secret: string, email = '') =>
  new TOTP({
    issuer: 'Tomoshibi',
    label: email,
    algorithm: 'SHA1',
    digits,
    period: periodSeconds,
    secret: Secret.fromBase32(secret),
  })

/** What an app reads from the QR code. */
export const uriOf = (secret: string, email: string): string => totpOf(secret, email).toString()

/** @returns the number of the half minute that the code is of, if it is one around now; else null */
export function stepOf(secret: string, code: string, now: Temporal.Instant): number | null {
  const timestamp = now.epochMilliseconds
  const delta = totpOf(secret).validate({ token: code, timestamp, window: stepsAround })
  return delta === null ? null : Math.floor(timestamp / 1000 / periodSeconds) + delta
}

/** The code of an instant. For tests and apps. */
export const codeAt = (secret: string, at: Temporal.Instant): string =>
  totpOf(secret).generate({ timestamp: at.epochMilliseconds })

export const isCode = (text: string): boolean => new RegExp(`^\\d{${digits}}$`).test(text)

const recoveryCount = 10
/** Without letters that are read as another. 32 of them, so that five bits make one. */
const letters = '23456789abcdefghjkmnpqrstuvwxyz0'.slice(0, 32)
const recoveryLetters = 24

/** New recovery codes of 120 random bits each. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: recoveryCount }, () => {
    const all = [...randomBytes(recoveryLetters)].map((byte) => letters[byte % letters.length])
    return all.join('').replace(/(.{4})(?=.)/g, '$1-')
  })

/** What is kept of a recovery code; how it is written does not matter. */
export const hashOfRecoveryCode = (code: string): string =>
  digest('sha256', code.toLowerCase().replace(/[^a-z0-9]/g, ''), 'hex')

const failuresBeforeBlock = 5
const firstBlockMinutes = 15
const longestBlockMinutes = 24 * 60

/**
 * How long no code is looked at after so many wrong ones in a row: after each five, twice as long as before. Whoever has
 * the password cannot so try more than a hundred codes in a month; recovery codes stay good meanwhile.
 */
export function blockMinutes(failures: number): number | null {
  if (failures === 0 || failures % failuresBeforeBlock !== 0) return null
  const times = failures / failuresBeforeBlock - 1
  return Math.min(longestBlockMinutes, firstBlockMinutes * 2 ** Math.min(times, 10))
}
