import {
  type InstallationView,
  type MailServer,
  mailServerSchema,
  type SessionPolicy,
  sessionPolicySchema,
} from '@tomoshibi/contract/installation'
import type { StateDb } from '@tomoshibi/state/store'
import type { Call } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import { shortenSessions } from '../people/identity.ts'
import { isLoopbackHost, isLoopbackName } from '../platform/address.ts'
import { scopes } from '../secrets/service.ts'
import { putSetting, removeSetting, settingAt } from './store.ts'

const mailKey = 'mail'
const sessionsKey = 'sessions'
/** Where the password of the mail server is sealed. */
export const mailPassword = { scope: scopes.installation, name: 'mail.password' } as const

/** The mail server; null where none was chosen. */
export async function mailServer(db: StateDb): Promise<MailServer | null> {
  const stored = await settingAt(db, mailKey)
  return stored === undefined ? null : mailServerSchema.parse(stored)
}

/** How long sessions hold. */
export const sessionPolicy = async (db: StateDb): Promise<SessionPolicy> =>
  sessionPolicySchema.parse((await settingAt(db, sessionsKey)) ?? {})

export async function showInstallation({
  state,
  secrets,
  address,
}: Pick<Call, 'state' | 'secrets' | 'address'>): Promise<InstallationView> {
  const server = await mailServer(state.db)
  const hasPassword = await secrets.has(state.db, mailPassword)
  const sessions = await sessionPolicy(state.db)
  return { publicUrl: address.origin, mail: server && { ...server, hasPassword }, sessions }
}

/** What a password that is kept may go to without being given again. */
const isSameServer = (a: MailServer | null, b: MailServer): boolean =>
  a !== null && a.host === b.host && a.port === b.port && a.security === b.security

function badInput(en: string, ja: string): Failure {
  return new Failure('BAD_INPUT', { problem: en, problemJa: ja })
}

/** @param chosen without a password, the one that there is stays. @throws Failure BAD_INPUT */
export async function setMailServer(
  call: Call,
  chosen: MailServer & { readonly password?: string | undefined },
): Promise<InstallationView> {
  const { password, ...server } = chosen
  await call.state.transaction(async (tx) => {
    const before = await mailServer(tx)
    const kept = password === undefined && (await call.secrets.has(tx, mailPassword))
    call.noteBefore?.(before)
    if (kept && !isSameServer(before, server)) {
      throw badInput(
        'another server or way to reach it: give the password again',
        'サーバーまたは接続方法が変わったため、パスワードをもう一度入力してください',
      )
    }
    const hasPassword = kept || (password !== undefined && password !== '')
    const isHere = isLoopbackHost(server.host) || isLoopbackName(server.host)
    if (hasPassword && server.security === 'none' && !isHere) {
      throw badInput(
        'a password is sent to another machine by tls or starttls only',
        '別のマシンにパスワードを送るには tls か starttls が必要です',
      )
    }
    await putSetting(tx, mailKey, server, call.clock.now())
    if (password === '') await call.secrets.remove(tx, mailPassword)
    else if (password !== undefined) await call.secrets.put(tx, mailPassword, password)
  })
  return await showInstallation(call)
}

export async function removeMailServer(call: Call): Promise<InstallationView> {
  await call.state.transaction(async (tx) => {
    call.noteBefore?.(await mailServer(tx))
    await removeSetting(tx, mailKey)
    await call.secrets.remove(tx, mailPassword)
  })
  return await showInstallation(call)
}

/** Chooses how long sessions hold; those that there are end by it as well. */
export async function setSessionPolicy(
  call: Call,
  policy: SessionPolicy,
): Promise<InstallationView> {
  await call.state.transaction(async (tx) => {
    call.noteBefore?.(await sessionPolicy(tx))
    await putSetting(tx, sessionsKey, policy, call.clock.now())
    await shortenSessions(tx, policy)
  })
  call.people.identity.policyChanged()
  return await showInstallation(call)
}
