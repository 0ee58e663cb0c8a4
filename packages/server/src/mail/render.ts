import type { Language } from '@tomoshibi/contract/text'
import type { Letter } from './texts.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => entities[c] ?? '')

/** As plain text. */
export function asText({ paragraphs, button, after }: Letter): string {
  const link = button === null ? [] : [`${button.label}: ${button.url}`]
  return `${[...paragraphs, ...link, ...after].join('\n\n')}\n`
}

const paragraphStyle = 'margin:0 0 16px'
const buttonStyle =
  'display:inline-block;padding:10px 18px;border-radius:6px;background:#b45309;color:#ffffff;text-decoration:none'

/** As HTML without anything that would be fetched from elsewhere. */
export function asHtml({ subject, paragraphs, button, after }: Letter, language: Language): string {
  const paragraph = (text: string) => `<p style="${paragraphStyle}">${escaped(text)}</p>`
  const link =
    button === null
      ? []
      : [
          `<p style="${paragraphStyle}"><a style="${buttonStyle}" href="${escaped(button.url)}">${escaped(button.label)}</a></p>`,
          `<p style="${paragraphStyle};font-size:13px;color:#57534e;word-break:break-all">${escaped(button.url)}</p>`,
        ]
  const body = [...paragraphs.map(paragraph), ...link, ...after.map(paragraph)].join('\n')
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body style="margin:0;padding:24px;font-family:sans-serif;font-size:15px;line-height:1.6;color:#1c1917">
<div style="max-width:560px">
${body}
<p style="margin:24px 0 0;font-size:13px;color:#57534e">Tomoshibi</p>
</div>
</body>
</html>
`
}
