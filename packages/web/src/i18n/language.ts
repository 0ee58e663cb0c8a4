import type { Language } from '@tomoshibi/contract/text'

const KEY = 'tomoshibi.language'

/**
 * The language to begin with: the one chosen before, else the first of the browser's languages that
 * the product speaks, else English.
 */
export function firstLanguage(stored: string | null, browser: readonly string[]): Language {
  if (stored === 'ja' || stored === 'en') return stored
  for (const tag of browser) {
    const primary = tag.toLowerCase().split('-')[0]
    if (primary === 'ja' || primary === 'en') return primary
  }
  return 'en'
}

/** The language chosen before on this browser, or null. Storage may be switched off. */
export function storedLanguage(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** Remembers the choice where the browser lets us. */
export function storeLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // The choice then holds until the page is closed.
  }
}
