import type { Language } from '@tomoshibi/contract/text'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { firstLanguage, storedLanguage, storeLanguage } from './language.ts'
import type { Resources } from './resources.ts'

/** One language at a time is loaded; each is a chunk of its own. */
const loaders: Readonly<Record<Language, () => Promise<Resources>>> = {
  ja: async () => (await import('./ja.ts')).ja,
  en: async () => (await import('./en.ts')).en,
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'common')) return
  for (const [namespace, texts] of Object.entries(await loaders[language]())) {
    i18next.addResourceBundle(language, namespace, texts)
  }
}

function markDocument(language: Language): void {
  document.documentElement.lang = language
}

/** Starts translation in the language chosen before or the browser's. */
export async function startI18n(): Promise<void> {
  const language = firstLanguage(storedLanguage(), navigator.languages)
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    defaultNS: 'common',
    // React escapes what it renders.
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await load(language)
  markDocument(language)
}

/** Switches the language of the whole page and remembers it. */
export async function switchLanguage(language: Language): Promise<void> {
  await load(language)
  await i18next.changeLanguage(language)
  markDocument(language)
  storeLanguage(language)
}
