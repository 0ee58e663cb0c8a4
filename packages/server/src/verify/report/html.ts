/** Text that is HTML already. Only `html` and the plots make it, and they escape what they are given. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')

type Part = string | number | Html | readonly Html[]

/** HTML from a template; whatever stands in it is escaped unless it is HTML already. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const told = (part: Part | undefined): string => {
    if (part === undefined) return ''
    if (part instanceof Html) return part.text
    return typeof part === 'object' ? part.map(({ text }) => text).join('') : escaped(String(part))
  }
  return new Html(texts.map((text, i) => text + told(parts[i])).join(''))
}
