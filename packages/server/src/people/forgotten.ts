import type { Language } from '@tomoshibi/contract/text'
import type { Call } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import type { PasswordLink } from '../mail/mail.ts'
import { getWorkspace, type WorkspacePorts } from '../platform/workspace.ts'
import { makeLink } from './links.ts'
import { mailedLinkHours } from './people.ts'
import { membershipsOf, userByEmail } from './store.ts'

/**
 * Has a link for a new password sent to an address. Whose it is, is looked up when the mail is sent: here, answer and work
 * are the same for all addresses.
 *
 * @throws Failure MAIL_NOT_SET_UP, TOO_MANY_ATTEMPTS
 */
export async function forgotPassword(
  { people, mails, state, visit }: Call,
  { email, language }: { readonly email: string; readonly language: Language },
): Promise<{ readonly holdsHours: number }> {
  people.limits.beginMail({ account: email, address: visit.address })
  const content = { kind: 'forgotten_password' } as const
  const isQueued = await state.transaction((tx) =>
    mails.enqueue(tx, { to: email, language, content }),
  )
  if (!isQueued) throw new Failure('MAIL_NOT_SET_UP')
  mails.wake()
  return { holdsHours: mailedLinkHours }
}

/** The link for who has an address; null where nobody has. An earlier one no longer holds. */
export async function passwordLinkFor(
  ports: WorkspacePorts,
  email: string,
): Promise<PasswordLink | null> {
  const { state, clock } = ports
  return await state.transaction(async (tx) => {
    const user = await userByEmail(tx, email)
    if (user === null) return null
    const [first] = await membershipsOf(tx, user.id)
    const workspaceId = first?.workspaceId ?? (await getWorkspace(ports)).id
    const { role, team, ownerName } = first ?? { role: '', team: '', ownerName: '' }
    const { path } = await makeLink(tx, {
      kind: 'password',
      workspaceId,
      whom: { email, role, team, ownerName },
      madeBy: null,
      now: clock.now(),
      hours: mailedLinkHours,
    })
    const { name, language } = user
    return { name, path, hours: mailedLinkHours, language }
  })
}
