import type { Timing } from './timing.ts'

export interface Line {
  /** In both languages. */
  readonly what: { readonly en: string; readonly ja: string }
  readonly ours: Timing | null
  readonly other: Timing | null
  /** What is held against the mark, such as a ratio. */
  readonly figure: string
  readonly mark: string
  /** null: a comparison without a mark of its own. */
  readonly met: boolean | null
}

export interface Section {
  readonly title: { readonly en: string; readonly ja: string }
  readonly says: { readonly en: string; readonly ja: string }
  readonly other: { readonly en: string; readonly ja: string }
  readonly lines: readonly Line[]
}

const milliseconds = (ms: number): string =>
  ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`

const spread = (timing: Timing | null): string =>
  timing === null
    ? '–'
    : `${milliseconds(timing.median)} (${milliseconds(timing.least)}–${milliseconds(timing.greatest)})`

const words = {
  en: { what: 'What', ours: 'Tomoshibi', figure: 'Result', mark: 'Mark', met: ['yes', '**no**'] },
  ja: { what: '内容', ours: 'Tomoshibi', figure: '結果', mark: '目標', met: ['達成', '**未達**'] },
} as const

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

/** The tables of a run as markdown. */
export const asMarkdown = (sections: readonly Section[], language: 'en' | 'ja'): string => {
  const { what, ours, figure, mark, met } = words[language]
  return sections
    .map(({ title, says, other, lines }) =>
      [
        `## ${title[language]}`,
        '',
        says[language],
        '',
        row([what, ours, other[language], figure, mark, '']),
        row(['---', '---', '---', '---', '---', '---']),
        ...lines.map((line) =>
          row([
            line.what[language],
            spread(line.ours),
            spread(line.other),
            line.figure,
            line.mark,
            line.met === null ? '' : met[line.met ? 0 : 1],
          ]),
        ),
      ].join('\n'),
    )
    .join('\n\n')
}
