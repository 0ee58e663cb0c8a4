import { randomUUID } from 'node:crypto'
import type { Language } from '@tomoshibi/contract/text'
import { links, members, users } from '@tomoshibi/state/schema/people'
import type { StateDb } from '@tomoshibi/state/store'
import { eq } from 'drizzle-orm'
import type { Call } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import { tellOfChange } from './notices.ts'
import { type Claims, nameOf, vouchedEmail } from './providers/providers.ts'
import {
  addIdentity,
  identitiesOf,
  identityAt,
  invitationsFor,
  noteUse,
  type ProviderRow,
} from './providers/store.ts'
import {
  isAnybodyThere,
  keepLanguage,
  lockPeople,
  membershipsOf,
  readRole,
  userByEmail,
  userById,
} from './store.ts'

/** Who somebody at a provider is here, and whether they were before. */
export interface Somebody {
  readonly userId: string
  readonly became: 'known' | 'linked' | 'joined'
}

/**
 * Who it is that a provider signed in. Who was connected is known by what the provider calls them; anybody else by an address
 * that it vouches for. Open invitations for that address are accepted.
 *
 * @param tx in which it becomes so
 * @throws Failure PROVIDER_EMAIL_NOT_VOUCHED, PROVIDER_PERSON_UNKNOWN, PROVIDER_IDENTITY_TAKEN
 */
export async function somebodyAt(
  tx: StateDb,
  call: Call,
  provider: ProviderRow,
  claims: Claims,
  language: Language | null,
): Promise<Somebody> {
  await lockPeople(tx)
  const now = call.clock.now()
  const email = vouchedEmail(provider, claims)
  const identity = await identityAt(tx, provider.id, claims.sub)
  if (identity !== null) {
    const { userId } = identity
    const own = (await userById(tx, userId))?.email ?? ''
    if (email === own) await acceptInvitations(tx, call, own, userId)
    await checkBelongs(tx, provider, userId, own)
    await keepLanguage(tx, own, language ?? undefined)
    await noteUse(tx, identity, { email: claims.email ?? identity.email, lastUsedAt: now })
    return { userId, became: 'known' }
  }
  if (email === null) {
    throw new Failure('PROVIDER_EMAIL_NOT_VOUCHED', { provider: provider.name })
  }
  const user = await userByEmail(tx, email)
  const userId = user?.id ?? (await newUser(tx, call, provider, claims, email))
  await acceptInvitations(tx, call, email, userId)
  await checkBelongs(tx, provider, userId, email)
  await keepLanguage(tx, email, language ?? undefined)
  await connect(tx, call, provider, claims, userId)
  return { userId, became: user === null ? 'joined' : 'linked' }
}

/**
 * Remembers that somebody at a provider is a user here, and writes to them.
 *
 * @throws Failure PROVIDER_IDENTITY_TAKEN where one of both is connected already: addresses are given to others, in time
 */
export async function connect(
  tx: StateDb,
  call: Call,
  { id, name }: ProviderRow,
  { sub, email }: Claims,
  userId: string,
): Promise<'known' | 'linked'> {
  const [there, here] = [await identityAt(tx, id, sub), await identitiesOf(tx, userId)]
  if (there?.userId === userId) return 'known'
  if (there !== null || here.some((one) => one.providerId === id)) {
    throw new Failure('PROVIDER_IDENTITY_TAKEN', { provider: name })
  }
  const now = call.clock.now()
  await addIdentity(tx, {
    providerId: id,
    subject: sub,
    userId,
    email: email ?? null,
    linkedAt: now,
    lastUsedAt: now,
  })
  await tellOfChange(tx, call, userId, 'single_sign_on')
  return 'linked'
}

/** Who was taken out of all workspaces has no way back by a provider alone. */
async function checkBelongs(tx: StateDb, { name }: ProviderRow, userId: string, email: string) {
  if ((await membershipsOf(tx, userId)).length > 0) return
  throw new Failure('PROVIDER_PERSON_UNKNOWN', { provider: name, email })
}

/** Somebody whom nobody knows yet: a user where they are invited, or where the provider's people are made members. */
async function newUser(
  tx: StateDb,
  { clock }: Call,
  provider: ProviderRow,
  claims: Claims,
  email: string,
): Promise<string> {
  const now = clock.now()
  const isInvited = (await invitationsFor(tx, email, now)).length > 0
  const joins = isInvited ? null : await joinedBy(tx, provider)
  if (!isInvited && joins === null) {
    throw new Failure('PROVIDER_PERSON_UNKNOWN', { provider: provider.name, email })
  }
  const userId = randomUUID()
  const at = new Date(now.epochMilliseconds)
  const name = nameOf(claims, email)
  await tx
    .insert(users)
    .values({ id: userId, name, email, emailVerified: true, createdAt: at, updatedAt: at })
  if (joins !== null) {
    await tx.insert(members).values({ ...joins, userId, team: '', ownerName: '', joinedAt: now })
  }
  return userId
}

/** Where people of the provider become members; null for nowhere, as where that role is gone. */
async function joinedBy(tx: StateDb, { joinsWorkspaceId, joinsRole }: ProviderRow) {
  if (joinsWorkspaceId === null || joinsRole === null) return null
  // The first owner comes with the link that the server printed, not with a provider.
  if (!(await isAnybodyThere(tx))) return null
  if ((await readRole(tx, joinsWorkspaceId, joinsRole)) === null) return null
  return { workspaceId: joinsWorkspaceId, role: joinsRole }
}

async function acceptInvitations(
  tx: StateDb,
  { clock }: Call,
  email: string,
  userId: string,
): Promise<void> {
  const now = clock.now()
  for (const link of await invitationsFor(tx, email, now)) {
    const { workspaceId, role, team, ownerName } = link
    await tx
      .insert(members)
      .values({ workspaceId, userId, role, team, ownerName, joinedAt: now })
      .onConflictDoNothing()
    await tx.update(links).set({ usedAt: now }).where(eq(links.id, link.id))
  }
}
