import { operations } from '../call/context.ts'
import { removeMailServer, setMailServer, setSessionPolicy, showInstallation } from './service.ts'

const { installation } = operations

export const installationOperations = installation.router({
  get: installation.get.handler(({ context }) => showInstallation(context)),
  setMail: installation.setMail.handler(({ context, input }) => setMailServer(context, input)),
  removeMail: installation.removeMail.handler(({ context }) => removeMailServer(context)),
  setSessions: installation.setSessions.handler(({ context, input }) =>
    setSessionPolicy(context, input),
  ),
  testMail: installation.testMail.handler(({ context, input }) =>
    context.mails.sendTest(input.to, input.language),
  ),
  mails: installation.mails.handler(({ context }) => context.mails.list()),
  retryMail: installation.retryMail.handler(({ context, input }) => context.mails.retry(input.id)),
})
