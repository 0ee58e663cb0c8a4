import { operations } from '../call/context.ts'
import { checkChain, exportAudit, listAudit } from './service.ts'

const { audit } = operations

export const auditOperations = audit.router({
  verify: audit.verify.handler(({ context }) => checkChain(context.state.db)),
  list: audit.list.handler(({ context, input }) => listAudit(context, input)),
  export: audit.export.handler(({ context, input }) => exportAudit(context, input)),
})
