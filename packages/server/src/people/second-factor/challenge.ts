import type { StateDb } from '@tomoshibi/state/store'
import type { Temporal } from 'temporal-polyfill'
import type { Visit } from '../../call/caller.ts'
import type { Call } from '../../call/context.ts'
import { hashOfLink, newLinkSecret } from '../people.ts'
import { addChallenge, challengedUser, dropChallenge } from './store.ts'

/** Between password and code. */
const cookieName = 'tomoshibi.second_step'
const minutes = 10

/** What the visit's cookie stands for; null where there is none. */
export function challengeHashOf({ cookie }: Pick<Visit, 'cookie'>): string | null {
  const pair = cookie.split(/; */).find((each) => each.startsWith(`${cookieName}=`))
  const text = pair?.slice(cookieName.length + 1) ?? ''
  return text === '' ? null : hashOfLink(text)
}

/**
 * Remembers in the browser that somebody gave the right password. It opens nothing by itself.
 *
 * @returns under which hash, and until when
 */
export async function beginChallenge(
  { state, clock, visit }: Pick<Call, 'state' | 'clock' | 'visit'>,
  userId: string,
): Promise<{ readonly hash: string; readonly expiresAt: Temporal.Instant }> {
  const { text, hash } = newLinkSecret()
  const now = new Date(clock.now().epochMilliseconds)
  const expiresAt = new Date(now.getTime() + minutes * 60_000)
  await state.transaction((tx) => addChallenge(tx, { hash, userId, now, expiresAt }))
  visit.setCookie(`${cookieName}=${text}; Max-Age=${minutes * 60}; Path=/; HttpOnly; SameSite=Lax`)
  return { hash, expiresAt: clock.now().add({ minutes }) }
}

export function forgetChallenge({ visit }: Pick<Call, 'visit'>): void {
  if (challengeHashOf(visit) === null) return
  visit.setCookie(`${cookieName}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`)
}

/** Uses it up, in the transaction of the second step. @returns whether it was still there */
export async function endChallenge(tx: StateDb, visit: Pick<Visit, 'cookie'>): Promise<boolean> {
  const hash = challengeHashOf(visit)
  return hash !== null && (await dropChallenge(tx, hash))
}

/** Who gave the right password in this browser and has not given a code yet; null when nobody did. */
export async function challenged({
  state,
  clock,
  visit,
}: Pick<Call, 'state' | 'clock' | 'visit'>): Promise<string | null> {
  const hash = challengeHashOf(visit)
  const now = new Date(clock.now().epochMilliseconds)
  return hash === null ? null : await challengedUser(state.db, hash, now)
}
