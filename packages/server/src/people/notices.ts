import type { StateDb } from '@tomoshibi/state/store'
import type { Call } from '../call/context.ts'
import type { AccountChange } from '../mail/mail.ts'
import { userById } from './store.ts'

/** Writes to somebody that their account was changed, where there is a mail server. @param tx that of the change */
export async function tellOfChange(
  tx: StateDb,
  { mails, clock, visit }: Pick<Call, 'mails' | 'clock' | 'visit'>,
  userId: string,
  change: AccountChange,
): Promise<void> {
  const user = await userById(tx, userId)
  if (user === null) return
  const { name, email, language } = user
  const at = clock.now().toString({ smallestUnit: 'second' })
  const content = { kind: 'account_change', name, change, at, address: visit.address } as const
  await mails.enqueue(tx, { to: email, language: language ?? 'en', content })
}
