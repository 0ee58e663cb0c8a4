import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { workspaces } from './workspaces.ts'

/** As better-auth reads and writes it: a `Date`. Its tables are `users` to `verifications`. */
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** A person who can sign in, whichever workspaces they belong to. */
export const users = pgTable('users', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** In lower case. */
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull(),
  image: text('image'),
  /** In which e-mails to them are written; null until they signed in with a browser. */
  language: text('language', { enum: ['ja', 'en'] }),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
})

export const waysIn = ['password', 'second_step', 'passkey', 'provider'] as const

/** A browser in which a person is signed in. */
export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** What the cookie holds, signed. */
    token: text('token').notNull().unique(),
    expiresAt: moment('expires_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    /** How they showed who they are when it began; null for those from before that was written down. */
    signedInBy: text('signed_in_by', { enum: waysIn }),
    /** When they last showed it in this session. */
    confirmedAt: moment('confirmed_at'),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [index('sessions_of_user').on(table.userId)],
)

/** How a person shows who they are: a password (`credential`), or an identity elsewhere. */
export const credentials = pgTable(
  'credentials',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    providerId: text('provider_id').notNull(),
    /** Who they are there; the user's own id for a password. */
    accountId: text('account_id').notNull(),
    /** The hash of the password (scrypt, salted). */
    password: text('password'),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: moment('access_token_expires_at'),
    refreshTokenExpiresAt: moment('refresh_token_expires_at'),
    scope: text('scope'),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [index('credentials_of_user').on(table.userId)],
)

/** Short-lived values that better-auth checks later. */
export const verifications = pgTable(
  'verifications',
  {
    id: text('id').primaryKey(),
    identifier: text('identifier').notNull(),
    value: text('value').notNull(),
    expiresAt: moment('expires_at').notNull(),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [index('verifications_by_identifier').on(table.identifier)],
)

/** What a workspace calls a set of permissions, beside the roles that there are anyway. */
export const customRoles = pgTable(
  'custom_roles',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    key: text('key').notNull(),
    name: text('name').notNull(),
    permissions: jsonb('permissions').$type<unknown>().notNull(),
    /** Sees their own and their team's accounts only. */
    ownAccountsOnly: boolean('own_accounts_only').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.key] })],
)

/** Who belongs to which workspace, as what. */
export const members = pgTable(
  'members',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** A built-in role, or the key of a custom one. */
    role: text('role').notNull(),
    /** People of one team see each other's accounts; empty for none. */
    team: text('team').notNull(),
    /** What the accounts' attribute `owner` calls this person; their e-mail address counts as well. */
    ownerName: text('owner_name').notNull(),
    joinedAt: instant('joined_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.userId] }),
    index('members_of_user').on(table.userId),
  ],
)

export const linkKinds = ['invitation', 'password'] as const

/**
 * Links that are good for one use: to join a workspace, or to choose a new password. Only a hash of
 * what stands in the link is kept.
 */
export const links = pgTable(
  'links',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind', { enum: linkKinds }).notNull(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    email: text('email').notNull(),
    /** SHA-256 of the random text, hexadecimal. */
    hash: text('hash').notNull().unique(),
    role: text('role').notNull(),
    team: text('team').notNull(),
    ownerName: text('owner_name').notNull(),
    /** The user who made it; null for the command line. */
    madeBy: text('made_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    index('links_of_workspace').on(table.workspaceId, table.kind, table.createdAt),
    check('links_kind', sql`kind IN ('invitation', 'password')`),
  ],
)

/** Keys with which programs call operations. Only a hash is kept; the key is shown once. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    name: text('name').notNull(),
    /** SHA-256 of the key, hexadecimal. A key is random and long, so that no salt is needed. */
    hash: text('hash').notNull().unique(),
    /** The first characters of the key, to tell keys apart. */
    hint: text('hint').notNull(),
    permissions: jsonb('permissions').$type<unknown>().notNull(),
    madeBy: text('made_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: instant('created_at').notNull(),
    /** Null: until it is revoked. */
    expiresAt: instant('expires_at'),
    /** To about a minute. */
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  (table) => [index('api_keys_by_workspace').on(table.workspaceId, table.createdAt)],
)
