import type { Permission } from '@tomoshibi/contract/operation'
import {
  type BuiltInRole,
  builtInRoleKeys,
  builtInRoles,
  grantable,
} from '@tomoshibi/contract/roles'
import type { Language, Text } from '@tomoshibi/contract/text'
import { passkeys } from '@tomoshibi/state/schema/passkeys'
import { customRoles, links, members, sessions, users } from '@tomoshibi/state/schema/people'
import { secondFactors } from '@tomoshibi/state/schema/second-factors'
import { workspaces } from '@tomoshibi/state/schema/workspaces'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, eq, gt, isNull, max, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import * as z from 'zod'

/** A role as it holds in a workspace. */
export interface HeldRole {
  readonly key: string
  readonly name: Text
  readonly says: Text
  readonly builtIn: boolean
  readonly permissions: readonly Permission[]
  readonly accounts: 'all' | 'by_setting'
}

const isBuiltIn = (key: string): key is BuiltInRole => builtInRoleKeys.some((one) => one === key)
const storedPermissions = z.array(z.string())

/** The role of that key; null when there is none. */
export async function readRole(
  db: StateDb,
  workspaceId: string,
  key: string,
): Promise<HeldRole | null> {
  if (isBuiltIn(key)) return { key, builtIn: true, ...builtInRoles[key] }
  const [row] = await db
    .select()
    .from(customRoles)
    .where(and(eq(customRoles.workspaceId, workspaceId), eq(customRoles.key, key)))
  return row === undefined ? null : ofRow(row)
}

/** All roles, the built-in ones first. */
export async function readRoles(db: StateDb, workspaceId: string): Promise<HeldRole[]> {
  const rows = await db
    .select()
    .from(customRoles)
    .where(eq(customRoles.workspaceId, workspaceId))
    .orderBy(asc(customRoles.key))
  const builtIn = builtInRoleKeys.map((key) => ({ key, builtIn: true, ...builtInRoles[key] }))
  return [...builtIn, ...rows.map(ofRow)]
}

function ofRow(row: typeof customRoles.$inferSelect): HeldRole {
  const stored = storedPermissions.parse(row.permissions)
  return {
    key: row.key,
    name: { en: row.name, ja: row.name },
    says: { en: '', ja: '' },
    builtIn: false,
    // One that the program no longer knows gives nothing.
    permissions: grantable.filter((one) => stored.includes(one)),
    accounts: row.ownAccountsOnly ? 'by_setting' : 'all',
  }
}

export interface MemberRow {
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly role: string
  readonly team: string
  readonly ownerName: string
  readonly joinedAt: Temporal.Instant
  readonly lastSeenAt: Date | null
  readonly secondFactor: boolean
}

/** Everybody who belongs to a workspace, by name; or the one user. */
export async function readMembers(
  db: StateDb,
  workspaceId: string,
  userId?: string,
): Promise<MemberRow[]> {
  return await db
    .select({
      userId: members.userId,
      name: users.name,
      email: users.email,
      role: members.role,
      team: members.team,
      ownerName: members.ownerName,
      joinedAt: members.joinedAt,
      lastSeenAt: max(sessions.updatedAt),
      secondFactor: sql<boolean>`bool_or(${secondFactors.userId} IS NOT NULL) OR EXISTS (SELECT FROM ${passkeys} WHERE ${passkeys.userId} = ${members.userId})`,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .leftJoin(sessions, eq(sessions.userId, members.userId))
    .leftJoin(secondFactors, eq(secondFactors.userId, members.userId))
    .where(
      and(
        eq(members.workspaceId, workspaceId),
        userId === undefined ? undefined : eq(members.userId, userId),
      ),
    )
    .groupBy(members.workspaceId, members.userId, users.id)
    .orderBy(asc(users.name), asc(users.email))
}

/** The workspaces of a user, the one joined first before the others. */
export const membershipsOf = async (db: StateDb, userId: string) =>
  await db
    .select({
      workspaceId: members.workspaceId,
      workspace: workspaces.name,
      role: members.role,
      team: members.team,
      ownerName: members.ownerName,
    })
    .from(members)
    .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
    .where(eq(members.userId, userId))
    .orderBy(asc(members.joinedAt), asc(members.workspaceId))

export const isAnybodyThere = async (db: StateDb): Promise<boolean> =>
  (await db.select({ id: users.id }).from(users).limit(1)).length > 0

export const userByEmail = async (db: StateDb, email: string) =>
  (await db.select().from(users).where(eq(users.email, email)))[0] ?? null

export const userById = async (db: StateDb, id: string) =>
  (await db.select().from(users).where(eq(users.id, id)))[0] ?? null

/** Remembers in which language somebody reads. */
export async function keepLanguage(
  db: StateDb,
  email: string,
  language: Language | undefined,
): Promise<void> {
  if (language === undefined) return
  await db.update(users).set({ language }).where(eq(users.email, email))
}

export type LinkRow = typeof links.$inferSelect

/** The link that a hash belongs to, while it holds; locked, so that it is used once. */
export async function openLink(
  db: StateDb,
  hash: string,
  now: Temporal.Instant,
  lock?: 'locked',
): Promise<LinkRow | null> {
  const query = db
    .select()
    .from(links)
    .where(
      and(
        eq(links.hash, hash),
        isNull(links.usedAt),
        isNull(links.revokedAt),
        gt(links.expiresAt, now),
      ),
    )
  const [row] = lock === undefined ? await query : await query.for('update')
  return row ?? null
}

/** Any number will do: it makes changes of who may come in wait for each other. */
const peopleLock = 7_466_321_410

/** Until the transaction ends nobody else becomes, stays or stops being an owner. */
export async function lockPeople(tx: StateDb): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(${peopleLock})`)
}
