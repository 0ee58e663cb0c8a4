import { decodeClientDataJSON } from '@simplewebauthn/server/helpers'
import * as z from 'zod'
import type { Visit } from '../../call/caller.ts'
import type { Call } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { hashOfLink, isSameHash, newLinkSecret } from '../people.ts'
import { putChallenge, takeChallenge } from './store.ts'

/** What a challenge was made for; it is good for nothing else. */
export type Purpose = 'add' | 'sign_in' | 'second_step' | 'confirm'

/** Tells the browser that asked for a challenge from others; one for all challenges, so that tabs do not disturb each other. */
const cookieName = 'tomoshibi.passkey'
const minutes = 10
/** How long browsers wait for the person. Shorter than the challenge holds, so that an answer is still in time. */
export const timeoutMs = 5 * 60_000

const cookieText = z.string().regex(/^[\w-]{43}$/)

function browserOf({ cookie }: Pick<Visit, 'cookie'>): string | null {
  const pair = cookie.split(/; */).find((each) => each.startsWith(`${cookieName}=`))
  const read = cookieText.safeParse(pair?.slice(cookieName.length + 1))
  return read.success ? read.data : null
}

const identifierOf = (purpose: Purpose, challenge: string) =>
  `passkey ${purpose} ${hashOfLink(challenge)}`

const kept = z.object({ browser: z.string(), userId: z.string().nullable() })

/**
 * Makes a challenge for the browser of the visit. Of it and of the browser's cookie only hashes are kept.
 *
 * @param userId whom it is for; null where whoever answers is to be found out
 */
export async function newChallenge(
  { state, clock, visit }: Pick<Call, 'state' | 'clock' | 'visit'>,
  purpose: Purpose,
  userId: string | null,
): Promise<string> {
  const challenge = newLinkSecret().text
  const browser = browserOf(visit) ?? newLinkSecret().text
  const now = new Date(clock.now().epochMilliseconds)
  const value: z.infer<typeof kept> = { browser: hashOfLink(browser), userId }
  await state.transaction((tx) =>
    putChallenge(tx, {
      identifier: identifierOf(purpose, challenge),
      value: JSON.stringify(value),
      now,
      expiresAt: new Date(now.getTime() + minutes * 60_000),
    }),
  )
  visit.setCookie(
    `${cookieName}=${browser}; Max-Age=${minutes * 60}; Path=/; HttpOnly; SameSite=Lax`,
  )
  return challenge
}

export interface Answered {
  readonly challenge: string
  /** Whom the challenge was made for. */
  readonly userId: string | null
}

/**
 * Uses up the challenge that an answer is to, whatever comes of the answer.
 *
 * @param clientDataJSON as the browser gave it
 * @throws Failure PASSKEY_OVER where there is none for this purpose in this browser now
 */
export async function useChallenge(
  { state, clock, visit }: Pick<Call, 'state' | 'clock' | 'visit'>,
  purpose: Purpose,
  clientDataJSON: string,
): Promise<Answered> {
  const challenge = challengeIn(clientDataJSON)
  const found = await takeChallenge(state.db, identifierOf(purpose, challenge))
  if (found === null) throw new Failure('PASSKEY_OVER')
  const { browser, userId } = kept.parse(JSON.parse(found.value))
  const isHere = isSameHash(hashOfLink(browserOf(visit) ?? ''), browser)
  const isInTime = found.expiresAt.getTime() > clock.now().epochMilliseconds
  if (!isHere || !isInTime) throw new Failure('PASSKEY_OVER')
  return { challenge, userId }
}

const clientData = z.object({ challenge: z.string().max(1000) })

function challengeIn(clientDataJSON: string): string {
  try {
    return clientData.parse(decodeClientDataJSON(clientDataJSON)).challenge
  } catch (error) {
    throw new Failure('PASSKEY_REFUSED', {}, [], { cause: error })
  }
}
