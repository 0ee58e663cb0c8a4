import type { Language, Text } from '@tomoshibi/contract/text'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useWorkspace } from '../api/workspace.ts'
import { createFormatter, type Formatter } from '../format/formatter.ts'

/** The language of the page now. */
export function useLanguage(): Language {
  const { i18n } = useTranslation()
  return i18n.language === 'ja' ? 'ja' : 'en'
}

/** Picks the page's language out of a text that carries both. */
export function useText(): (text: Text) => string {
  const language = useLanguage()
  return useCallback((text: Text) => text[language], [language])
}

/** Formats figures and times for the page's language and the workspace's zone. */
export function useFormat(): Formatter {
  const language = useLanguage()
  const { timeZone } = useWorkspace()
  return useMemo(() => createFormatter(language, timeZone), [language, timeZone])
}
