import { operations } from '../../call/context.ts'
import { leaveToConfirm, ownProviders, unlink } from './own.ts'
import { finish } from './service.ts'
import {
  endSessionsOf,
  listProviders,
  removeProvider,
  setProvider,
  tryProvider,
} from './settings.ts'
import { leave } from './trips.ts'

const { identityProviders, singleSignOn } = operations

export const identityProvidersOperations = identityProviders.router({
  list: identityProviders.list.handler(({ context }) => listProviders(context)),
  set: identityProviders.set.handler(({ context, input }) => setProvider(context, input)),
  remove: identityProviders.remove.handler(({ context, input }) =>
    removeProvider(context, input.id),
  ),
  try: identityProviders.try.handler(({ context, input }) => tryProvider(context, input.id)),
  endSessions: identityProviders.endSessions.handler(({ context, input }) =>
    endSessionsOf(context, input.id),
  ),
})

export const singleSignOnOperations = singleSignOn.router({
  begin: singleSignOn.begin.handler(({ context, input }) => leave(context, input, 'sign_in')),
  beginLink: singleSignOn.beginLink.handler(({ context, input }) => leave(context, input, 'link')),
  beginConfirm: singleSignOn.beginConfirm.handler(({ context, input }) =>
    leaveToConfirm(context, input),
  ),
  finish: singleSignOn.finish.handler(({ context, input }) => finish(context, input)),
  own: singleSignOn.own.handler(({ context }) => ownProviders(context)),
  unlink: singleSignOn.unlink.handler(({ context, input }) => unlink(context, input.provider)),
})
