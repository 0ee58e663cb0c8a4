import type { IdentityProvider } from '@tomoshibi/contract/identity-providers'
import type { StateDb } from '@tomoshibi/state/store'
import type { Call } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { checkMayHandle } from '../members.ts'
import { checkWorkspace } from '../workspaces.ts'
import {
  allProviders,
  countsOf,
  dropProvider,
  endProviderSessions,
  type ProviderRow,
  providerAt,
  putProvider,
} from './store.ts'
import { redirectUrlOf, secretPlace } from './trips.ts'

/** What is chosen of a provider, without what we know of it. */
export type ChosenProvider = Omit<
  IdentityProvider,
  'redirectUrl' | 'people' | 'sessions' | 'changedAt'
> & {
  /** Left out, the one that there is stays. */
  readonly secret?: string | undefined
}

/** All providers, by name. */
export async function listProviders(call: Call): Promise<IdentityProvider[]> {
  const { state, clock } = call
  const rows = await allProviders(state.db)
  return await Promise.all(
    rows.map(async (row) => ({
      ...chosenOf(row),
      redirectUrl: redirectUrlOf(call, row.id),
      ...(await countsOf(state.db, row.id, clock.now())),
      changedAt: row.changedAt.toString(),
    })),
  )
}

function chosenOf(row: ProviderRow): ChosenProvider {
  const { id, name, issuer, clientId, trustsSecondFactor, enabled } = row
  const { joinsWorkspaceId: workspaceId, joinsRole: role } = row
  const joins = workspaceId === null || role === null ? null : { workspaceId, role }
  return {
    id,
    name,
    issuer,
    clientId,
    domains: [...row.domains],
    joins,
    trustsSecondFactor,
    enabled,
  }
}

function badInput(en: string, ja: string): Failure {
  return new Failure('BAD_INPUT', { problem: en, problemJa: ja })
}

/** @throws Failure BAD_INPUT, WORKSPACE_NOT_FOUND, ROLE_NOT_FOUND, ROLE_BEYOND_YOURS */
export async function setProvider(call: Call, chosen: ChosenProvider): Promise<IdentityProvider[]> {
  const { state, clock, secrets } = call
  const { secret, joins, domains, ...settings } = chosen
  await state.transaction(async (tx) => {
    const before = await providerAt(tx, chosen.id, 'locked')
    call.noteBefore?.(before === null ? null : chosenOf(before))
    await checkIssuer(tx, chosen, before)
    if (joins !== null) await checkJoins(call, tx, joins)
    if (secret === undefined && !(await secrets.has(tx, secretPlace(chosen.id)))) {
      throw badInput(
        'give the secret of the client',
        'クライアントのシークレットを入力してください',
      )
    }
    const now = clock.now()
    await putProvider(tx, {
      ...settings,
      domains: [...new Set(domains)],
      joinsWorkspaceId: joins?.workspaceId ?? null,
      joinsRole: joins?.role ?? null,
      createdAt: before?.createdAt ?? now,
      changedAt: now,
    })
    if (secret !== undefined) await secrets.put(tx, secretPlace(chosen.id), secret)
  })
  return await listProviders(call)
}

/** Who somebody is holds at one issuer: neither may another take its place, nor two share it. */
async function checkIssuer(
  tx: StateDb,
  { id, issuer }: ChosenProvider,
  before: ProviderRow | null,
) {
  if (before !== null && before.issuer !== issuer) {
    throw badInput(
      'the issuer stays: make another provider, and remove this one',
      '発行者は変更できません。別のプロバイダーとして追加し、これを削除してください',
    )
  }
  const other = (await allProviders(tx)).find((one) => one.issuer === issuer && one.id !== id)
  if (other !== undefined) {
    throw badInput(
      `the provider '${other.id}' has this issuer`,
      `この発行者はプロバイダー「${other.id}」で使われています`,
    )
  }
}

async function checkJoins(
  call: Call,
  tx: StateDb,
  { workspaceId, role }: NonNullable<ChosenProvider['joins']>,
): Promise<void> {
  await checkWorkspace(call.state, workspaceId)
  if (role === 'owner') {
    throw badInput(
      'nobody becomes an owner without being chosen: take another role',
      'オーナーには自動でなれません。別のロールを選んでください',
    )
  }
  await checkMayHandle(tx, { ...call, workspaceId }, role)
}

/** Forgets a provider, who signs in with it, and their sessions. @throws Failure PROVIDER_NOT_FOUND */
export async function removeProvider(call: Call, id: string): Promise<IdentityProvider[]> {
  await call.state.transaction(async (tx) => {
    const before = await providerAt(tx, id)
    if (before === null) throw new Failure('PROVIDER_NOT_FOUND', { provider: id })
    call.noteBefore?.(chosenOf(before))
    await endProviderSessions(tx, id)
    await dropProvider(tx, id)
    await call.secrets.remove(tx, secretPlace(id))
  })
  return await listProviders(call)
}

/** @throws Failure PROVIDER_NOT_FOUND */
export async function endSessionsOf(call: Call, id: string): Promise<{ readonly ended: number }> {
  return await call.state.transaction(async (tx) => {
    if ((await providerAt(tx, id)) === null)
      throw new Failure('PROVIDER_NOT_FOUND', { provider: id })
    return { ended: await endProviderSessions(tx, id) }
  })
}

/**
 * Asks a provider, on or off, how it describes itself.
 *
 * @throws Failure PROVIDER_NOT_FOUND, PROVIDER_UNREACHABLE
 */
export async function tryProvider(call: Call, id: string) {
  const { state, secrets, people } = call
  const provider = await providerAt(state.db, id)
  const secret = provider === null ? null : await secrets.get(state.db, secretPlace(id))
  if (provider === null || secret === null)
    throw new Failure('PROVIDER_NOT_FOUND', { provider: id })
  const told = (await people.providers.describe({ provider, secret })).serverMetadata()
  return {
    issuer: told.issuer,
    signInUrl: told.authorization_endpoint ?? '',
    tellsIssuer: told.authorization_response_iss_parameter_supported === true,
    pkce: told.supportsPKCE('S256'),
  }
}
