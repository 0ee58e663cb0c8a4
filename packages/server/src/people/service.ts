import { randomUUID } from 'node:crypto'
import type { SessionState } from '@tomoshibi/contract/people'
import type { Language } from '@tomoshibi/contract/text'
import { members } from '@tomoshibi/state/schema/people'
import type { StateStore } from '@tomoshibi/state/store'
import type { Logger } from 'pino'
import type { Temporal } from 'temporal-polyfill'
import { type Caller, nobody, type SignedIn, type Visit } from '../call/caller.ts'
import type { Call } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import { checkConfirmed } from '../call/guard.ts'
import type { Clock } from '../platform/clock.ts'
import { getWorkspace } from '../platform/workspace.ts'
import { accountsOf } from './accounts-seen.ts'
import {
  addUser,
  confirmSession,
  hasPassword,
  Identity,
  setPassword,
  type WayIn,
} from './identity.ts'
import { Limits } from './limits.ts'
import { tellOfChange } from './notices.ts'
import { type RelyingParty, relyingPartyOf } from './passkeys/relying-party.ts'
import type { Hasher } from './password-hash.ts'
import { checkPassword } from './passwords.ts'
import { countsIn, hashOfLink, isSameHash, linkPaths, newLinkSecret } from './people.ts'
import { ProviderClient } from './providers/client.ts'
import {
  beganWith,
  providerOfChallenge,
  providersInUse,
  providersInUseOf,
} from './providers/in-use.ts'
import {
  beginChallenge,
  challenged,
  challengeHashOf,
  forgetChallenge,
} from './second-factor/challenge.ts'
import { lacksSecondFactor } from './second-factor/required.ts'
import { hasPasskeyFor, secondStepsOf, takesSecondStep } from './second-steps.ts'
import { isAnybodyThere, keepLanguage, lockPeople, membershipsOf, readRole } from './store.ts'

export interface PeopleOptions {
  readonly state: StateStore
  readonly clock: Clock
  readonly log: Logger
  readonly dataDir: string
  /** Where who is nobody, or belongs nowhere, is taken to be. */
  readonly workspaceId: string
  readonly hasher?: Hasher | undefined
}

/** Who comes in and goes out. One for a server: it counts attempts and knows the link to begin with. */
export class People {
  readonly identity: Identity
  readonly limits: Limits
  readonly providers: ProviderClient
  readonly #state: StateStore
  readonly #workspaceId: string
  #setUpHash: string | null = null

  constructor({ state, clock, log, dataDir, workspaceId, hasher }: PeopleOptions) {
    this.#workspaceId = workspaceId
    this.#state = state
    this.identity = new Identity(state, dataDir, hasher)
    this.limits = new Limits(clock)
    this.providers = new ProviderClient({ clock, log })
  }

  /**
   * The path with which the first owner begins, good until there is one or this process ends; null when
   * there are people already. One that was made before no longer holds.
   */
  async makeSetUpLink(): Promise<string | null> {
    if (await isAnybodyThere(this.#state.db)) return null
    const { text, hash } = newLinkSecret()
    this.#setUpHash = hash
    return linkPaths.setUp(text)
  }

  /** @throws Failure SET_UP_NOT_POSSIBLE */
  checkSetUpLink(text: string): void {
    const isRight = this.#setUpHash !== null && isSameHash(hashOfLink(text), this.#setUpHash)
    if (!isRight) throw new Failure('SET_UP_NOT_POSSIBLE')
  }

  setUpIsDone(): void {
    this.#setUpHash = null
  }

  /**
   * Who visits, by the session of their cookie.
   *
   * @param wanted the workspace in which they ask; without it, the one that they joined first
   * @throws Failure WORKSPACE_NOT_FOUND where they do not belong to it
   */
  async recognise(visit: Visit, wanted?: string): Promise<Caller> {
    const session = await this.identity.sessionOf(visit)
    return session === null ? nobody(this.#workspaceId) : await this.callerOf(session, wanted)
  }

  /** Whether it is the workspace that the installation began with. */
  isFirst(workspaceId: string): boolean {
    return workspaceId === this.#workspaceId
  }

  /** A person as a caller, in the workspace that they joined first, or in another one of theirs. */
  async callerOf(
    person: Omit<SignedIn, 'role' | 'needsSecondFactor'>,
    wanted?: string,
  ): Promise<Caller> {
    const { db } = this.#state
    const all = await membershipsOf(db, person.userId)
    const first = wanted === undefined ? all[0] : all.find((one) => one.workspaceId === wanted)
    if (wanted !== undefined && first === undefined) throw new Failure('WORKSPACE_NOT_FOUND')
    const role = first === undefined ? null : await readRole(db, first.workspaceId, first.role)
    const isMember = first !== undefined && role !== null
    const needsSecondFactor =
      isMember && (await lacksSecondFactor(db, first.workspaceId, person, role.permissions))
    const permissions = needsSecondFactor ? [] : (role?.permissions ?? [])
    return {
      kind: 'person',
      workspaceId: first?.workspaceId ?? this.#workspaceId,
      permissions: new Set(
        permissions.filter((one) => countsIn(one, this.isFirst(first?.workspaceId ?? ''))),
      ),
      accounts: isMember
        ? await accountsOf(db, { ...first, userId: person.userId }, role.accounts)
        : { ownedBy: [] },
      person: { ...person, role: role?.key ?? null, needsSecondFactor },
    }
  }
}

/**
 * Who asks and what they may do.
 *
 * @param asNobody of who is not signed in now: the user who gave the right password, or null; else it is what the visit's cookies
 *   say
 */
export async function sessionState(
  call: Call,
  caller: Caller = call.caller,
  asNobody?: { readonly halfWay: string | null },
): Promise<SessionState> {
  const { person } = caller
  const party = relyingPartyOf(call.address.origin)
  const [passwordByMail, providers] = await Promise.all([
    call.mails.isSetUp(call.state.db),
    providersInUse(call.state.db),
  ])
  const ways = { passwordByMail, providers, passkeysAt: party?.origin ?? null }
  if (person === null) {
    const nothing = { workspace: null, role: null, accounts: 'all', needs: null } as const
    const halfWay = asNobody === undefined ? await challenged(call) : asNobody.halfWay
    const secondStep = halfWay === null ? null : await secondStepsOf(call.state.db, halfWay, party)
    const state = halfWay === null ? await stateOfNobody(call) : 'second_step'
    return { state, person: null, ...nothing, permissions: [], confirmBy: [], secondStep, ways }
  }
  const { userId, name, email } = person
  const role =
    person.role === null ? null : await readRole(call.state.db, caller.workspaceId, person.role)
  const workspace =
    role === null ? null : await getWorkspace({ ...call, workspaceId: caller.workspaceId })
  return {
    state: 'signed_in',
    person: { userId, name, email },
    workspace: workspace && { id: workspace.id, name: workspace.name },
    role: role && { key: role.key, name: role.name },
    permissions: [...caller.permissions],
    accounts: caller.accounts === 'all' ? 'all' : 'own',
    needs: person.needsSecondFactor === true ? 'second_factor' : null,
    confirmBy: await confirmBy(call, userId, party),
    secondStep: null,
    ways,
  }
}

/** With what somebody shows again who they are. */
async function confirmBy(
  { state }: Call,
  userId: string,
  party: RelyingParty | null,
): Promise<SessionState['confirmBy']> {
  const [password, passkey, providers] = await Promise.all([
    hasPassword(state.db, userId),
    hasPasskeyFor(state.db, userId, party),
    providersInUseOf(state.db, userId),
  ])
  return [
    ...(password ? (['password'] as const) : []),
    ...(passkey ? (['passkey'] as const) : []),
    ...(providers.length > 0 ? (['provider'] as const) : []),
  ]
}

async function stateOfNobody(call: Call): Promise<'no_owner' | 'signed_out'> {
  return (await isAnybodyThere(call.state.db)) ? 'signed_out' : 'no_owner'
}

export interface FirstOwner {
  readonly link: string
  readonly name: string
  readonly email: string
  readonly password: string
  readonly language?: Language | undefined
}

/**
 * Makes the first owner of the installation and signs them in.
 *
 * @throws Failure SET_UP_NOT_POSSIBLE, PASSWORD_REFUSED, TOO_MANY_ATTEMPTS
 */
export async function setUp(call: Call, owner: FirstOwner): Promise<SessionState> {
  const { people, visit, clock } = call
  people.limits.begin({ account: null, address: visit.address })
  people.checkSetUpLink(owner.link)
  await checkPassword(owner.password, [owner.name, owner.email])
  const hash = await people.identity.hash(owner.password)
  await getWorkspace(call)
  const id = randomUUID()
  await call.state.transaction(async (tx) => {
    await lockPeople(tx)
    if (await isAnybodyThere(tx)) throw new Failure('SET_UP_NOT_POSSIBLE')
    const { name, email } = owner
    await addUser(tx, { id, name, email, at: new Date(clock.now().epochMilliseconds) }, hash)
    await keepLanguage(tx, email, owner.language)
    const { workspaceId } = call
    const standing = { role: 'owner', team: '', ownerName: '', joinedAt: clock.now() }
    await tx.insert(members).values({ workspaceId, userId: id, ...standing })
  })
  people.setUpIsDone()
  return await signInAs(call, owner.email, owner.password)
}

export interface SignIn {
  readonly email: string
  readonly password: string
  readonly language?: Language | undefined
}

/** @throws Failure SIGN_IN_REFUSED, TOO_MANY_ATTEMPTS */
export async function signIn(
  call: Call,
  { email, password, language }: SignIn,
): Promise<SessionState> {
  const attempt = { account: email, address: call.visit.address }
  call.people.limits.begin(attempt)
  const state = await signInAs(call, email, password)
  call.people.limits.succeeded(attempt)
  await keepLanguage(call.state.db, email, language)
  return state
}

/**
 * Signs in without counting; who has a second factor comes to the second step.
 *
 * @throws Failure SIGN_IN_REFUSED
 */
export async function signInAs(call: Call, email: string, password: string): Promise<SessionState> {
  const userId = await call.people.identity.userOf(email, password)
  if (userId === null) throw new Failure('SIGN_IN_REFUSED')
  if (!(await takesSecondStep(call.state.db, userId))) return await enter(call, userId, 'password')
  await call.people.identity.signOut(call.visit)
  await beginChallenge(call, userId)
  return await sessionState(call, nobody(call.workspaceId), { halfWay: userId })
}

export interface Entry {
  /** When they showed who they are: now, where it is left out; null where somebody else only says so. */
  readonly confirmedAt?: Temporal.Instant | null
  /** Done once there is a session, before it is asked what its person may. */
  begun?(sessionId: string): Promise<void>
}

/** Begins a session of a user who has shown who they are. */
export async function enter(
  call: Call,
  userId: string,
  signedInBy: WayIn,
  { confirmedAt = call.clock.now(), begun }: Entry = {},
): Promise<SessionState> {
  const { people, visit } = call
  // What is set now is what the browser will send with the next request.
  let cookie = ''
  const remembering: Visit = {
    ...visit,
    setCookie: (line) => {
      cookie = line.split(';', 1)[0] ?? ''
      visit.setCookie(line)
    },
  }
  const how = { signedInBy, confirmedAt }
  const sessionId = await people.identity.begin(userId, remembering, how)
  await begun?.(sessionId)
  return await sessionState(call, await people.recognise({ ...visit, cookie, setCookie: () => {} }))
}

/** Begins the session of who took the second step, with the provider after which it was asked for, if it was. */
export async function enterAfterSecondStep(call: Call, userId: string): Promise<SessionState> {
  const { state, visit } = call
  const hash = challengeHashOf(visit)
  const provider = hash === null ? null : await providerOfChallenge(state.db, hash)
  const entry = provider === null ? {} : { begun: (id: string) => beganWith(call, id, provider) }
  return await enter(call, userId, 'second_step', entry)
}

export async function signOut(call: Call): Promise<SessionState> {
  await call.people.identity.signOut(call.visit)
  forgetChallenge(call)
  return await sessionState(call, nobody(call.workspaceId), { halfWay: null })
}

/**
 * The person shows again who they are: what asks for it goes on for a while.
 *
 * @throws Failure SIGN_IN_REFUSED, TOO_MANY_ATTEMPTS
 */
export async function confirm(call: Call, password: string): Promise<SessionState> {
  const { sessionId } = await checkOwnPassword(call, password)
  await confirmSession(call.state.db, sessionId, call.clock.now())
  return await sessionState(call)
}

/** @throws Failure SIGN_IN_REFUSED, CONFIRMATION_NEEDED, PASSWORD_REFUSED, TOO_MANY_ATTEMPTS */
export async function changePassword(
  call: Call,
  { current, password }: { readonly current?: string | undefined; readonly password: string },
): Promise<SessionState> {
  const { people, state, clock } = call
  const person = await checkItIsThem(call, current)
  await checkPassword(password, [person.name, person.email])
  const hash = await people.identity.hash(password)
  const at = new Date(clock.now().epochMilliseconds)
  await state.transaction(async (tx) => {
    await setPassword(tx, { userId: person.userId, hash, at }, person.sessionId)
    await tellOfChange(tx, call, person.userId, 'password')
  })
  call.mails.wake()
  return await sessionState(call)
}

/**
 * The person who calls, if the password is theirs: asked for again before what matters.
 *
 * @throws Failure SIGN_IN_NEEDED, SIGN_IN_REFUSED, TOO_MANY_ATTEMPTS
 */
export async function checkOwnPassword(call: Call, password: string): Promise<SignedIn> {
  const person = signedIn(call)
  const { people, visit } = call
  const attempt = { account: person.email, address: visit.address }
  people.limits.begin(attempt)
  if (!(await people.identity.isPasswordOf(person.userId, password))) {
    throw new Failure('SIGN_IN_REFUSED')
  }
  people.limits.succeeded(attempt)
  return person
}

/**
 * The person who calls, if it is them: by their password, or who has none by having shown it a short while ago.
 *
 * @throws Failure SIGN_IN_NEEDED, SIGN_IN_REFUSED, CONFIRMATION_NEEDED, TOO_MANY_ATTEMPTS
 */
export async function checkItIsThem(call: Call, password: string | undefined): Promise<SignedIn> {
  if (password !== undefined) return await checkOwnPassword(call, password)
  const person = signedIn(call)
  if (await hasPassword(call.state.db, person.userId)) throw new Failure('SIGN_IN_REFUSED')
  checkConfirmed(call)
  return person
}

/** The person who calls. @throws Failure SIGN_IN_NEEDED */
export function signedIn({ caller }: Pick<Call, 'caller'>): SignedIn {
  if (caller.person === null) throw new Failure('SIGN_IN_NEEDED')
  return caller.person
}
