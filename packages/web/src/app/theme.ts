import { createTheme, type MantineColorsTuple, SegmentedControl } from '@mantine/core'

/** The one accent: the light of an oil lamp, from paper to soot. */
const lamp: MantineColorsTuple = [
  '#fff6e5',
  '#feeaca',
  '#fbd597',
  '#f8c064',
  '#f6b04a',
  '#e89a26',
  '#b87110',
  '#95590a',
  '#784708',
  '#563206',
]

/** Greys with the warmth of paper and soot in place of Mantine's blue ones. */
const gray: MantineColorsTuple = [
  '#faf8f4',
  '#f4f0e8',
  '#ebe5da',
  '#ded7c9',
  '#c9c0b0',
  '#aba192',
  '#857b6d',
  '#5f574c',
  '#3c362e',
  '#1f1b16',
]
const dark: MantineColorsTuple = [
  '#ece6dc',
  '#c9c0b2',
  '#aea597',
  '#82786a',
  '#5b5246',
  '#38322a',
  '#28231d',
  '#1e1a16',
  '#161310',
  '#0f0d0b',
]

/** System fonts only: nothing is loaded, and Japanese comes in the reader's own best face. */
const fonts =
  'system-ui, -apple-system, "Segoe UI", "Hiragino Sans", "Hiragino Kaku Gothic ProN", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", Meiryo, sans-serif'

export const theme = createTheme({
  colors: { lamp, gray, dark },
  primaryColor: 'lamp',
  primaryShade: { light: 4, dark: 4 },
  // Buttons are lamp-coloured with dark words in both themes.
  autoContrast: true,
  luminanceThreshold: 0.35,
  fontFamily: fonts,
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, Menlo, Consolas, "Noto Sans Mono CJK JP", monospace',
  headings: { fontFamily: fonts, fontWeight: '650' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Its words would fade from one theme's colour to the other's, unreadable in between.
    SegmentedControl: SegmentedControl.extend({ defaultProps: { transitionDuration: 0 } }),
  },
})
