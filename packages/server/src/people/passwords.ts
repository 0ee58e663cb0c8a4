import type { Text } from '@tomoshibi/contract/text'
import { Failure } from '../call/failure.ts'

export const leastLength = 12

/** Read when first needed: fifty thousand words that nobody needs who only signs in. */
let common: Promise<ReadonlySet<string>> | null = null
function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common']),
  )
  return common
}

/** What stands around a common word to make it look like another: Password2026! is password. */
const bare = (text: string): string => text.replace(/^[\d\W_]+|[\d\W_]+$/gu, '')

/**
 * Checks a password that somebody chooses: its length, and that it is none of those that are tried first.
 * There are no rules about its characters.
 *
 * @param own what is known of the person, such as name and e-mail address
 * @throws Failure PASSWORD_REFUSED
 */
export async function checkPassword(password: string, own: readonly string[]): Promise<void> {
  const problem = await problemOf(password, own)
  if (problem === null) return
  throw new Failure('PASSWORD_REFUSED', { problem: problem.en, problemJa: problem.ja })
}

async function problemOf(password: string, own: readonly string[]): Promise<Text | null> {
  // Spaces in a row are one: they cost nobody who guesses anything.
  if ([...password.replace(/ {2,}/g, ' ')].length < leastLength) {
    return {
      en: `it has fewer than ${leastLength} characters`,
      ja: `${leastLength} 文字より短いです`,
    }
  }
  const plain = password.normalize('NFKC').toLowerCase()
  const words = own
    .flatMap((text) => [text, ...text.split(/[@.\s]+/)])
    .map((text) => text.normalize('NFKC').toLowerCase())
    .filter((text) => text.length >= 4)
  const rest = [...words, 'tomoshibi'].reduce((text, word) => text.replaceAll(word, ''), plain)
  if ([...rest].length < leastLength / 2) {
    return {
      en: 'it is made of your name or address, or of the name of this program',
      ja: '名前・メールアドレス・このソフトの名前からできています',
    }
  }
  if (new Set(plain).size < 5) {
    return { en: 'it repeats a few characters', ja: '同じ文字の繰り返しです' }
  }
  const known = await commonPasswords()
  if (known.has(plain) || known.has(bare(plain)) || isRepeated(plain, known)) {
    return { en: 'many people use it', ja: '多くの人が使っているパスワードです' }
  }
  return null
}

/** Whether it is one common password several times over. */
function isRepeated(text: string, known: ReadonlySet<string>): boolean {
  const [, part] = /^(.{3,})\1+$/u.exec(text) ?? []
  return part !== undefined && known.has(part)
}
