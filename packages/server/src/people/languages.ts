import type { Language } from '@tomoshibi/contract/text'
import type { StateDb } from '@tomoshibi/state/store'
import { keepLanguage, userById } from './store.ts'

/** In which language somebody reads, as far as it is known. */
export const languageOf = async (db: StateDb, userId: string): Promise<Language | undefined> =>
  (await userById(db, userId))?.language ?? undefined

/** Remembers in which language somebody who signs in reads. */
export async function keepLanguageOf(
  db: StateDb,
  userId: string,
  language: Language | undefined,
): Promise<void> {
  const user = await userById(db, userId)
  if (user !== null) await keepLanguage(db, user.email, language)
}
