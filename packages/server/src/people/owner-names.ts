import type { Language } from '@tomoshibi/contract/text'
import { members, users } from '@tomoshibi/state/schema/people'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, eq } from 'drizzle-orm'

interface Standing {
  readonly workspaceId: string
  readonly userId: string
  readonly team: string
}

/** The names by which accounts call a member, or anybody of their team, as their owner. */
export async function ownerNamesOf(
  db: StateDb,
  member: Standing,
  of: 'member' | 'team',
): Promise<string[]> {
  const isAlone = of === 'member' || member.team === ''
  const found = await db
    .select({ ownerName: members.ownerName, email: users.email })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(
        eq(members.workspaceId, member.workspaceId),
        isAlone ? eq(members.userId, member.userId) : eq(members.team, member.team),
      ),
    )
  const names = found.flatMap(({ ownerName, email }) => [ownerName, email])
  return [...new Set(names.filter((name) => name.trim() !== ''))]
}

/** The same for a user; none where they do not belong to the workspace. */
export async function ownerNamesOfUser(
  db: StateDb,
  workspaceId: string,
  userId: string,
  of: 'member' | 'team',
): Promise<string[]> {
  const [member] = await db
    .select({ team: members.team })
    .from(members)
    .where(and(eq(members.workspaceId, workspaceId), eq(members.userId, userId)))
  return member === undefined
    ? []
    : await ownerNamesOf(db, { workspaceId, userId, team: member.team }, of)
}

/** What accounts call a member, and what else they are called. */
export interface CalledMember {
  /** The name for accounts; the e-mail address where there is none. */
  readonly called: string
  readonly names: readonly string[]
  readonly email: string
  /** null = they have not chosen one. */
  readonly language: Language | null
}

/** Everybody who belongs to a workspace, by name. */
export async function readCalledMembers(db: StateDb, workspaceId: string): Promise<CalledMember[]> {
  const rows = await db
    .select({
      name: users.name,
      email: users.email,
      language: users.language,
      ownerName: members.ownerName,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(eq(members.workspaceId, workspaceId))
    .orderBy(asc(users.name), asc(users.email))
  return rows.map(({ name, email, language, ownerName }) => ({
    ...{ email, language },
    called: ownerName.trim() === '' ? email : ownerName,
    names: [ownerName, email, name].filter((each) => each.trim() !== ''),
  }))
}
