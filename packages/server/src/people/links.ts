import { randomUUID } from 'node:crypto'
import type { Invitation, SessionState } from '@tomoshibi/contract/people'
import type { Language, Text } from '@tomoshibi/contract/text'
import { links, members, users } from '@tomoshibi/state/schema/people'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, eq, isNull } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { nobody, userBehind } from '../call/caller.ts'
import { afterCommit, type Call } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import { getWorkspace } from '../platform/workspace.ts'
import { addUser, setPassword } from './identity.ts'
import { checkMayHandle, checkOnlyHere, oneMember } from './members.ts'
import { tellOfChange } from './notices.ts'
import { checkPassword } from './passwords.ts'
import {
  hashOfLink,
  invitationDays,
  linkPaths,
  newLinkSecret,
  passwordLinkHours,
} from './people.ts'
import { sessionState, signInAs } from './service.ts'
import {
  keepLanguage,
  type LinkRow,
  lockPeople,
  openLink,
  readMembers,
  readRole,
  userByEmail,
} from './store.ts'

type Kind = LinkRow['kind']

/** A link as it is told this once. */
export interface MadeLink {
  readonly link: string
  readonly expiresAt: string
}

interface LinkFor {
  readonly email: string
  readonly role: string
  readonly team: string
  readonly ownerName: string
}

interface LinkToMake {
  readonly kind: Kind
  readonly workspaceId: string
  readonly whom: LinkFor
  /** Null for the program itself. */
  readonly madeBy: string | null
  readonly now: Temporal.Instant
  readonly hours: number
}

/** Makes a link; an earlier one of the kind for the same address no longer holds. */
export async function makeLink(tx: StateDb, link: LinkToMake) {
  const { kind, workspaceId, whom, madeBy, now, hours } = link
  const secret = newLinkSecret()
  const isOpen = and(isNull(links.usedAt), isNull(links.revokedAt))
  await tx
    .update(links)
    .set({ revokedAt: now })
    .where(
      and(
        eq(links.workspaceId, workspaceId),
        eq(links.kind, kind),
        eq(links.email, whom.email),
        isOpen,
      ),
    )
  const row: LinkRow = {
    id: randomUUID(),
    kind,
    workspaceId,
    ...whom,
    hash: secret.hash,
    madeBy,
    createdAt: now,
    expiresAt: now.add({ hours }),
    usedAt: null,
    revokedAt: null,
  }
  await tx.insert(links).values(row)
  const path = linkPaths[kind](secret.text)
  return { row, path }
}

const asMade = ({ row, path }: Awaited<ReturnType<typeof makeLink>>): MadeLink => ({
  link: path,
  expiresAt: row.expiresAt.toString(),
})

const madeByCaller = ({ workspaceId, clock, caller }: Call) => ({
  workspaceId,
  madeBy: userBehind(caller),
  now: clock.now(),
})

export interface Invited extends LinkFor {
  /** Of the e-mail. */
  readonly language: Language
}

/**
 * Makes a link to join, and sends it as well where there is a mail server.
 *
 * @throws Failure ALREADY_A_MEMBER, ROLE_NOT_FOUND, ROLE_BEYOND_YOURS
 */
export async function invite(
  call: Call,
  { language, ...whom }: Invited,
): Promise<Invitation & MadeLink & { readonly mailed: boolean }> {
  const workspace = await getWorkspace(call)
  return await call.state.transaction(async (tx) => {
    await lockPeople(tx)
    const role = await checkMayHandle(tx, call, whom.role)
    const everybody = await readMembers(tx, call.workspaceId)
    const { email } = whom
    if (everybody.some((member) => member.email === email)) {
      throw new Failure('ALREADY_A_MEMBER', { email })
    }
    const hours = invitationDays * 24
    const made = await makeLink(tx, { ...madeByCaller(call), kind: 'invitation', whom, hours })
    const invitedBy = call.caller.person?.name ?? null
    const mailed = await call.mails.enqueue(tx, {
      to: email,
      language,
      content: {
        kind: 'invitation',
        path: made.path,
        workspace: workspace.name,
        role: role.name,
        invitedBy,
        expiresAt: made.row.expiresAt.toString({ smallestUnit: 'second' }),
      },
    })
    afterCommit(call, () => call.mails.wake())
    return { ...shown(made.row, invitedBy, call.clock.now()), ...asMade(made), mailed }
  })
}

function shown(row: LinkRow, invitedBy: string | null, now: Temporal.Instant): Invitation {
  const { id, email, role, team, ownerName, createdAt, expiresAt } = row
  return {
    id,
    email,
    role,
    team,
    ownerName,
    invitedBy,
    createdAt: createdAt.toString(),
    expiresAt: expiresAt.toString(),
    expired: Temporal.Instant.compare(expiresAt, now) <= 0,
  }
}

/** Invitations that were neither accepted nor taken back, oldest first. */
export async function listInvitations(call: Call): Promise<Invitation[]> {
  const rows = await call.state.db
    .select({ link: links, by: users.name })
    .from(links)
    .leftJoin(users, eq(users.id, links.madeBy))
    .where(
      and(
        eq(links.workspaceId, call.workspaceId),
        eq(links.kind, 'invitation'),
        isNull(links.usedAt),
        isNull(links.revokedAt),
      ),
    )
    .orderBy(asc(links.createdAt), asc(links.id))
  return rows.map(({ link, by }) => shown(link, by, call.clock.now()))
}

/** @throws Failure INVITATION_NOT_FOUND */
export async function revokeInvitation(call: Call, id: string): Promise<Invitation[]> {
  const revoked = await call.state.db
    .update(links)
    .set({ revokedAt: call.clock.now() })
    .where(
      and(
        eq(links.workspaceId, call.workspaceId),
        eq(links.kind, 'invitation'),
        eq(links.id, id),
        isNull(links.usedAt),
        isNull(links.revokedAt),
      ),
    )
    .returning({ id: links.id })
  if (revoked.length === 0) throw new Failure('INVITATION_NOT_FOUND')
  return await listInvitations(call)
}

/** A link with which a member chooses a new password. @throws Failure MEMBER_NOT_FOUND, ROLE_BEYOND_YOURS */
export async function makePasswordLink(call: Call, userId: string): Promise<MadeLink> {
  return await call.state.transaction(async (tx) => {
    const { email, role, team, ownerName } = await oneMember(tx, call.workspaceId, userId)
    // Whoever has the link can be that person.
    await checkMayHandle(tx, call, role)
    await checkOnlyHere(tx, call, userId)
    const whom = { email, role, team, ownerName }
    const hours = passwordLinkHours
    return asMade(await makeLink(tx, { ...madeByCaller(call), kind: 'password', whom, hours }))
  })
}

export interface SeenLink {
  readonly kind: Kind
  readonly workspace: string
  readonly email: string
  readonly role: Text
  readonly known: boolean
}

/** What a link is for. @throws Failure LINK_NOT_VALID, TOO_MANY_ATTEMPTS */
export async function lookAtLink(call: Call, text: string): Promise<SeenLink> {
  const { db } = call.state
  call.people.limits.begin({ account: null, address: call.visit.address })
  const link = await openLink(db, hashOfLink(text), call.clock.now())
  if (link === null) throw new Failure('LINK_NOT_VALID')
  const [workspace, role, user] = await Promise.all([
    getWorkspace({ ...call, workspaceId: link.workspaceId }),
    readRole(db, link.workspaceId, link.role),
    userByEmail(db, link.email),
  ])
  const { kind, email } = link
  const name = role?.name ?? { en: link.role, ja: link.role }
  return { kind, workspace: workspace.name, email, role: name, known: user !== null }
}

export interface Acceptance {
  readonly link: string
  readonly name: string
  readonly password: string
  readonly language?: Language | undefined
}

/**
 * Makes whom the link invites a member, a user as well where they are none yet, and signs them in.
 *
 * @throws Failure LINK_NOT_VALID, PASSWORD_REFUSED, SIGN_IN_REFUSED, TOO_MANY_ATTEMPTS
 */
export async function acceptInvitation(call: Call, given: Acceptance): Promise<SessionState> {
  const { people, visit, clock, state } = call
  const hashOfText = hashOfLink(given.link)
  people.limits.begin({ account: null, address: visit.address })
  const seen = await openLink(state.db, hashOfText, clock.now())
  if (seen?.kind !== 'invitation') throw new Failure('LINK_NOT_VALID')
  const { email, workspaceId } = seen
  const known = await userByEmail(state.db, email)
  const name = given.name === '' ? email : given.name
  if (known === null) await checkPassword(given.password, [name, email])
  else {
    // Whoever was handed the link must not become somebody who is here already.
    people.limits.begin({ account: email, address: visit.address })
    if (!(await people.identity.isPasswordOf(known.id, given.password))) {
      throw new Failure('SIGN_IN_REFUSED')
    }
  }
  const hash = known === null ? await people.identity.hash(given.password) : ''
  const userId = known?.id ?? randomUUID()
  await state.transaction(async (tx) => {
    await lockPeople(tx)
    const link = await openLink(tx, hashOfText, clock.now(), 'locked')
    if (link === null) throw new Failure('LINK_NOT_VALID')
    if (known === null) {
      const at = new Date(clock.now().epochMilliseconds)
      await addUser(tx, { id: userId, name, email, at }, hash)
    }
    const { role, team, ownerName } = link
    const standing = { role, team, ownerName, joinedAt: clock.now() }
    await tx
      .insert(members)
      .values({ workspaceId, userId, ...standing })
      .onConflictDoNothing()
    await keepLanguage(tx, email, given.language)
    await tx.update(links).set({ usedAt: clock.now() }).where(eq(links.id, link.id))
  })
  return await signInAs(call, email, given.password)
}

/**
 * Sets the password of whom the link is for; they are signed in nowhere then.
 *
 * @throws Failure LINK_NOT_VALID, PASSWORD_REFUSED, TOO_MANY_ATTEMPTS
 */
export async function resetPassword(
  call: Call,
  given: { readonly link: string; readonly password: string },
): Promise<SessionState> {
  const { people, visit, clock, state } = call
  const hashOfText = hashOfLink(given.link)
  people.limits.begin({ account: null, address: visit.address })
  const seen = await openLink(state.db, hashOfText, clock.now())
  const user = seen?.kind === 'password' ? await userByEmail(state.db, seen.email) : null
  if (user === null) throw new Failure('LINK_NOT_VALID')
  await checkPassword(given.password, [user.name, user.email])
  const hash = await people.identity.hash(given.password)
  await state.transaction(async (tx) => {
    const link = await openLink(tx, hashOfText, clock.now(), 'locked')
    if (link === null) throw new Failure('LINK_NOT_VALID')
    const at = new Date(clock.now().epochMilliseconds)
    await setPassword(tx, { userId: user.id, hash, at })
    await tellOfChange(tx, call, user.id, 'password')
    await tx.update(links).set({ usedAt: clock.now() }).where(eq(links.id, link.id))
  })
  call.mails.wake()
  return await sessionState(call, nobody(call.workspaceId))
}
