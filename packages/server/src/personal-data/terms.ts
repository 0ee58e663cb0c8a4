/** How a person is looked for in texts. Pure. */

/** A text as people mean it: one composition, one width, without what cannot be seen, in lower case. */
export const normalText = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, '')
    .trim()
    .toLowerCase()
    // Lower case can come apart again.
    .normalize('NFKC')

/** What is looked for in texts; each in the form of `normalText`. */
export interface Terms {
  readonly emails: readonly string[]
  readonly names: readonly string[]
  readonly ids: readonly string[]
}

/**
 * Whether an id is looked for in texts as well as where ids stand: a short one, or a plain number or word, would be
 * found in texts that mean something else.
 */
export const isTelling = (id: string): boolean =>
  id.length >= 6 && /\p{L}/u.test(id) && /[\p{N}@._~|:-]/u.test(id)

const cjk = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

/** Whether a name is looked for in texts: one word of letters is also a place, a plan, or somebody else. */
export const isTellingName = (name: string): boolean => {
  const letters = [...name.replace(/\s/g, '')]
  if (letters.some((each) => cjk.test(each))) return letters.length >= 3
  return letters.length >= 4 && /\S\s+\S/.test(name)
}

const special = /[\\^$.*+?()[\]{}|/-]/

/** One character in both cases, and as JSON and addresses write it. The same for RE2, PostgreSQL and JavaScript. */
function either(character: string): string {
  const forms = new Set([character])
  const upper = character.toUpperCase()
  if ([...upper].length === 1) forms.add(upper)
  const written = [...forms].map((form) => (special.test(form) ? `\\${form}` : form))
  const escaped = [...forms].flatMap((form) => {
    const code = form.codePointAt(0) ?? 0
    if (code >= 0x80 && code <= 0xffff) return [jsonEscape(code)]
    return '@+ '.includes(form) ? [`%${code.toString(16).toUpperCase()}`, jsonEscape(code)] : []
  })
  const all = [...written, ...escaped]
  return all.length === 1 ? (all[0] ?? '') : `(?:${all.join('|')})`
}

const jsonEscape = (code: number): string =>
  `\\\\u${[...code.toString(16).padStart(4, '0')]
    .map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit))
    .join('')}`

const spelled = (text: string): string =>
  // Names are written with and without a space.
  text
    .split(/\s+/)
    .map((word) => [...word].map(either).join(''))
    .join('(?:\\s|\\\\u3000|%20|\\+)*')

const anyOf = (texts: readonly string[]): string =>
  // The longest first, since the first that fits is taken.
  [...new Set(texts)]
    .sort((a, b) => b.length - a.length)
    .map(spelled)
    .join('|')

/**
 * Regular expressions of three groups: what stands before, the person, what stands after. They are meant for text
 * in the form NFKC, and understood alike by RE2, PostgreSQL and JavaScript.
 */
export function patternsOf({ emails, names, ids }: Terms): string[] {
  const patterns: string[] = []
  const add = (before: string, texts: readonly string[], after: string) => {
    if (texts.length > 0) patterns.push(`(^|${before})(${anyOf(texts)})($|${after})`)
  }
  // `not.hana@x.com` and `hana@x.com.au` are other addresses; `hana@x.com.` ends a sentence.
  add('[^0-9A-Za-z._+-]', emails, '[^0-9A-Za-z.-]|\\.[^0-9A-Za-z]|\\.$')
  add('[^0-9A-Za-z_.@-]', ids, '[^0-9A-Za-z_-]')
  const isCjk = (name: string) => cjk.test(name)
  add(
    '[^0-9A-Za-z_]',
    names.filter((name) => !isCjk(name)),
    '[^0-9A-Za-z_]',
  )
  // Names among characters without spaces between words have no edges to look at.
  add('', names.filter(isCjk), '')
  return patterns
}
