const fullWidth = /[\uFF01-\uFF5E\u3000]/

/**
 * Full-width digits, letters, signs and spaces as their ASCII twins, which Japanese files mix
 * freely. Only for values that are read (numbers, dates, words), never for names and comments.
 */
export function halfWidth(text: string): string {
  if (!fullWidth.test(text)) return text
  let out = ''
  for (const char of text) {
    const code = char.charCodeAt(0)
    if (code === 0x3000) out += ' '
    else if (code >= 0xff01 && code <= 0xff5e) out += String.fromCharCode(code - 0xfee0)
    else out += char
  }
  return out
}
