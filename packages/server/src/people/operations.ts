import { operations } from '../call/context.ts'
import { forgotPassword } from './forgotten.ts'
import {
  acceptInvitation,
  invite,
  listInvitations,
  lookAtLink,
  makePasswordLink,
  resetPassword,
  revokeInvitation,
} from './links.ts'
import { changeMember, listMembers, removeMember } from './members.ts'
import { defineRole, listRoles, removeRole } from './roles.ts'
import {
  beginSecondFactor,
  confirmSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
  resetSecondFactor,
  secondStep,
  showSecondFactor,
} from './second-factor/service.ts'
import { changePassword, confirm, sessionState, setUp, signIn, signOut } from './service.ts'
import { listSessions, revokeSession } from './sessions.ts'
import { createWorkspace, listWorkspaces } from './workspaces.ts'

const { session, people, invitations, workspaces } = operations

export const sessionOperations = session.router({
  get: session.get.handler(({ context }) => sessionState(context)),
  setUp: session.setUp.handler(({ context, input }) => setUp(context, input)),
  signIn: session.signIn.handler(({ context, input }) => signIn(context, input)),
  signOut: session.signOut.handler(({ context }) => signOut(context)),
  confirm: session.confirm.handler(({ context, input }) => confirm(context, input.password)),
  changePassword: session.changePassword.handler(({ context, input }) =>
    changePassword(context, input),
  ),
  secondStep: session.secondStep.handler(({ context, input }) => secondStep(context, input.code)),
  secondFactor: session.secondFactor.handler(({ context }) => showSecondFactor(context)),
  beginSecondFactor: session.beginSecondFactor.handler(({ context, input }) =>
    beginSecondFactor(context, input.password),
  ),
  confirmSecondFactor: session.confirmSecondFactor.handler(({ context, input }) =>
    confirmSecondFactor(context, input.code),
  ),
  removeSecondFactor: session.removeSecondFactor.handler(({ context, input }) =>
    removeSecondFactor(context, input.password),
  ),
  renewRecoveryCodes: session.renewRecoveryCodes.handler(({ context, input }) =>
    renewRecoveryCodes(context, input.password),
  ),
  forgotPassword: session.forgotPassword.handler(({ context, input }) =>
    forgotPassword(context, input),
  ),
  resetPassword: session.resetPassword.handler(({ context, input }) =>
    resetPassword(context, input),
  ),
  list: session.list.handler(({ context }) => listSessions(context)),
  revoke: session.revoke.handler(({ context, input }) => revokeSession(context, input.id)),
})

export const peopleOperations = people.router({
  list: people.list.handler(({ context }) => listMembers(context)),
  change: people.change.handler(({ context, input }) => changeMember(context, input)),
  remove: people.remove.handler(({ context, input }) => removeMember(context, input.userId)),
  passwordLink: people.passwordLink.handler(({ context, input }) =>
    makePasswordLink(context, input.userId),
  ),
  resetSecondFactor: people.resetSecondFactor.handler(({ context, input }) =>
    resetSecondFactor(context, input.userId),
  ),
  defineRole: people.defineRole.handler(({ context, input }) => defineRole(context, input)),
  removeRole: people.removeRole.handler(({ context, input }) => removeRole(context, input.key)),
  roles: people.roles.handler(({ context }) => listRoles(context)),
})

export const invitationsOperations = invitations.router({
  create: invitations.create.handler(({ context, input }) => invite(context, input)),
  list: invitations.list.handler(({ context }) => listInvitations(context)),
  revoke: invitations.revoke.handler(({ context, input }) => revokeInvitation(context, input.id)),
  look: invitations.look.handler(({ context, input }) => lookAtLink(context, input.link)),
  accept: invitations.accept.handler(({ context, input }) => acceptInvitation(context, input)),
})

export const workspacesOperations = workspaces.router({
  list: workspaces.list.handler(({ context }) => listWorkspaces(context)),
  create: workspaces.create.handler(({ context, input }) => createWorkspace(context, input)),
})
