import { describe, expect, test } from 'vitest'
import { failureOf } from '../call/failure.ts'
import { checkPassword } from './passwords.ts'

/** Why a password is refused, in English; null when it is taken. */
const problemWith = async (password: string, own: readonly string[] = []) => {
  try {
    await checkPassword(password, own)
    return null
  } catch (error) {
    const failure = failureOf(error)
    if (failure?.code !== 'PASSWORD_REFUSED') throw error
    return failure.details.problem
  }
}

describe('a password that somebody chooses', () => {
  test.each([
    ['words and spaces', 'seven lanterns by the river'],
    ['one script', '灯火が川のほとりに七つ並ぶ'],
    ['emoji, each of which is one character', '🏮🚣🌊🗻🌸🍵🐢🎐🌙🍙🐟🎏'],
    ['capitals alone', 'SEVENLANTERNSBYTHE'],
    ['digits alone that are no date, year or row', '480917362580'],
    ['every character that a keyboard has', ' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
    ['a quarter of a thousand characters', 'lanterns by the river '.repeat(12).slice(0, 256)],
  ])('may be of %s', async (_, password) => {
    expect(await problemWith(password)).toBeNull()
  })

  test('has twelve characters, spaces in a row being one', async () => {
    expect(await problemWith('elevenchars')).toContain('fewer than 12')
    expect(await problemWith('a     bc     defgh')).toContain('fewer than 12')
    expect(await problemWith('ab cd ef ghij')).toBeNull()
    expect(await problemWith('🏮🚣🌊🗻🌸🍵🐢🎐🌙🍙🐟')).toContain('fewer than 12')
  })
})
