import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { sessions, users } from './people.ts'
import { workspaces } from './workspaces.ts'

/**
 * Who vouches for people by OpenID Connect. The secret of our client there is in `secrets`. The issuer never changes: who
 * somebody is holds at that issuer alone.
 */
export const identityProviders = pgTable(
  'identity_providers',
  {
    /** As in the address to which browsers come back. */
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    issuer: text('issuer').notNull().unique(),
    clientId: text('client_id').notNull(),
    /** Domains of the e-mail addresses for which its word counts; texts in lower case. */
    domains: jsonb('domains').$type<unknown>().notNull(),
    /** Where people of the domains whom nobody knows yet become members; null for nowhere. */
    joinsWorkspaceId: text('joins_workspace_id').references(() => workspaces.id),
    joinsRole: text('joins_role'),
    /** Who signs in with it needs no second step of ours. */
    trustsSecondFactor: boolean('trusts_second_factor').notNull(),
    enabled: boolean('enabled').notNull(),
    createdAt: instant('created_at').notNull(),
    changedAt: instant('changed_at').notNull(),
  },
  () => [
    check('identity_providers_joins', sql`(joins_workspace_id IS NULL) = (joins_role IS NULL)`),
  ],
)

const providerId = () =>
  text('provider_id')
    .notNull()
    .references(() => identityProviders.id, { onDelete: 'cascade' })

/** Which user somebody at a provider is here. */
export const providerIdentities = pgTable(
  'provider_identities',
  {
    providerId: providerId(),
    /** Who they are there (`sub`): never given to another person, as addresses are. */
    subject: text('subject').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Their address there when they last signed in with it; null where the provider did not say. */
    email: text('email'),
    linkedAt: instant('linked_at').notNull(),
    lastUsedAt: instant('last_used_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.providerId, table.subject] }),
    unique('provider_identities_one_each').on(table.providerId, table.userId),
    index('provider_identities_of_user').on(table.userId),
  ],
)

/** Which sessions began at a provider. */
export const providerSessions = pgTable(
  'provider_sessions',
  {
    sessionId: text('session_id')
      .primaryKey()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    providerId: providerId(),
  },
  (table) => [index('provider_sessions_of_provider').on(table.providerId)],
)

export const providerPurposes = ['sign_in', 'link', 'confirm', 'second_step'] as const

/** Who is on their way to a provider and back, or gives a code after it. */
export const providerTrips = pgTable(
  'provider_trips',
  {
    /** SHA-256 of what the browser's cookie holds, hexadecimal. */
    hash: text('hash').primaryKey(),
    /** No reference: a code that is asked for after it is refused when the provider is gone, not taken for one after a password. */
    providerId: text('provider_id').notNull(),
    purpose: text('purpose', { enum: providerPurposes }).notNull(),
    /** The session for which it is; null where it is to begin one. */
    sessionId: text('session_id').references(() => sessions.id, { onDelete: 'cascade' }),
    /** A path of ours. */
    returnTo: text('return_to').notNull(),
    language: text('language', { enum: ['ja', 'en'] }),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  () => [
    check('provider_trips_purpose', sql`purpose IN ('sign_in', 'link', 'confirm', 'second_step')`),
    check(
      'provider_trips_session',
      sql`(session_id IS NOT NULL) = (purpose IN ('link', 'confirm'))`,
    ),
  ],
)
